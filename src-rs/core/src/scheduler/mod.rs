//! The scheduler: many tasks under one handler, one running at a time.
//!
//! A scheduler is a handler like any other: its prompt boundary stands below all of its tasks, and `Spawn`, `Wait` and
//! the others reach it by the ordinary search. A task is a chain of segments on top of that boundary, with a
//! [`Frame::Task`](crate::frame::Frame::Task) at its very bottom, where its result arrives. Switching tasks moves the
//! machine's one register, the current segment, from the top of one chain to the top of another: O(1), nothing is
//! copied.
//!
//! ```text
//!   running task ─► segment          parked task ─► segment
//!                      │                               │
//!                   segment [Task …]               segment [Task …]
//!                      └────────► boundary of the scheduler ◄┘
//!                                      │ parent
//! ```
//!
//! It knows no clock and no I/O. Who waits for the outside waits for an *external promise*, which the host settles;
//! when nothing is ready, the machine says [`Idle`](crate::Instruction::Idle).
//!
//! Values are the host's: the result of a task or promise is kept by the host in its *handle*, the object that the
//! program holds. A record exists here only while it matters: a task until it ends, a promise while somebody waits for
//! it, a semaphore while a permit is out.

pub(crate) mod cancel;
pub(crate) mod children;
pub(crate) mod end;
pub(crate) mod foresight;
pub(crate) mod form;
pub(crate) mod inherit;
#[cfg(debug_assertions)]
pub(crate) mod invariants;
pub(crate) mod leaving;
pub(crate) mod link;
pub(crate) mod perform;
pub(crate) mod preempt;
pub(crate) mod ready;
pub(crate) mod semaphore;
pub(crate) mod snapshot;
pub(crate) mod strand;
pub(crate) mod stuck;
pub(crate) mod switch;
pub(crate) mod target;
pub(crate) mod task;
pub(crate) mod waiting;
