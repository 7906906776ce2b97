//! Semaphores: who gets a permit, and what becomes of it.

use doeff_vm_core::Fault;

use crate::ast::Program;
use crate::build::*;
use crate::check::{check, faulted, returned, threw};
use crate::scheduling::*;

fn guarded(permits: u32, then: Program) -> Program {
    scheduled(bind(semaphore(permits), "s", then))
}

/// Takes a permit, notes, lets others go on, notes, gives it back.
fn section(enters: &'static str, leaves: &'static str) -> Program {
    seq([acquire(var("s")), note(enters), pause(), note(leaves), release(var("s"))])
}

#[test]
fn one_permit_lets_one_task_in_and_the_others_in_the_order_of_asking() {
    let program = seq([spawn(section("a", "/a")), spawn(section("b", "/b")), section("c", "/c"), repeat(6, pause())]);
    check(guarded(1, seq([program, pure(1)])), returned(1), &["c", "/c", "a", "/a", "b", "/b"]);
}

#[test]
fn two_permits_let_two_tasks_in() {
    let program = seq([spawn(section("a", "/a")), spawn(section("b", "/b")), section("c", "/c"), repeat(6, pause())]);
    check(guarded(2, seq([program, pure(1)])), returned(1), &["c", "a", "/c", "/a", "b", "/b"]);
}

#[test]
fn a_permit_handed_on_is_not_taken_by_somebody_else() {
    // The waiter was given the permit when it was released, though its turn has not come.
    let waiter = spawn(seq([acquire(var("s")), note("waiter"), release(var("s"))]));
    let greedy = seq([acquire(var("s")), waiter, pause(), release(var("s")), acquire(var("s")), note("greedy")]);
    check(guarded(1, seq([greedy, release(var("s")), pure(1)])), returned(1), &["waiter", "greedy"]);
}

#[test]
fn more_permits_than_there_are_cannot_be_given_back() {
    check(guarded(1, release(var("s"))), faulted(Fault::TooManyPermits), &[]);
    let twice = seq([acquire(var("s")), release(var("s")), release(var("s"))]);
    check(guarded(2, twice), faulted(Fault::TooManyPermits), &[]);
    let caught = seq([catch(release(var("s")), "e", note("refused")), acquire(var("s")), release(var("s")), pure(1)]);
    check(guarded(1, caught), returned(1), &["refused"]);
}

#[test]
fn a_task_may_hold_several_permits() {
    let two = seq([acquire(var("s")), acquire(var("s")), note("two"), release(var("s")), release(var("s"))]);
    let other = spawn(seq([acquire(var("s")), note("other"), release(var("s"))]));
    check(guarded(2, seq([other, two, pause(), pure(1)])), returned(1), &["two", "other"]);
    check(guarded(1, seq([acquire(var("s")), acquire(var("s"))])), threw(DEADLOCK), &[]);
}

#[test]
fn no_permit_is_taken_from_another_living_task() {
    let refused = || catch(release(var("s")), "e", note(var("e")));
    let holder = seq([acquire(var("s")), pause(), pause(), note("holder ends")]);
    let sibling = refused();
    // Neither who has spawned the holder may give its permit back, nor anybody beside it.
    let program = seq([spawn(holder), spawn(sibling), pause(), refused(), repeat(4, pause()), pure(1)]);
    check(guarded(1, program), returned(1), &["TooManyPermits", "TooManyPermits", "holder ends"]);
}

#[test]
fn a_task_may_give_back_the_permit_of_who_has_spawned_it() {
    let waiter = seq([acquire(var("s")), note("waiter"), release(var("s"))]);
    let child = seq([note("child"), release(var("s"))]);
    let program = seq([acquire(var("s")), spawn(waiter), spawn(child), repeat(4, pause()), note("parent"), pure(1)]);
    check(guarded(1, program), returned(1), &["child", "waiter", "parent"]);
    // The nearest one up the line that has one.
    let line =
        seq([acquire(var("s")), spawn(seq([spawn(seq([release(var("s")), note("grandchild")])), pause()])), pause()]);
    let others = seq([acquire(var("s")), note("free"), pure(1)]);
    check(guarded(1, seq([line, pause(), others])), returned(1), &["grandchild", "free"]);
}

#[test]
fn the_own_permit_is_given_back_before_that_of_the_spawner() {
    let child = seq([acquire(var("s")), release(var("s")), note("own"), release(var("s")), note("the parent's")]);
    let program =
        seq([acquire(var("s")), spawn(child), pause(), catch(release(var("s")), "e", note(var("e"))), pure(1)]);
    check(guarded(2, program), returned(1), &["own", "the parent's", "TooManyPermits"]);
}

