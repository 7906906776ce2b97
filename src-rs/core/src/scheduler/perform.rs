//! What the scheduler does with each of its effects, and with what the host says about them.
//!
//! Where the host's objects are needed (promises, clocks, signals), it says [`Task`](Instruction::Task): the host looks
//! at the effect and either answers it or describes what to wait for.

use crate::command::Command;
use crate::error::Fault;
use crate::id::{EffectType, Id, ValueSlot};
use crate::outcome::Instruction;
use crate::scheduler::link::Target;
use crate::scheduler::task::{Priority, SchedulerNumber, TaskId, Wait, Waitable, Wake};
use crate::turn::Step;
use crate::vm::Vm;

/// What an effect of the scheduler is about, as the host says it: three words whose meaning is the effect's.
pub type Subject = [u32; 3];

impl Waitable {
    /// The words of a waitable: its index doubled, plus 1 for a task, and its generation.
    #[must_use]
    pub fn from_words(index: u32, generation: u32) -> Option<Self> {
        if index & 1 == 1 {
            Id::from_words(index >> 1, generation).map(Self::Task)
        } else {
            Id::from_words(index >> 1, generation).map(Self::Promise)
        }
    }

    /// The words that carry this name to the host.
    #[must_use]
    pub fn words(self) -> (u32, u32) {
        match self {
            Self::Task(id) => (id.words().0 << 1 | 1, id.words().1),
            Self::Promise(id) => (id.words().0 << 1, id.words().1),
        }
    }

    fn target(self) -> Target {
        match self {
            Self::Task(id) => Target::Task(id),
            Self::Promise(id) => Target::Promise(id),
        }
    }
}

/// The flags in the third word of `Wait`: the host knows it to be pending; it is settled from outside.
const PENDING: u32 = 1;
const OUTSIDE: u32 = 2;

/// How a task is to be spawned.
struct SpawnOptions {
    /// None for that of the task that spawns it.
    priority: Option<Priority>,
    daemon: bool,
    /// It inherits nothing: its program stands right on the scheduler, and brings its handlers itself.
    bare: bool,
}

impl SpawnOptions {
    /// The word of `Spawn`: a priority in the lowest two bits, then whether it is a daemon, and bare.
    fn from_word(word: u32) -> Self {
        let priority = match word & 3 {
            0 => Some(Priority::Idle),
            1 => Some(Priority::Normal),
            2 => Some(Priority::High),
            _ => None,
        };
        Self { priority, daemon: word & 4 != 0, bare: word & 8 != 0 }
    }
}

impl Vm {
    /// Says what the next effect is about, if it is one of the scheduler's.
    pub fn name_subject(&mut self, subject: Subject) {
        self.subject = subject;
    }

    /// A task performed one of the scheduler's effects.
    pub(crate) fn schedule(&mut self, number: SchedulerNumber, effect: EffectType) -> Step {
        let subject = std::mem::take(&mut self.subject);
        if effect.is_about_the_performer() {
            self.become_tasks(number);
        }
        let Some(running) = self.scheduler(number).running else {
            return self.ask(Instruction::Fault(Fault::OutOfOrder));
        };
        if effect.may_suspend()
            && let Some(step) = self.unwind_if_told(Some(running))
        {
            return step;
        }
        match effect {
            EffectType::SPAWN => self.spawn(number, subject[0]),
            EffectType::YIELD => {
                self.wake(running, Wake::Deliver);
                self.suspend(number)
            }
            EffectType::WAIT => match Waitable::from_words(subject[0], subject[1]) {
                Some(waitable) if self.is_pending(waitable) => {
                    self.hang(running, waitable.target());
                    self.task_mut(running).wait = Wait::One;
                    self.suspend(number)
                }
                // The host says that it is pending, so nobody has waited for it until now.
                _ if subject[2] & PENDING != 0 => self.wait_for_new(number, running, subject[2] & OUTSIDE != 0),
                _ => self.hand_to_host(number),
            },
            EffectType::COMPLETE_PROMISE | EffectType::FAIL_PROMISE => {
                // Who waits is woken now; the host keeps the result, or refuses what is not the program's to settle.
                match Waitable::from_words(subject[0], subject[1]) {
                    Some(own @ Waitable::Promise(id)) if self.promises.get(id).is_some_and(|own| !own.external) => {
                        self.settle(own, effect == EffectType::FAIL_PROMISE);
                    }
                    _ => {}
                }
                self.hand_to_host(number)
            }
            EffectType::CANCEL => {
                if let Some(Waitable::Task(task)) = Waitable::from_words(subject[0], subject[1]) {
                    self.cancel(task);
                }
                self.ask(Instruction::Load(ValueSlot::UNDEFINED))
            }
            EffectType::ACQUIRE => self.acquire(number, running, subject),
            EffectType::RELEASE => {
                let semaphore = Id::from_words(subject[0], subject[1]);
                if semaphore.is_some_and(|semaphore| self.release_permit(semaphore, running)) {
                    self.ask(Instruction::Load(ValueSlot::UNDEFINED))
                } else {
                    self.ask(Instruction::Fault(Fault::TooManyPermits))
                }
            }
            _ => self.hand_to_host(number),
        }
    }

