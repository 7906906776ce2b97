//! `All`, `Any` and `Scope`: children in place, and forms that end after their tasks.

use doeff_vm_core::Fault;

use crate::ast::{Program, Value};
use crate::build::*;
use crate::check::{check, faulted, returned, threw};
use crate::scheduling::*;

fn forever() -> Program {
    repeat(20, pause())
}

fn lasting(name: &'static str) -> Program {
    noting_exit(name, forever())
}

#[test]
fn children_run_at_once_and_in_order() {
    let program = all([seq([note("a"), pure(1)]), seq([note("b"), pure(2)])]);
    let events = ["a", "b", "after"];
    // Before anybody who was ready before.
    let program = seq([spawn(note("other")), bind(program, "v", seq([note("after"), pure(var("v"))]))]);
    check(scheduled(program), returned(values([1.into(), 2.into()])), &events);
    check(scheduled(all([])), returned(values([])), &[]);
    check(all([]), returned(values([])), &[]);
}

#[test]
fn a_form_with_children_needs_a_scheduler_whatever_handlers_take() {
    check(all([pure(1)]), faulted(Fault::OutOfOrder), &[]);
    let everything = handler().catch_all(doeff_vm_core::ClauseKind::Ctl, return_resume(7));
    check(scheduled(with(everything, all([op(PICK, 0), pure(1)]))), returned(values([7.into(), 1.into()])), &[]);
}

#[test]
fn a_child_that_suspends_is_a_task_and_the_parent_goes_on_before_anybody_else() {
    let child = |name: &'static str, value: i64| seq([note(name), pause(), note(name), pure(value)]);
    let program = seq([spawn(note("other")), all([child("a", 1), child("b", 2)])]);
    let events = ["a", "b", "other", "a", "b"];
    check(scheduled(program), returned(values([1.into(), 2.into()])), &events);
}

#[test]
fn a_child_that_becomes_a_task_without_waiting_goes_on() {
    // It takes a free permit, and spawns: neither makes it wait.
    let child = seq([acquire(var("s")), note("a"), spawn(note("spawned")), note("b"), release(var("s")), pure(1)]);
    let program = bind(semaphore(1), "s", bind(all([child, seq([note("c"), pure(2)])]), "v", pure(var("v"))));
    check(scheduled(program), returned(values([1.into(), 2.into()])), &["a", "b", "c"]);
}

#[test]
fn a_child_that_ends_as_a_task_without_having_waited_has_ended_at_once() {
    let fails = seq([release_one(), throw("boom")]);
    let program = |form: fn([Program; 2]) -> Program, child| {
        scheduled(bind(semaphore(1), "s", seq([acquire(var("s")), form([child, note("next")])])))
    };
    check(program(all, fails.clone()), threw("boom"), &[]);
    check(program(first_of, fails), returned(Value::Nil), &["next"]);
    check(program(first_of, seq([release_one(), pure(3)])), returned(3), &[]);
}

fn release_one() -> Program {
    release(var("s"))
}

#[test]
fn a_failure_at_once_ends_all_before_the_others_start() {
    check(scheduled(all([pure(1), throw("boom"), note("never")])), threw("boom"), &[]);
    let program = all([lasting("closed"), throw("boom"), note("never")]);
    check(scheduled(catch(program, "e", seq([note("after"), pure(var("e"))]))), returned("boom"), &["closed", "after"]);
}

#[test]
fn the_first_failure_ends_the_others() {
    let fails = |pauses, error: &'static str| seq([repeat(pauses, pause()), throw(error)]);
    let program = all([lasting("a"), fails(3, "late"), fails(1, "early"), lasting("b")]);
    // Each unwinds when its turn comes, as they are queued.
    check(scheduled(seq([program, note("never")])), threw("early"), &["b", "a"]);
}

#[test]
fn a_success_at_once_ends_any_before_the_others_start() {
    check(scheduled(first_of([pure(1), note("never")])), returned(1), &[]);
    let program = first_of([throw("boom"), lasting("closed"), pure(2), note("never")]);
    check(scheduled(bind(program, "v", seq([note("after"), pure(var("v"))]))), returned(2), &["closed", "after"]);
}

