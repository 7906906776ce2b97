//! Clauses that leave: of handlers outside of a form, performed to by its children.

use doeff_vm_core::Fault;

use crate::ast::{Handler, Program, Value};
use crate::build::*;
use crate::check::{check, returned, threw};
use crate::scheduling::*;

fn lasting(name: &'static str) -> Program {
    noting_exit(name, repeat(20, pause()))
}

/// Between the handler and the form there is a frame, which is closed.
fn around(handler: Handler, form: Program) -> Program {
    scheduled(bind(
        with(handler, noting_exit("parent", seq([form, note("never")]))),
        "v",
        seq([note("after"), pure(var("v"))]),
    ))
}

#[test]
fn a_final_clause_outside_of_a_form_runs_once_when_all_is_unwound() {
    let stop = || handler().fin(STOP, noting("clause", add(var("x"), 1))).returns(noting("never", 0));
    let child = noting_exit("child", op(STOP, 6));
    let events = ["child", "parent", "clause", "after"];
    // At once, and after the child has suspended.
    check(around(stop(), all([child.clone(), note("never")])), returned(7), &events);
    check(around(stop(), first_of([child.clone(), note("never")])), returned(7), &events);
    let events = ["child", "a", "parent", "clause", "after"];
    check(around(stop(), all([lasting("a"), child.clone()])), returned(7), &events);
    let late = seq([pause(), child]);
    check(around(stop(), all([late.clone(), lasting("a")])), returned(7), &events);
    check(around(stop(), first_of([late, lasting("a")])), returned(7), &events);
}

#[test]
fn a_clause_outside_of_a_form_that_does_not_resume_leaves_with_its_result() {
    let clauses = [
        handler().ctl(STOP, seq([note("clause"), pure(7)])),
        handler().raw(STOP, seq([note("clause"), discontinue("k"), pure(7)])),
        handler().ctl(STOP, seq([pause(), note("clause"), pure(7)])),
    ];
    for clause in clauses {
        let clause = clause.returns(noting("never", 0));
        let form = all([lasting("a"), noting_exit("child", op(STOP, 6))]);
        check(around(clause, form), returned(7), &["clause", "child", "a", "parent", "after"]);
    }
    let throwing = handler().ctl(STOP, seq([note("clause"), throw("boom")]));
    let program = around(throwing, all([lasting("a"), noting_exit("child", op(STOP, 6))]));
    check(program, threw("boom"), &["clause", "child", "a", "parent"]);
}

#[test]
fn leaving_is_neither_a_failure_nor_a_success_of_the_form() {
    let form = catch(first_of([throw("boom"), op(STOP, 6), note("never")]), "e", note("never"));
    check(around(handler().fin(STOP, plain(7)), form.clone()), returned(7), &["parent", "after"]);
    check(around(handler().ctl(STOP, throw("left")), form), threw("left"), &["parent"]);
}

#[test]
fn one_leaves_through_every_form_on_the_way() {
    let inner = noting_exit("inner", all([lasting("a"), noting_exit("child", op(STOP, 6))]));
    let form = || all([lasting("b"), inner.clone()]);
    let events = ["child", "a", "inner", "b", "parent", "after"];
    check(around(handler().fin(STOP, plain(7)), form()), returned(7), &events);
    check(around(handler().ctl(STOP, pure(7)), form()), returned(7), &events);
    check(around(handler().ctl(STOP, throw("boom")), form()), threw("boom"), &events[..5]);
}

#[test]
fn handlers_between_two_forms_are_left_to_where_they_are() {
    let inner = noting_exit("inner", all([lasting("a"), noting_exit("child", op(STOP, 6))]));
    let middle = bind(with(handler().fin(STOP, plain(7)), inner), "v", seq([note("middle"), pure(var("v"))]));
    let program = scheduled(all([lasting_a_while("b"), middle]));
    check(program, returned(values([1.into(), 7.into()])), &["child", "a", "inner", "middle", "b"]);
}

