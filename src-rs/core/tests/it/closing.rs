//! Clauses that answer the cleanup of a body that is being closed, when their handler is part of what is closed.

use crate::ast::{Act, Handler, Program};
use crate::build::*;
use crate::check::{check, returned, threw};
use crate::cleanup::{cleaning, stopping};

/// The body under two handlers, and under one that has the clauses of both: ending the body, answering its cleanup.
fn ended_around(answering: fn() -> Handler, body: &Program) -> [Program; 2] {
    [with(stopping(), with(answering(), body.clone())), with(answering().fin(STOP, noting("stopped", 9)), body.clone())]
}

#[test]
fn cleanup_under_every_kind_of_clause_of_the_closed_body_goes_on() {
    let kinds: [fn() -> Handler; 6] = [
        || handler().val(PICK, 1),
        || handler().fun(PICK, plain(1)),
        || handler().fun(PICK, pure(1)),
        || handler().ctl(PICK, return_resume(1)),
        || handler().raw(PICK, return_resume(1)),
        || handler().ctl(PICK, transfer("k", 1)),
    ];
    for kind in kinds {
        for program in ended_around(kind, &cleaning(bind(op(PICK, 0), "a", note(var("a"))))) {
            check(program, returned(9), &["1", "stopped"]);
        }
    }
}

#[test]
fn a_clause_that_awaits_a_body_being_closed_is_closed_with_it() {
    let inner = || handler().ctl(PICK, noting_exit("clause", seq([resume(1), note("never")])));
    for program in ended_around(inner, &cleaning(bind(op(PICK, 0), "a", note(var("a"))))) {
        check(program, returned(9), &["1", "clause", "stopped"]);
    }
}

#[test]
fn programs_that_such_a_clause_called_are_closed_with_it() {
    let inner = || handler().ctl(PICK, noting_exit("clause", call(noting_exit("sub", resume(1)))));
    for program in ended_around(inner, &cleaning(op(PICK, 0))) {
        check(program, returned(9), &["sub", "clause", "stopped"]);
    }
}

#[test]
fn handlers_that_such_a_clause_installed_are_closed_with_it() {
    let inner = || {
        let clause = with(handler().returns(noting("never", 0)), noting_exit("inside", resume(1)));
        handler().ctl(PICK, noting_exit("clause", clause))
    };
    for program in ended_around(inner, &cleaning(op(PICK, 0))) {
        check(program, returned(9), &["inside", "clause", "stopped"]);
    }
}

#[test]
fn a_clause_of_the_closed_body_may_end_without_resuming() {
    let kinds: [fn() -> Handler; 4] = [
        || handler().ctl(PICK, pure(1)),
        || handler().fin(PICK, plain(1)),
        || handler().fin(PICK, pure(1)),
        || handler().raw(PICK, seq([discontinue("k"), pure(1)])),
    ];
    for kind in kinds {
        for program in ended_around(kind, &noting_exit("in", cleaning(seq([op(PICK, 0), note("never")])))) {
            check(program, returned(9), &["in", "stopped"]);
        }
    }
}

#[test]
fn a_clause_of_the_closed_body_that_throws_replaces_the_completion() {
    let kinds: [fn() -> Handler; 5] = [
        || handler().ctl(PICK, throw("boom")),
        || handler().fun(PICK, throwing("boom")),
        || handler().fun(PICK, throw("boom")),
        || handler().fin(PICK, throwing("boom")),
        || handler().fin(PICK, throw("boom")),
    ];
    for kind in kinds {
        for program in ended_around(kind, &noting_exit("in", cleaning(op(PICK, 0)))) {
            check(program, threw("boom"), &["in"]);
        }
    }
}

#[test]
fn a_body_being_closed_that_is_thrown_into_replaces_the_completion_or_goes_on() {
    let inner = || handler().ctl(PICK, tail(Act::Resume { k: var("k"), value: "boom".into(), throws: true }));
    for program in ended_around(inner, &noting_exit("in", cleaning(op(PICK, 0)))) {
        check(program, threw("boom"), &["in"]);
    }
    for program in ended_around(inner, &cleaning(catch(op(PICK, 0), "e", note(var("e"))))) {
        check(program, returned(9), &["boom", "stopped"]);
    }
}

#[test]
fn an_error_of_a_body_being_closed_reaches_the_clause_that_awaits_it() {
    let inner = || handler().ctl(PICK, catch(resume(1), "e", seq([note("caught"), throw(var("e"))])));
    let fails = || cleaning(seq([op(PICK, 0), throw("boom")]));
    for body in [fails(), call(fails()), with(handler(), fails())] {
        for program in ended_around(inner, &body) {
            check(program, threw("boom"), &["caught"]);
        }
    }
}

#[test]
fn an_error_of_closing_a_clause_that_awaits_replaces_the_completion_past_a_try() {
    let clause = || attempt(finally(resume(0), throw("boom")));
    for first in [handler().fin(PICK, plain(1)), handler().ctl(PICK, throw("first")), handler().ctl(PICK, pure(1))] {
        let body = with(first.ctl(LOG, clause()), finally(op(PICK, 1), op(LOG, 0)));
        check(with(tries(), body), threw("boom"), &[]);
    }
}

#[test]
fn what_a_clause_makes_of_a_body_being_closed_reaches_the_clause_that_awaits_it() {
    let both = || handler().ctl(PICK, bind(resume(0), "r", note(list([var("r")])))).fin(LOG, plain(7));
    for program in ended_around(both, &cleaning(seq([op(PICK, 0), op(LOG, 0), note("never")]))) {
        check(program, returned(9), &["[7]", "stopped"]);
    }
}

#[test]
fn an_unwinding_within_cleanup_is_completed_when_the_clause_that_awaits_it_is_closed() {
    let awaiting = || handler().ctl(PICK, noting_exit("clause", resume(1)));
    let within = |awaiting| cleaning(with(awaiting, call(finally(op(LOG, 0), op(PICK, 0)))));
    for throwing in [awaiting().fun(LOG, throwing("boom")), awaiting().fun(LOG, throw("boom"))] {
        check(with(stopping(), within(throwing)), threw("boom"), &["clause"]);
    }
    let ending = awaiting().fin(LOG, noting("ended", 1));
    check(with(stopping(), within(ending)), returned(9), &["clause", "ended", "stopped"]);
}

#[test]
fn a_clause_that_declines_in_its_cleanup_once_more_closed_takes_the_body_along() {
    // The clause is being closed while a program of its cleanup waits; its next cleanup declines.
    let cleanup = finally(call(op(LOG, 1)), delegate_as(LOG, 2));
    let inner = handler().ctl(PICK, finally(op(LOG, 0), cleanup));
    let outer = handler().ctl(LOG, seq([note(var("x")), throw("boom")]));
    check(with(outer, with(inner, noting_exit("body", op(PICK, 0)))), threw("boom"), &["0", "1", "2", "body"]);
}
