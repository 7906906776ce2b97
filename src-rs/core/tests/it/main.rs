//! The heart under test: scripts for every law, random programs against a reference interpreter, and stress.

mod ast;
mod build;
mod check;
mod forms;
mod frames;
mod generate;
mod generator;
mod host;
mod primitives;
mod reference;
mod resource;
mod scheduling;
mod show;
mod shrink;
mod slots;
mod stores;
mod tasks;
mod waitables;

mod built_in;
mod clauses;
mod cleanup;
mod closing;
mod commands;
mod continuations;
mod faults;
mod operations;
mod random;
mod reflection;
mod runs;
mod scheduler;
mod stress;
mod unwinding;
