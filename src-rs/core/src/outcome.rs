//! Outcomes: what the heart tells the host to do next.
//!
//! An outcome may first move the register to or from a kept slot, then carries exactly one instruction.

use crate::command::Native;
use crate::continuation::ContinuationId;
use crate::error::Fault;
use crate::evidence::Stamp;
use crate::id::{GeneratorSlot, HandlerId, KeyId, StoreId, ValueSlot};
use crate::region::CancelScopeId;
use crate::scheduler::strand::Strand;
use crate::scheduler::task::{Settlement, TaskId};

/// The answer to one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Outcome {
    /// Before anything else, keep the register in this slot.
    pub park: Option<ValueSlot>,
    /// Then fill the register from this slot.
    pub load: Option<ValueSlot>,
    /// Or fill it with this integer.
    pub integer: Option<i32>,
    /// The task or promise behind this handle has ended thus; its result is in the register before anything is loaded.
    pub settled: Option<(ValueSlot, Settlement)>,
    /// The record that was made for what is in the register has this name.
    pub named: Option<(u32, u32)>,
    /// Only this generator's `Wait` waits for what was named; and the stamp of the scope that it is in.
    pub waiter: Option<(GeneratorSlot, Option<Stamp>)>,
    /// This strand does not go on for now.
    pub left: Option<Strand>,
    /// And this one goes on.
    pub goes_on: Option<Strand>,
    /// Then make this generator the current one: a delegated effect is answered to its performer.
    pub performer: Option<GeneratorSlot>,
    /// Then do this.
    pub instruction: Instruction,
}