#[test]
fn the_first_success_ends_the_others() {
    let ends = |pauses, value: i64| seq([repeat(pauses, pause()), pure(value)]);
    let program = first_of([seq([pause(), throw("boom")]), ends(3, 3), lasting("a"), ends(2, 2)]);
    check(scheduled(program), returned(2), &["a"]);
}

#[test]
fn when_all_fail_the_errors_are_in_the_order_of_the_children() {
    let program = first_of([seq([pause(), pause(), throw("a")]), throw("b"), seq([pause(), throw("c")])]);
    check(scheduled(program), threw(values(["a".into(), "b".into(), "c".into()])), &[]);
    check(scheduled(first_of([])), threw(values([])), &[]);
}

#[test]
fn forms_nest_and_children_in_place_become_tasks_together() {
    let inner = |name: &'static str| all([seq([note(name), pause(), pure(1)]), seq([note(name), pure(2)])]);
    let program = seq([spawn(note("other")), all([inner("a"), inner("b")])]);
    let both = || values([1.into(), 2.into()]);
    check(scheduled(program), returned(values([both(), both()])), &["a", "a", "b", "b", "other"]);
}

#[test]
fn a_form_is_not_over_before_its_tasks() {
    let cleanup = seq([pause(), pause(), note("cleaned")]);
    let child = finally(forever(), cleanup);
    for program in [all([child.clone(), throw("boom")]), seq([first_of([child, pure(1)]), throw("boom")])] {
        check(scheduled(catch(program, "e", seq([note("after"), pure(1)]))), returned(1), &["cleaned", "after"]);
    }
}

#[test]
fn cleanup_of_a_task_of_a_form_may_spawn_in_the_scope_around() {
    let child = finally(forever(), spawn(lasting("helper")));
    let program = scope(seq([first_of([child, pure(1)]), note("form is over")]));
    check(
        scheduled(seq([program, note("scope is over")])),
        returned(Value::Nil),
        &["form is over", "helper", "scope is over"],
    );
}

#[test]
fn who_is_cancelled_while_a_form_ends_waits_for_its_tasks() {
    let slow = finally(forever(), seq([pause(), pause(), note("cleaned")]));
    let parent = noting_exit("parent", seq([first_of([slow, pure(1)]), note("goes on"), pause(), note("never")]));
    let root = bind(spawn(parent), "t", seq([pause(), cancel(var("t")), catch(wait(var("t")), "e", pure(var("e")))]));
    check(scheduled(root), returned(CANCELLED), &["cleaned", "goes on", "parent"]);
}

#[test]
fn cancelling_the_parent_ends_the_children() {
    let parent = noting_exit("parent", all([lasting("a"), lasting("b")]));
    let root = bind(spawn(parent), "t", seq([pause(), cancel(var("t")), catch(wait(var("t")), "e", pure(var("e")))]));
    check(scheduled(root), returned(CANCELLED), &["a", "b", "parent"]);
    let timed = catch(timeout(all([lasting_for_good("a"), lasting_for_good("b")])), "e", note(var("e")));
    check(scheduled(bind(promise(), "p", timed)), returned(Value::Nil), &["a", "b", "timed out"]);
}

fn lasting_for_good(name: &'static str) -> Program {
    noting_exit(name, wait(var("p")))
}

#[test]
fn a_shield_around_a_form_is_not_around_its_tasks() {
    let parent = seq([shield(first_of([lasting("a"), seq([pause(), pause(), pure(1)])])), note("after"), pause()]);
    let root = bind(spawn(parent), "t", seq([pause(), cancel(var("t")), catch(wait(var("t")), "e", pure(var("e")))]));
    check(scheduled(root), returned(CANCELLED), &["a", "after"]);
}

#[test]
fn a_task_that_its_form_ends_may_fail_in_its_cleanup_without_touching_the_result() {
    check(scheduled(first_of([finally(forever(), throw("boom")), pure(1)])), returned(1), &[]);
    check(scheduled(all([finally(forever(), throw("boom")), throw("first")])), threw("first"), &[]);
}

#[test]
fn a_deadlock_in_the_cleanup_of_a_forms_task_does_not_hang() {
    let stuck = finally(forever(), wait(var("p")));
    let program = bind(promise(), "p", first_of([stuck, pure(1)]));
    check(scheduled(program), returned(1), &[]);
}

// --- scopes --------------------------------------------------------------------------------------------------------