#[test]
fn the_line_of_spawners_ends_with_one_that_has_ended() {
    let refused = catch(release(var("s")), "e", note(var("e")));
    let grandchild = seq([repeat(3, pause()), refused]);
    let program = seq([acquire(var("s")), spawn(seq([spawn(grandchild), pure(0)])), repeat(6, pause()), pure(1)]);
    check(guarded(1, program), returned(1), &["TooManyPermits"]);
}

#[test]
fn the_children_of_a_form_may_give_back_its_parents_permit() {
    let program = seq([acquire(var("s")), all([release(var("s")), seq([acquire(var("s")), note("taken")])]), pure(1)]);
    check(guarded(1, program), returned(1), &["taken"]);
}

#[test]
fn a_permit_given_back_by_another_is_not_given_back_again_by_a_cancelled_holder() {
    // The holder's child gives it back.
    let holder = seq([acquire(var("s")), spawn(release(var("s"))), repeat(9, pause())]);
    let second = seq([acquire(var("s")), note("second"), repeat(3, pause()), note("/second"), release(var("s"))]);
    let third = seq([acquire(var("s")), note("third"), release(var("s"))]);
    let program = bind(
        spawn(holder),
        "t",
        seq([pause(), spawn(second), spawn(third), pause(), cancel(var("t")), repeat(6, pause())]),
    );
    check(guarded(1, seq([program, pure(1)])), returned(1), &["second", "/second", "third"]);
}

#[test]
fn a_cancelled_holder_gives_its_permit_back() {
    let holder = noting_exit("closed", seq([acquire(var("s")), repeat(9, pause())]));
    let program = bind(spawn(holder), "t", seq([pause(), cancel(var("t")), acquire(var("s")), note("mine"), pure(1)]));
    check(guarded(1, program), returned(1), &["closed", "mine"]);
}

#[test]
fn a_cancelled_holder_that_gives_back_itself_gives_back_once() {
    let holder = seq([acquire(var("s")), finally(repeat(9, pause()), release(var("s")))]);
    let again = catch(release(var("s")), "e", note("refused"));
    let program =
        bind(spawn(holder), "t", seq([pause(), cancel(var("t")), acquire(var("s")), release(var("s")), again]));
    check(guarded(1, seq([program, pure(1)])), returned(1), &["refused"]);
}

#[test]
fn a_cancelled_holder_whose_cleanup_throws_gives_its_permit_back_all_the_same() {
    let holder = finally(seq([acquire(var("s")), repeat(9, pause())]), throw("boom"));
    let program =
        bind(spawn(holder), "t", seq([pause(), cancel(var("t")), acquire(var("s")), note("mine"), wait(var("t"))]));
    check(guarded(1, program), threw("boom"), &["mine"]);
}

#[test]
fn a_cancelled_waiter_leaves_the_queue() {
    let waiter = |name| seq([acquire(var("s")), note(name), release(var("s"))]);
    let program = bind(
        spawn(waiter("never")),
        "t",
        seq([spawn(waiter("b")), pause(), cancel(var("t")), release(var("s")), repeat(3, pause()), pure(1)]),
    );
    check(guarded(1, seq([acquire(var("s")), program])), returned(1), &["b"]);
}

#[test]
fn a_waiter_cancelled_when_it_has_just_got_its_permit_goes_on_to_its_next_suspension() {
    let program = |waiter| {
        let root = seq([pause(), release(var("s")), cancel(var("t")), acquire(var("s")), note("mine"), pure(1)]);
        guarded(1, seq([acquire(var("s")), bind(spawn(waiter), "t", root)]))
    };
    let lasting = seq([acquire(var("s")), note("goes on"), noting_exit("closed", pause()), note("never")]);
    check(program(lasting), returned(1), &["goes on", "closed", "mine"]);
    let releasing = seq([acquire(var("s")), finally(note("goes on"), release(var("s")))]);
    check(program(releasing), returned(1), &["goes on", "mine"]);
}

#[test]
fn a_task_that_ends_with_a_permit_keeps_it_for_good() {
    let program = seq([spawn(acquire(var("s"))), pause(), acquire(var("s"))]);
    check(guarded(1, program), threw(DEADLOCK), &[]);
    // Anybody may still give it back.
    let program = seq([spawn(acquire(var("s"))), pause(), release(var("s")), acquire(var("s")), pure(1)]);
    check(guarded(1, program), returned(1), &[]);
}

#[test]
fn a_permit_may_be_out_when_the_run_ends() {
    check(guarded(1, seq([acquire(var("s")), pure(1)])), returned(1), &[]);
    check(guarded(1, seq([acquire(var("s")), spawn(acquire(var("s"))), pause(), pure(1)])), returned(1), &[]);
    check(guarded(1, seq([acquire(var("s")), throw("boom")])), threw("boom"), &[]);
}