    /// The host sees to the effect, or says what its task waits for.
    fn hand_to_host(&mut self, number: SchedulerNumber) -> Step {
        self.asking = self.current.map(|segment| (segment, number));
        self.ask(Instruction::Task)
    }

    fn spawn(&mut self, number: SchedulerNumber, options: u32) -> Step {
        if self.scheduler(number).live > self.scheduler(number).most {
            return self.ask(Instruction::Fault(Fault::TooManyTasks));
        }
        let (task, handle) = self.queue_new(number, options);
        self.ask(Instruction::Spawned { task, handle })
    }

    /// A new task of the current scope; it is ready.
    pub(crate) fn queue_new(&mut self, number: SchedulerNumber, options: u32) -> (TaskId, ValueSlot) {
        let SpawnOptions { priority, daemon, bare } = SpawnOptions::from_word(options);
        let spawner = self.scheduler(number).running;
        let inherited = spawner.map_or(Priority::Normal, |task| self.task(task).priority);
        let priority = priority.unwrap_or(inherited);
        let boundary = self.scheduler(number).boundary.filter(|_| bare);
        let scope = boundary.map_or(self.top().scope, |boundary| self.segment(boundary).scope);
        self.scopes.enter(scope);
        let task = self.new_task(number, scope, priority, daemon);
        let handle = self.host.take_value();
        self.task_mut(task).handle = Some(handle);
        self.task_mut(task).spawner = spawner;
        self.scheduler_mut(number).ready.push(task, priority);
        if self.cancel_scopes.len() > 0
            && let Some(scope) = self.collecting_scope(number)
        {
            self.join_scope(task, scope);
        }
        (task, handle)
    }

    /// The task parks on something that has no record yet; what is in the register stands for it.
    fn wait_for_new(&mut self, number: SchedulerNumber, task: TaskId, external: bool) -> Step {
        let promise = self.new_promise(external);
        self.outcome.waiter = if external { None } else { Some((self.performing_slot(), self.scope_stamp())) };
        self.hang(task, Target::Promise(promise));
        self.task_mut(task).wait = Wait::One;
        self.suspend(number)
    }

    fn acquire(&mut self, number: SchedulerNumber, running: TaskId, [index, generation, most]: Subject) -> Step {
        let known = Id::from_words(index, generation).filter(|&id| self.semaphores.get(id).is_some());
        let id = known.unwrap_or_else(|| self.new_semaphore(most));
        if self.take_permit(id, running) {
            return self.ask(Instruction::Load(ValueSlot::UNDEFINED));
        }
        self.hang(running, Target::Semaphore(id));
        self.task_mut(running).wait = Wait::Permit;
        self.suspend(number)
    }

