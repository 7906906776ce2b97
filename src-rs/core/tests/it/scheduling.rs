//! The scheduler's effects in the language of the scripts, and the words to write them with.

use doeff_vm_core::{EffectType, HandlerId, Priority};

use crate::ast::{Closure, Effect, Env, Expr, Handler, Name, Program, Value};
use crate::build::{perform, with};

/// What waiting for a cancelled task throws.
pub(crate) const CANCELLED: Name = "cancelled";
/// What is thrown when no task can go on.
pub(crate) const DEADLOCK: Name = "deadlock";
/// As above, when some wait for the outside, where nothing happens any more.
pub(crate) const FORSAKEN: Name = "forsaken";
/// What settling a promise twice throws.
pub(crate) const SETTLED_BEFORE: Name = "settled before";
/// What an effect about a task, promise or semaphore throws when it is given something else.
pub(crate) const NO_WAITABLE: Name = "no waitable";

/// An effect of the scheduler.
#[derive(Clone, Debug)]
pub(crate) enum Scheduling {
    Spawn { program: Program, priority: Priority, daemon: bool },
    Wait(Expr),
    Gather(Expr),
    Race(Expr),
    Cancel(Expr),
    Yield,
    CreatePromise,
    Complete { promise: Expr, value: Expr },
    Fail { promise: Expr, error: Expr },
    CreateExternal(Outside),
    CreateSemaphore(u32),
    Acquire(Expr),
    Release(Expr),
}

/// What happens outside when no task can go on without it: the oldest promise of those that ever are settled is.
#[derive(Clone, Debug)]
pub(crate) enum Outside {
    Completes(Expr),
    Fails(Expr),
    Never,
}

/// How a scheduler is installed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scheduled {
    pub(crate) most: u32,
    pub(crate) preempt_every: u32,
    /// Its number when it lives as long as the machine.
    pub(crate) bound: Option<HandlerId>,
}

/// What an effect is about.
pub(crate) enum Subject {
    Nothing,
    Options(Priority, bool),
    Waitables(Vec<usize>),
    Semaphore(usize),
}

impl Subject {
    /// Whether it names only what there is: so many waitables and semaphores.
    pub(crate) fn exists(&self, waitables: usize, semaphores: usize) -> bool {
        match self {
            Self::Nothing | Self::Options(..) => true,
            Self::Waitables(numbers) => numbers.iter().all(|&number| number < waitables),
            Self::Semaphore(number) => *number < semaphores,
        }
    }
}

impl Scheduling {
    pub(crate) fn effect_type(&self) -> EffectType {
        match self {
            Self::Spawn { .. } => EffectType::SPAWN,
            Self::Wait(_) => EffectType::WAIT,
            Self::Gather(_) => EffectType::GATHER,
            Self::Race(_) => EffectType::RACE,
            Self::Cancel(_) => EffectType::CANCEL,
            Self::Yield => EffectType::YIELD,
            Self::CreatePromise => EffectType::CREATE_PROMISE,
            Self::Complete { .. } => EffectType::COMPLETE_PROMISE,
            Self::Fail { .. } => EffectType::FAIL_PROMISE,
            Self::CreateExternal(_) => EffectType::CREATE_EXTERNAL_PROMISE,
            Self::CreateSemaphore(_) => EffectType::CREATE_SEMAPHORE,
            Self::Acquire(_) => EffectType::ACQUIRE,
            Self::Release(_) => EffectType::RELEASE,
        }
    }

