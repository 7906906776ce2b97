//! Tasks: scripts for every law of the scheduler.

mod behalf;
mod cancelling;
mod capturing;
mod commands;
mod ending;
mod foresight;
mod forms;
mod inheriting;
mod leaving;
mod limits;
mod nesting;
mod order;
mod outside;
mod permits;
mod preempting;
mod promises;
mod regions;
mod resources;
mod strands;
mod stuck;
mod waiting;