fn lasting_a_while(name: &'static str) -> Program {
    seq([repeat(9, pause()), note(name), pure(1)])
}

#[test]
fn a_final_clause_is_that_of_the_handler_that_took_the_effect() {
    // It was performed by a clause, outside of a handler that is around the form and takes it as well.
    let asking = handler().ctl(PICK, op(STOP, 6)).val(STOP, 2);
    let form = with(asking, all([op(PICK, 0)]));
    check(around(handler().fin(STOP, plain(7)), form), returned(7), &["parent", "after"]);
}

#[test]
fn the_first_to_leave_wins() {
    let stop = handler().fin(STOP, noting("clause", var("x")));
    let form = all([finally(seq([pause(), op(STOP, 1)]), op(STOP, 2)), finally(repeat(9, pause()), op(STOP, 3))]);
    check(around(stop, form), returned(1), &["parent", "clause", "after"]);
}

#[test]
fn in_the_cleanup_of_an_unwinding_task_no_clause_leaves() {
    let cleanup = || seq([op(STOP, 2), note("never")]);
    let form = |cleanup| first_of([finally(repeat(9, pause()), cleanup), pure(5)]);
    let program = |handler| scheduled(with(handler, form(cleanup())));
    check(program(handler().ctl(STOP, seq([note("clause"), pure(7)]))), returned(5), &["clause"]);
    check(program(handler().ctl(STOP, throw("boom"))), returned(5), &[]);
    // The form is decided: a `final` clause comes too late as well.
    check(program(handler().fin(STOP, noting("clause", 7))), returned(5), &[]);
}

#[test]
fn a_child_that_is_shielded_leaves_all_the_same() {
    let form = all([lasting("a"), shield(noting_exit("child", op(STOP, 6)))]);
    check(around(handler().fin(STOP, plain(7)), form), returned(7), &["child", "a", "parent", "after"]);
}

#[test]
fn a_spawned_task_in_a_form_does_not_leave_through_it() {
    let waits = bind(spawn(op(STOP, 6)), "t", wait(var("t")));
    let escaped = values([Value::Fault(Fault::EscapedTask), Value::Good(Box::new(7.into()))]);
    check(scheduled(with(handler().fin(STOP, plain(7)), all([waits.clone()]))), threw(escaped.clone()), &[]);
    check(scheduled(with(handler().fin(STOP, plain(7)), scope(waits))), threw(escaped), &[]);
}

#[test]
fn a_handler_inside_of_the_child_is_left_there() {
    let child = with(handler().fin(STOP, plain(7)), noting_exit("child", seq([pause(), op(STOP, 6)])));
    check(scheduled(all([child, pure(1)])), returned(values([7.into(), 1.into()])), &["child"]);
}

#[test]
fn a_handler_outside_of_the_scheduler_closes_it_all() {
    let program = scheduled(noting_exit("parent", all([lasting("a"), noting_exit("child", op(STOP, 6))])));
    check(with(handler().fin(STOP, plain(7)), program.clone()), returned(7), &["child", "a", "parent"]);
    check(with(handler().ctl(STOP, pure(7)), program), returned(7), &["child", "a", "parent"]);
}

#[test]
fn what_a_child_performs_that_is_answered_does_not_leave() {
    let kinds = [
        handler().val(PICK, 1),
        handler().fun(PICK, plain(1)),
        handler().fun(PICK, seq([pause(), pure(1)])),
        handler().ctl(PICK, return_resume(1)),
        handler().ctl(PICK, seq([pause(), return_resume(1)])),
        handler().raw(PICK, transfer("k", 1)),
    ];
    for kind in kinds {
        let program = with(kind, all([op(PICK, 0), seq([pause(), op(PICK, 0)])]));
        check(scheduled(program), returned(values([1.into(), 1.into()])), &[]);
    }
}
