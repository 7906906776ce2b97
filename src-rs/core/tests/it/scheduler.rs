//! Tasks.

use crate::build::*;
use crate::check::{check_machine, returned};
use crate::scheduling::*;

#[test]
fn the_parent_goes_on_first() {
    let parent = bind(spawn(seq([note("child"), pure(7)])), "t", seq([note("parent"), wait(var("t"))]));
    check_machine(scheduled(parent), returned(7), &["parent", "child"]);
}