/// What the host does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Continue the generator with the register.
    Resume(GeneratorSlot),
    /// Throw the register into the generator; [`Vm::crossed`](crate::Vm::crossed) says which boundaries it has left.
    Throw(GeneratorSlot),
    /// Close the generator (`return()`); its cleanup may yield.
    Close(GeneratorSlot),
    /// Put the new program's generator into the slot and start it.
    Begin(GeneratorSlot),
    /// The performed effect is answered with the value kept in the slot.
    Load(ValueSlot),
    /// Keep the effect's payload in the slot, under the key when it is a new one; the answer is no value.
    Keep {
        /// Where the payload goes.
        value: ValueSlot,
        /// The number the payload's key has from now on.
        new_key: Option<KeyId>,
    },
    /// Apply the effect's function to the value kept in the slot, keep its result there, answer with the old value.
    Modify {
        /// The slot to update in place.
        value: ValueSlot,
    },
    /// The key is absent from `store`: apply the function to no value, then write the result.
    ModifyAbsent {
        /// The store to write to.
        store: StoreId,
    },
    /// A built-in handler looks on: keep the effect's payload in the slot, then ask to go
    /// [`Onward`](crate::Command::Onward).
    Overheard {
        /// Where the payload goes.
        value: ValueSlot,
    },
    /// Answer with the clause's constant.
    Val {
        /// The handler.
        handler: HandlerId,
        /// The clause's number.
        clause: u32,
    },
    /// Answer with the clause's result; nothing was captured.
    Fun {
        /// The handler.
        handler: HandlerId,
        /// The clause's number.
        clause: u32,
    },
    /// Start the clause in the slot with the captured continuation.
    Ctl {
        /// The handler.
        handler: HandlerId,
        /// The clause's number.
        clause: u32,
        /// Where the clause's generator goes.
        slot: GeneratorSlot,
        /// What it may resume.
        k: ContinuationId,
    },
    /// Start the clause in a leased place; nothing is captured yet.
    Start {
        /// The handler.
        handler: HandlerId,
        /// The clause's number.
        clause: u32,
    },
    /// The body is gone: call the `final` clause on the effect, which is in the register.
    Final {
        /// The handler.
        handler: HandlerId,
        /// The clause's number.
        clause: u32,
        /// Where the clause's generator goes.
        slot: GeneratorSlot,
    },
    /// Call the handler's return clause on the register.
    Returns {
        /// The handler.
        handler: HandlerId,
        /// Where the clause's generator goes.
        slot: GeneratorSlot,
    },
    /// A built-in handler whose result the host maps has ended: read its store, then return the mapped register.
    Ended {
        /// The handler.
        handler: HandlerId,
        /// Its store.
        store: StoreId,
    },
    /// Fill the new store from the effect's bindings, then call the program in its payload.
    Seed {
        /// The store.
        store: StoreId,
        /// The layer just installed.
        handler: HandlerId,
    },
    /// Call the program that is the effect's payload.
    Enter,
    /// The tried program ended: wrap the register and deliver it.
    Caught {
        /// Whether it returned.
        ok: bool,
    },
    /// Perform the register's effect again for the owner of `k`.
    Forward {
        /// The performer's continuation.
        k: ContinuationId,
    },
    /// The answer to [`Command::GetContinuation`](crate::Command::GetContinuation): the clause in this slot.
    Callsite(GeneratorSlot),
    /// A handler was defined, or a built-in one installed with a store of its own.
    Defined {
        /// Its number.
        handler: HandlerId,
        /// Its store, when it is built in and has one.
        store: Option<StoreId>,
    },
    /// What a built-in handler keeps; nothing of any other handler.
    Store {
        /// Its store.
        store: Option<StoreId>,
        /// Which built-in handler it is.
        native: Option<Native>,
        /// Whether it is a layer.
        layer: bool,
    },
    /// A continuation was created.
    Created(ContinuationId),
    /// The listing is ready; `more` when it was cut.
    Listed {
        /// Whether the next page is worth asking for.
        more: bool,
    },
    /// The scheduler takes the effect in the register: answer it, or say what its task waits for.
    Task,
    /// A task was made of the effect in the register: keep its handle in the slot and answer with it.
    Spawned {
        /// The task.
        task: TaskId,
        /// Where the handle goes.
        handle: ValueSlot,
    },
    /// Start the program of the task behind the handle.
    StartTask {
        /// Where its generator goes.
        slot: GeneratorSlot,
        /// The handle.
        handle: ValueSlot,
    },
    /// Answer the performer with what is known from the slot: the handle of what it waited for, or its effect.
    Answer {
        /// The performer.
        slot: GeneratorSlot,
        /// The handle or effect.
        handle: ValueSlot,
    },
    /// Perform the effect in the register, which this generator yielded before.
    Perform(GeneratorSlot),
    /// No task is ready, but some wait for the outside.
    Idle,
    /// No task is ready, and none waits for the outside.
    Deadlock,
    /// The root task has ended and left those in the listing behind; they are cancelled. Then ask for the
    /// [`Next`](crate::Command::Next).
    Leftover,
    /// A cancel scope was opened.
    Opened {
        /// Its name.
        scope: CancelScopeId,
        /// Where the host's object for it is kept.
        handle: ValueSlot,
    },
    /// A cancel scope was cancelled, and what was above it has unwound: the object behind the handle says what it answers.
    Expired {
        /// The object.
        handle: ValueSlot,
    },
    /// A clause of a handler that the task has inherited has ended without resuming the performer; the register is its
    /// result or error. Throw into the task that its result has no place.
    Escaped {
        /// The task's handle; that of no value for a root task.
        handle: ValueSlot,
        /// Whether the clause threw.
        threw: bool,
    },
    /// Take note of the outcome and ask for the [`Next`](crate::Command::Next).
    Again,
    /// Nothing else to do.
    Ready,
    /// Make this error and throw it where the command came from.
    Fault(Fault),
    /// The run returned the register.
    Done,
    /// The run threw the register.
    Failed,
}

impl From<Instruction> for Outcome {
    fn from(instruction: Instruction) -> Self {
        Self {
            park: None,
            load: None,
            integer: None,
            settled: None,
            named: None,
            waiter: None,
            left: None,
            goes_on: None,
            performer: None,
            instruction,
        }
    }
}
