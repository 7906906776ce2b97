//! Tasks: scripts for every law of the scheduler.

mod cancelling;
mod capturing;
mod commands;
mod ending;
mod inheriting;
mod limits;
mod nesting;
mod notices;
mod order;
mod outside;
mod permits;
mod preempting;
mod promises;
mod strands;
mod stuck;
mod waiting;
