//! Commands: what the host tells the heart. One command in, one outcome out.
//!
//! "The register" is the one value in transit; it stays in the host. A command says what the register means.

use crate::continuation::ContinuationId;
use crate::handler::ClauseKind;
use crate::id::{EffectType, HandlerId, KeyId, StoreId, ValueSlot};
use crate::region::{CancelScopeId, Opening};
use crate::scheduler::form::Until;
use crate::scheduler::semaphore::SemaphoreId;
use crate::scheduler::task::{TaskId, Waitable};

/// What happens to the frame that asks for a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The asking frame stays and waits for the result.
    NonTail,
    /// The asking frame has already ended: its generator returned the primitive.
    Tail,
    /// The asking frame is suspended and must be closed first, its cleanup run.
    Closing,
}

/// The built-in handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// Answers `Get`, `Put`, `Modify`.
    State,
    /// Answers `Ask`, `Local`.
    Reader,
    /// Answers `Tell`, `Listen`.
    Writer,
    /// Answers `Try`.
    Try,
}

/// One command of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begin a run: a root segment under the VM's installed handlers.
    Start,
    /// Push a program; answered by [`Begin`](crate::Instruction::Begin).
    Call,
    /// Lend the host places for generators, so that it can push program frames on its own account and tell of them
    /// later, in the [journal](crate::Deed); listed.
    Lease,
    /// The top frame returned; the register holds its value.
    Return,
    /// The top frame threw; the register holds the error.
    Throw,
    /// After [`Close`](crate::Instruction::Close): this many frames were closed and had nothing to say: the one asked
    /// for and the first ones of [`Vm::doomed_ahead`](crate::Vm::doomed_ahead).
    Closed {
        /// How many; at least one.
        count: u32,
    },
    /// Deliver the register to the top frame.
    Deliver,
    /// Throw the register into the top frame.
    Raise,
    /// The top frame performed an effect; `key` is its key when any store holds it.
    Perform {
        /// The effect's type.
        effect: EffectType,
        /// The interned key of a keyed built-in effect.
        key: Option<KeyId>,
    },
    /// The `fun` clause just called returned a program, which runs in place of an answer; answered by
    /// [`Begin`](crate::Instruction::Begin).
    FunProgram,
    /// As `Perform`, but a clause that takes the continuation is started before anything is captured, by
    /// [`Start`](crate::Instruction::Start). A clause that resumes at once in tail position needs no capture at all: the
    /// host then just answers the performer. Otherwise the machine must hear of the [start](crate::Deed::Started) before its
    /// next command.
    PerformLate {
        /// The effect's type.
        effect: EffectType,
        /// The interned key of a keyed built-in effect.
        key: Option<KeyId>,
    },
    /// The built-in handler that overheard the effect is done: the search goes on outside of it.
    Onward {
        /// The effect's type.
        effect: EffectType,
        /// The interned key of a keyed built-in effect.
        key: Option<KeyId>,
    },
    /// The clause under way declines; the register holds the effect to hand on.
    Delegate {
        /// Whether the clause has ended or must be closed.
        position: Position,
    },
    /// Perform an effect for the owner of `k`, from the handlers outside the current segment's top.
    Forward {
        /// The continuation of the performer.
        k: ContinuationId,
        /// The effect's type.
        effect: EffectType,
        /// The interned key of a keyed built-in effect.
        key: Option<KeyId>,
    },
    /// Install a handler around what comes next.
    Install {
        /// The handler.
        handler: HandlerId,
    },
    /// Install a handler that stands for the one at the place where the task was spawned: it maps no result.
    Inherit {
        /// The handler.
        handler: HandlerId,
    },
    /// Install a built-in handler with a store of its own around what comes next.
    InstallFresh {
        /// Which one.
        native: Native,
        /// Whether the host maps the result, given the store.
        returns: bool,
    },
    /// Resume `k` with the register, or throw the register there.
    Resume {
        /// The continuation.
        k: ContinuationId,
        /// Throw instead of deliver.
        throws: bool,
        /// What becomes of the asking frame.
        position: Position,
    },
    /// Close `k`'s frames; the top frame waits and is answered with no value.
    Discontinue {
        /// The continuation.
        k: ContinuationId,
    },
    /// Which clause is the top frame inside of?
    GetContinuation,
    /// List the handlers in scope, innermost first.
    GetHandlers {
        /// Inside a clause: those of its callsite, not the clause's own.
        callsite: bool,
    },
    /// List the handler that would take an effect performed now; nothing when there is none.
    Resolve {
        /// The effect's type.
        effect: EffectType,
    },
    /// Make an unstarted continuation; the host keeps its program and handlers.
    CreateContinuation,
    /// Consume an unstarted continuation; the host then enters its program.
    StartContinuation {
        /// The continuation.
        k: ContinuationId,
    },
    /// Make a handler known; its clauses follow.
    DefineHandler {
        /// Whether it has a return clause.
        returns: bool,
    },
    /// Add a clause to a handler; clauses are numbered from 0 in this order.
    DefineClause {
        /// The handler.
        handler: HandlerId,
        /// The effect type; `None` makes a catch-all.
        effect: Option<EffectType>,
        /// The kind.
        kind: ClauseKind,
    },
    /// Make a built-in handler over a store of the VM's own, which persists across runs.
    DefineNative {
        /// Which one.
        native: Native,
    },
    /// Add a handler to, or drop it from, those installed around every run.
    SetInstalled {
        /// The handler.
        handler: HandlerId,
        /// Whether it is to be installed.
        installed: bool,
    },
    /// Ask for the store of a built-in handler; answered by [`Store`](crate::Instruction::Store).
    StoreOf {
        /// The handler.
        handler: HandlerId,
    },
    /// Write one entry of a store; answered by [`Keep`](crate::Instruction::Keep).
    Write {
        /// The store.
        store: StoreId,
        /// The key, when any store holds it already.
        key: Option<KeyId>,
    },
    /// List the entries of a store from `from` on: pairs of key and value, or values for a log.
    Entries {
        /// The store.
        store: StoreId,
        /// How many entries to skip.
        from: u32,
    },
    /// Open a region around what comes next.
    Open(Opening),
    /// Cancel a cancel scope: what is above it unwinds at its next suspension, and so do its tasks.
    CancelScope {
        /// Which one; of one that is over it is refused.
        scope: CancelScopeId,
    },
    /// The top frame waits for the tasks of the form that it runs, and is answered with no value.
    Join {
        /// The form.
        scope: CancelScopeId,
        /// Until when.
        until: Until,
    },
    /// Install a scheduler around what comes next, which is its root task.
    InstallScheduler {
        /// The most tasks at a time.
        most: u32,
        /// A task is switched after this many effects; 0 for never.
        preempt_every: u32,
    },
    /// Make a scheduler that lives as long as the machine, for one run at a time.
    DefineScheduler {
        /// The most tasks at a time.
        most: u32,
    },
    /// The host has settled this: who waits for it is woken.
    Settle {
        /// What was settled.
        waitable: Waitable,
        /// Whether it failed.
        failed: bool,
    },
    /// The task whose effect the host was handed will wait for this; a promise without a record gets one, and its handle
    /// is in the register.
    Watch {
        /// What to wait for, when it has a record.
        waitable: Option<Waitable>,
        /// Whether a new record is of something outside.
        external: bool,
    },
    /// The task whose effect the host was handed, and which is in the register, watches what is on
    /// [offer](crate::Vm::offer), and parks on all that it watches.
    Park {
        /// Until all of it is settled, or the first of it; `None` when it is one thing.
        every: Option<bool>,
    },
    /// After [`Leftover`](crate::Instruction::Leftover), [`Again`](crate::Instruction::Again) or
    /// [`Idle`](crate::Instruction::Idle): the next ready task goes on.
    Next {
        /// What the host has settled just now, and whether it failed.
        settled: Option<(Waitable, bool)>,
    },
    /// The task whose effect the host was handed parks on something outside, whose handle is in the register.
    WaitOutside,
    /// As [`Watch`](Command::Watch), for everything on [offer](crate::Vm::offer): makes room for the next of many.
    WatchOffered,
    /// Nothing can go on: throw the register into the task, which waits; or into the root task, or the oldest one left.
    Interrupt {
        /// A task that can go on no more, though others may.
        task: Option<TaskId>,
    },
    /// List tasks that can go on no more, though others may: see [`Waitable::words`].
    Stuck,
    /// List the tasks from `from` on.
    Tasks {
        /// How many to skip.
        from: u32,
    },
    /// List the task that performs effects here: its handle (0 for a root task), its two words and its
    /// scheduler's handler. Nothing without a scheduler in scope. A child in place becomes a task.
    CurrentTask,
    /// List the tasks that hold permits of a semaphore, the one first that took its permit first.
    Holders {
        /// Which one.
        semaphore: SemaphoreId,
    },
    /// List the chain of one task, as [`Chain`](Command::Chain) does: from its top to its own bottom.
    TaskChain {
        /// Which one.
        task: TaskId,
    },
    /// Drop every entry of a store.
    Clear {
        /// The store.
        store: StoreId,
    },
    /// List the chain, innermost first: frames and prompt boundaries. Of `k` when given.
    Chain {
        /// A continuation to look at instead of the running chain.
        k: Option<ContinuationId>,
    },
    /// Give a kept value's slot back.
    Forget {
        /// The slot.
        value: ValueSlot,
    },
    /// End the run: everything unwinds that is not shielded, the rest as soon as it no longer is. Answered by
    /// [`Ready`](crate::Instruction::Ready) when the host is to go on as it was about to.
    Abort {
        /// Whether the run waits for the outside; otherwise what runs unwinds at its next effect.
        waits: bool,
    },
    /// Do nothing: fetches what is still to be released.
    Drain,
}