#[test]
fn a_scope_ends_the_tasks_spawned_inside_of_it() {
    let program =
        seq([scope(seq([spawn(lasting("a")), spawn(lasting("b")), pause(), pure(1)])), note("after"), pure(2)]);
    check(scheduled(program), returned(2), &["a", "b", "after"]);
    let failing =
        catch(scope(seq([spawn(lasting("a")), pause(), throw("boom")])), "e", seq([note("after"), pure(var("e"))]));
    check(scheduled(failing), returned("boom"), &["a", "after"]);
    let unstarted = seq([scope(seq([spawn(note("never")), pure(1)])), note("after"), pure(2)]);
    check(scheduled(unstarted), returned(2), &["after"]);
}

#[test]
fn what_tasks_of_a_scope_spawn_belongs_to_it_at_any_depth() {
    let child = seq([spawn(seq([spawn(lasting("c")), lasting("b")])), lasting("a")]);
    let program = seq([scope(seq([spawn(child), repeat(3, pause())])), note("after"), pure(1)]);
    check(scheduled(program), returned(1), &["c", "b", "a", "after"]);
    // Through the children of forms, and not through a nearer scope.
    let child = all([spawn(lasting("a")), scope(seq([spawn(lasting("b")), pause()]))]);
    let program = seq([scope(seq([child, note("inside")])), note("after"), pure(1)]);
    check(scheduled(program), returned(1), &["b", "inside", "a", "after"]);
}

#[test]
fn what_is_spawned_outside_of_a_scope_is_none_of_its_own() {
    let program = seq([spawn(lasting("outside")), scope(pause()), note("after"), pure(1)]);
    check(scheduled(program), returned(1), &["after", "outside"]);
}

#[test]
fn who_answers_an_effect_spawns_where_the_performer_is() {
    let spawning = spawn(lasting("on behalf"));
    let inside = || seq([scope(seq([op(PICK, 0), pause()])), note("after"), pure(1)]);
    let events = ["on behalf", "after"];
    let fun = handler().fun(PICK, spawning.clone());
    check(scheduled(with(fun, inside())), returned(1), &events);
    let ctl = handler().ctl(PICK, seq([spawning.clone(), return_resume(0)]));
    check(scheduled(with(ctl, inside())), returned(1), &events);
    // One that keeps the continuation does not work for the performer, nor does one that has given it away.
    let raw = handler().raw(PICK, seq([spawning.clone(), return_resume(0)]));
    check(scheduled(with(raw, inside())), returned(1), &["after", "on behalf"]);
    let after = handler().ctl(PICK, bind(resume(0), "v", seq([spawning, pause(), pure(var("v"))])));
    check(scheduled(with(after, inside())), returned(1), &["after", "on behalf"]);
}

#[test]
fn what_joins_a_scope_that_ends_is_ended_in_its_turn() {
    let child = finally(forever(), seq([spawn(lasting("helper")), pause(), note("cleaned")]));
    let program = seq([scope(seq([spawn(child), pause()])), note("after"), pure(1)]);
    check(scheduled(program), returned(1), &["cleaned", "helper", "after"]);
}

#[test]
fn a_task_of_a_scope_may_be_waited_for_and_may_end_before_it() {
    let program = scope(bind(spawn(seq([pause(), pure(3)])), "t", wait(var("t"))));
    check(scheduled(program), returned(3), &[]);
    let failing = scope(bind(spawn(seq([pause(), throw("boom")])), "t", seq([repeat(4, pause()), pure(3)])));
    check(scheduled(failing), returned(3), &[]);
}

#[test]
fn the_end_of_a_scheduler_leaves_the_tasks_of_forms_to_them() {
    let task = noting_exit("task", all([lasting("a"), lasting("b")]));
    let program = seq([spawn(task), spawn(lasting("other")), pause(), pure(1)]);
    check(scheduled(program), returned(1), &["other", "a", "b", "task"]);
}

#[test]
fn schedulers_nest_in_children() {
    let inner = |name: &'static str| {
        scheduled(seq([spawn(note("never")), note(name), all([seq([pause(), pure(1)]), pure(2)])]))
    };
    let both = || values([1.into(), 2.into()]);
    check(scheduled(all([inner("a"), inner("b")])), returned(values([both(), both()])), &["a", "never", "b", "never"]);
}