    /// Read in its environment; `None` when that is not what the effect is for.
    fn subject(&self, env: &Env) -> Option<Subject> {
        let number = |value: &Value| if let Value::Waitable(number) = *value { Some(number) } else { None };
        let one = |expr: &Expr| number(&env.eval(expr)).map(|number| Subject::Waitables(vec![number]));
        let several = |expr: &Expr| match env.eval(expr) {
            Value::List(items) => items.iter().map(number).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        Some(match self {
            Self::Spawn { priority, daemon, .. } => Subject::Options(*priority, *daemon),
            Self::Wait(waitable) | Self::Cancel(waitable) => one(waitable)?,
            Self::Complete { promise, .. } | Self::Fail { promise, .. } => one(promise)?,
            Self::Gather(list) => Subject::Waitables(several(list)?),
            Self::Race(list) => Subject::Waitables(several(list).filter(|list| !list.is_empty())?),
            Self::Acquire(semaphore) | Self::Release(semaphore) => match env.eval(semaphore) {
                Value::Semaphore(number) => Subject::Semaphore(number),
                _ => return None,
            },
            Self::Yield | Self::CreatePromise | Self::CreateExternal(_) | Self::CreateSemaphore(_) => Subject::Nothing,
        })
    }
}

impl Closure<Effect> {
    /// What the effect is about; `None` when nothing of the kind is there, and the effect cannot be performed.
    pub(crate) fn subject(&self) -> Option<Subject> {
        match &*self.0 {
            Effect::Scheduling(effect) => effect.subject(&self.1),
            _ => Some(Subject::Nothing),
        }
    }
}

// --- words ---------------------------------------------------------------------------------------------------------

fn schedule(effect: Scheduling) -> Program {
    perform(Effect::Scheduling(effect))
}

/// A handler that is a scheduler.
pub(crate) fn scheduler(most: u32, preempt_every: u32) -> Handler {
    Handler { scheduler: Some(Scheduled { most, preempt_every, bound: None }), ..Handler::default() }
}

pub(crate) fn bound_scheduler(handler: HandlerId) -> Handler {
    Handler { scheduler: Some(Scheduled { most: 0, preempt_every: 0, bound: Some(handler) }), ..Handler::default() }
}

/// The program as the root task of a scheduler.
pub(crate) fn scheduled(program: Program) -> Program {
    with(scheduler(1000, 0), program)
}

pub(crate) fn spawn(program: Program) -> Program {
    spawn_at(Priority::Normal, program)
}

pub(crate) fn spawn_at(priority: Priority, program: Program) -> Program {
    schedule(Scheduling::Spawn { program, priority, daemon: false })
}

pub(crate) fn spawn_daemon(program: Program) -> Program {
    schedule(Scheduling::Spawn { program, priority: Priority::Normal, daemon: true })
}

pub(crate) fn wait(waitable: impl Into<Expr>) -> Program {
    schedule(Scheduling::Wait(waitable.into()))
}

pub(crate) fn gather(waitables: impl Into<Expr>) -> Program {
    schedule(Scheduling::Gather(waitables.into()))
}

pub(crate) fn race(waitables: impl Into<Expr>) -> Program {
    schedule(Scheduling::Race(waitables.into()))
}

pub(crate) fn cancel(task: impl Into<Expr>) -> Program {
    schedule(Scheduling::Cancel(task.into()))
}

pub(crate) fn pause() -> Program {
    schedule(Scheduling::Yield)
}

pub(crate) fn promise() -> Program {
    schedule(Scheduling::CreatePromise)
}

pub(crate) fn complete(promise: impl Into<Expr>, value: impl Into<Expr>) -> Program {
    schedule(Scheduling::Complete { promise: promise.into(), value: value.into() })
}

pub(crate) fn fail(promise: impl Into<Expr>, error: impl Into<Expr>) -> Program {
    schedule(Scheduling::Fail { promise: promise.into(), error: error.into() })
}

/// A promise that is completed outside.
pub(crate) fn completed_outside(value: impl Into<Expr>) -> Program {
    schedule(Scheduling::CreateExternal(Outside::Completes(value.into())))
}

pub(crate) fn failed_outside(error: impl Into<Expr>) -> Program {
    schedule(Scheduling::CreateExternal(Outside::Fails(error.into())))
}

/// A promise that is never settled outside.
pub(crate) fn forsaken() -> Program {
    schedule(Scheduling::CreateExternal(Outside::Never))
}

pub(crate) fn semaphore(permits: u32) -> Program {
    schedule(Scheduling::CreateSemaphore(permits))
}

pub(crate) fn acquire(semaphore: impl Into<Expr>) -> Program {
    schedule(Scheduling::Acquire(semaphore.into()))
}

pub(crate) fn release(semaphore: impl Into<Expr>) -> Program {
    schedule(Scheduling::Release(semaphore.into()))
}
