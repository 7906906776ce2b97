//! `doeff-vm-core`: the heart of doeff-vm, a machine for algebraic effects with one-shot continuations.
//!
//! It owns all control and no value: generators are slots, values are handles, effect types are numbers. It is
//! sans-I/O: [`Vm::turn`] takes one [`Command`] of the host and returns one [`Outcome`]; it never calls out, knows no
//! clock and holds no reference to anything of the host's.
//!
//! # Glossary
//!
//! | word | meaning |
//! |---|---|
//! | *frame* | one suspended activity: a program, a clause body, or a native step |
//! | *segment* | a stack of frames with one parent link, and a handler if installing one created it |
//! | *prompt boundary* | a segment that has a handler |
//! | *chain* | segments linked by parent, from the current one to the root |
//! | *continuation* | a detached piece of chain, from the segment that performed up to and including the boundary of the handler that took the effect; move-only |
//! | *clause* | how a handler answers one effect type: `val`, `fun`, `ctl`, `raw`, `final`; the *return clause* maps the body's result |
//! | *scope* | the handler stack seen from a segment, interned |
//! | *evidence* | the answer of dispatch kept in a scope's row: which clause, how many boundaries out |
//! | *region* | what a segment without a handler bounds: a cancel scope, a shield, a hole in one, a child in place |
//! | *cancel scope* | a boundary at which a cancellation ends its unwinding; a *form* is one that tasks belong to |
//! | *shield* | a boundary through which no cancellation is seen from inside |
//! | *task* | a chain of its own on top of a scheduler's boundary; one runs at a time |
//! | *handle* | the host's object for a task or promise; it keeps the result |
//! | *stamp* | what the host knows a scope or store by, to keep evidence under; never given twice |
//! | *deed* | what the host did ahead of the machine, on evidence; the *journal* is the list of deeds not replayed yet |
//! | *store* | what a built-in handler keeps: State and Reader entries, the Writer log |
//! | *register* | the one value in transit; it stays in the host |
//! | *host* | whoever drives the machine: steps generators, keeps values; JavaScript in doeff-vm |
//! | *turn* | one command in, one outcome out |
//!
//! # The picture
//!
//! ```text
//!   current ─► segment  [frame frame]  handler B          perform e, taken by A:
//!                 │ parent                                   k = the two upper segments, link to root cut
//!              segment  [frame]        handler A             current = root, the clause's frame pushed there
//!                 │ parent                                resume(k, v):
//!              segment  [frame]        (root)                A's segment linked to current; v goes to the top frame
//! ```
//!
//! # The operations
//!
//! `with_handler`, `perform`, `resume`, `forward` (delegate) and `segment_return` are in `ops.rs`; closing what will
//! never be resumed is in `unwind.rs`; what a clause does with a continuation in `jump.rs`; the modes between them in
//! `turn.rs`. Regions are opened in `region.rs`; how far a cancellation unwinds is in `scheduler/target.rs`, how a form
//! starts its children in `scheduler/children.rs`, how it ends its tasks in `scheduler/form.rs`, and how a clause leaves a
//! task in `scheduler/leaving.rs`.
//!
//! # Invariants
//!
//! I1…I11 are stated and checked in `invariants.rs`, I9 and I11 in `scheduler/invariants.rs`, after every turn in debug and
//! test builds.
//!
//! # Sources
//!
//! Chains of segments, one-shot capture in O(1): OCaml 5, "Retrofitting Effect Handlers onto OCaml" (PLDI 2021).
//! Clause kinds and evidence: Koka, "Generalized Evidence Passing for Effect Handlers" (ICFP 2021).

#![forbid(unsafe_code)]

mod administer;
mod arena;
mod command;
mod continuation;
mod error;
mod evidence;
mod frame;
mod handler;
mod id;
#[cfg(debug_assertions)]
mod invariants;
mod journal;
mod jump;
mod native;
mod numbers;
mod ops;
mod outcome;
mod reflect;
mod region;
mod scheduler;
mod scope;
mod segment;
mod store;
mod turn;
mod unwind;
mod vm;

pub use command::{Command, Native, Position};
pub use continuation::{Continuation, ContinuationId};
pub use error::Fault;
pub use evidence::{Evidence, Stamp, Stamps, Takes};
pub use handler::ClauseKind;
pub use id::{EffectType, GeneratorSlot, HandlerId, Id, KeyId, ScopeId, StoreId, ValueSlot};
pub use journal::{Deed, Named};
pub use native::program::{Action, NativeContext, NativeHandler, NativeProgram, Performed};
pub use numbers::Release;
pub use outcome::{Instruction, Outcome};
pub use reflect::Link;
pub use region::{CancelScopeId, Opening};
pub use scheduler::children::Forked;
pub use scheduler::foresight::Foresight;
pub use scheduler::form::Until;
pub use scheduler::perform::Subject;
pub use scheduler::semaphore::SemaphoreId;
pub use scheduler::snapshot::Activity;
pub use scheduler::strand::Strand;
pub use scheduler::task::{Priority, PromiseId, Settlement, TaskId, Waitable};
pub use vm::{Stats, Vm};