    /// What the host has to say about tasks and promises.
    pub(crate) fn direct(&mut self, command: &Command) -> Step {
        match *command {
            Command::Settle { waitable, failed } => {
                self.settle(waitable, failed);
                self.ask(Instruction::Ready)
            }
            Command::Interrupt { task } => self.interrupt(task),
            Command::Stuck => {
                let instruction = self.list_stuck();
                self.ask(instruction)
            }
            Command::Next { settled } => {
                if let Some((waitable, failed)) = settled {
                    self.settle(waitable, failed);
                }
                self.next_here()
            }
            Command::WaitOutside => match self.asking_task() {
                Some((number, task)) => self.wait_for_new(number, task, true),
                None => self.ask(Instruction::Fault(Fault::OutOfOrder)),
            },
            Command::WatchOffered => self.watch_offered(),
            Command::Watch { waitable, external } => self.watch(waitable, external),
            Command::Park { every } => self.park(every),
            Command::Tasks { from } => {
                let instruction = self.list_tasks(from as usize);
                self.ask(instruction)
            }
            Command::CurrentTask => {
                let instruction = self.list_current();
                self.ask(instruction)
            }
            Command::Holders { semaphore } => {
                let instruction = self.list_holders(semaphore);
                self.ask(instruction)
            }
            _ => unreachable!("turn sends only the scheduler's commands here"),
        }
    }

    /// The task that the host speaks of: the one that performed an effect and was handed to the host.
    fn asking_task(&mut self) -> Option<(SchedulerNumber, TaskId)> {
        let current = self.current?;
        let asked = self.asking.filter(|&(segment, _)| segment == current).map(|(_, number)| number);
        let number = asked.or_else(|| self.scheduler_in_scope())?;
        self.become_tasks(number);
        Some((number, self.scheduler(number).running?))
    }

    fn next_here(&mut self) -> Step {
        match self.current.and_then(|segment| self.scheduler_at(segment)) {
            Some(number) => self.next(number),
            None => self.end_filled().unwrap_or_else(|| self.ask(Instruction::Fault(Fault::OutOfOrder))),
        }
    }

    /// Names many things to watch, in the place of what was on offer: two words each, as of [`Waitable::from_words`].
    ///
    /// The next [`Park`](Command::Park) or [`WatchOffered`](Command::WatchOffered) takes them; then nothing is on offer.
    pub fn offer(&mut self, words: impl Iterator<Item = u32>) {
        self.offered.clear();
        self.offered.extend(words);
    }

    fn watch_offered(&mut self) -> Step {
        let instruction = self.take_offer().map_or_else(Instruction::Fault, |_| Instruction::Ready);
        self.ask(instruction)
    }

    /// The task that the host speaks of will wait for what is on offer, all of which must be pending.
    fn take_offer(&mut self) -> Result<(SchedulerNumber, TaskId), Fault> {
        let mut offered = std::mem::take(&mut self.offered);
        let (number, task) = self.asking_task().ok_or(Fault::OutOfOrder)?;
        for words in offered.chunks_exact(2) {
            let named = Waitable::from_words(words[0], words[1]).filter(|&waitable| self.is_pending(waitable));
            self.hang(task, named.ok_or(Fault::OutOfOrder)?.target());
        }
        offered.clear();
        self.offered = offered;
        Ok((number, task))
    }

    /// The running task will wait for this too. A promise without a record gets one; its handle is in the register.
    fn watch(&mut self, waitable: Option<Waitable>, external: bool) -> Step {
        let Some((_, task)) = self.asking_task() else {
            return self.ask(Instruction::Fault(Fault::OutOfOrder));
        };
        let known = waitable.filter(|&waitable| self.is_pending(waitable));
        let waitable = known.unwrap_or_else(|| Waitable::Promise(self.new_promise(external)));
        self.hang(task, waitable.target());
        self.ask(Instruction::Ready)
    }

    /// The running task parks on what it watches and on what is on offer: for all of it, for the first of it, or for the
    /// only one. The register holds the effect.
    fn park(&mut self, every: Option<bool>) -> Step {
        let (number, task) = match self.take_offer() {
            Ok(asking) => asking,
            Err(fault) => return self.ask(Instruction::Fault(fault)),
        };
        if self.task(task).links.is_none() {
            return self.ask(Instruction::Fault(Fault::OutOfOrder));
        }
        let wait = match every {
            None => Wait::One,
            Some(false) => Wait::First { effect: self.keep_register() },
            Some(true) => Wait::All { pending: self.links.count(self.task(task).links), effect: self.keep_register() },
        };
        self.task_mut(task).wait = wait;
        self.suspend(number)
    }
}
