//! The heart under test: scripts for every law, random programs against a reference interpreter, and stress.

mod ast;
mod build;
mod check;
mod generator;
mod host;
mod primitives;
mod reference;
mod slots;

mod operations;
