//! Who answers an effect works on behalf of the performer: inside of its cancel scopes and shields.

use crate::ast::{Handler, Program, Value};
use crate::build::*;
use crate::check::{check, returned, threw};
use crate::scheduling::*;

/// The performer in a scope, in a task; the scope is cancelled once the answer waits. Between the handler and the scope there
/// is a frame, which goes on.
fn cancelled(handler: Handler, performer: Program) -> Program {
    let inside = seq([put(9, var("s")), performer, note("never")]);
    let task = with(handler, seq([cancel_scope("s", inside), note("goes on"), pure(5)]));
    let root = bind(spawn(task), "t", seq([pause(), bind(get(9), "s", cancel_scope_of(var("s"))), wait(var("t"))]));
    with(state([]), scheduled(root))
}

fn waits(name: &'static str) -> Program {
    noting_exit(name, seq([repeat(20, pause()), pure(1)]))
}

#[test]
fn whoever_answers_is_closed_with_the_performer_and_the_scope_answers() {
    let answers = [
        handler().fun(PICK, waits("answer")),
        handler().ctl(PICK, bind(waits("answer"), "v", return_resume(var("v")))),
        handler().ctl(PICK, bind(waits("answer"), "v", resume(var("v")))),
        handler().ctl(PICK, bind(call(waits("answer")), "v", return_resume(var("v")))),
    ];
    for answer in answers {
        let performer = noting_exit("performer", op(PICK, 0));
        check(cancelled(answer, performer), returned(5), &["answer", "performer", "goes on"]);
    }
}

#[test]
fn a_raw_clause_is_outside_of_the_scopes_of_its_performer() {
    let answer = handler().raw(PICK, seq([repeat(3, pause()), note("clause"), return_resume(1)]));
    let performer = noting_exit("performer", seq([op(PICK, 0), note("answered"), pause()]));
    check(cancelled(answer, performer), returned(5), &["clause", "answered", "performer", "goes on"]);
}

#[test]
fn a_clause_that_was_answered_goes_on_to_its_next_suspension() {
    let clause = bind(wait(var("x")), "v", seq([note(var("v")), return_resume(var("v"))]));
    let performer = noting_exit("performer", bind(op(PICK, var("p")), "v", seq([note("answered"), pause()])));
    let inside = seq([put(9, var("s")), performer]);
    let task = with(handler().ctl(PICK, clause), cancel_scope("s", inside));
    let cancels = bind(get(9), "s", cancel_scope_of(var("s")));
    let root = bind(spawn(task), "t", seq([pause(), complete(var("p"), 3), cancels, wait(var("t"))]));
    let program = with(state([]), scheduled(bind(promise(), "p", root)));
    check(program, returned(Value::Nil), &["3", "answered", "performer"]);
}

#[test]
fn a_shield_of_the_performer_holds_for_whoever_answers() {
    let kinds = [
        handler().fun(PICK, seq([pause(), pause(), note("answer"), pure(1)])),
        handler().ctl(PICK, seq([pause(), pause(), note("answer"), return_resume(1)])),
    ];
    for kind in kinds {
        let performer = noting_exit("performer", seq([shield(op(PICK, 0)), note("after"), pause()]));
        check(cancelled(kind, performer), returned(5), &["answer", "after", "performer", "goes on"]);
    }
}

#[test]
fn a_scope_around_the_handler_closes_the_clause_and_the_performer() {
    let handled = with(
        handler().ctl(PICK, bind(waits("clause"), "v", return_resume(var("v")))),
        noting_exit("performer", op(PICK, 0)),
    );
    let program = cancelled(handler(), handled);
    check(program, returned(5), &["clause", "performer", "goes on"]);
}

#[test]
fn an_error_of_the_clauses_cleanup_is_thrown_where_the_scope_is() {
    let clause = finally(repeat(20, pause()), throw("boom"));
    for kind in [handler().ctl(PICK, clause.clone()), handler().fun(PICK, clause)] {
        let inside = seq([put(9, var("s")), noting_exit("performer", op(PICK, 0))]);
        let scope = catch(cancel_scope("s", inside), "e", seq([note("caught"), pure(var("e"))]));
        let task = with(kind, scope);
        let root = bind(spawn(task), "t", seq([pause(), bind(get(9), "s", cancel_scope_of(var("s"))), wait(var("t"))]));
        check(with(state([]), scheduled(root)), returned("boom"), &["performer", "caught"]);
    }
}

#[test]
fn clauses_that_answer_for_one_another_are_closed_the_innermost_first() {
    let inner = handler().ctl(PICK, noting_exit("inner", bind(op(LOG, 0), "v", return_resume(var("v")))));
    let outer = handler().ctl(LOG, noting_exit("outer", bind(waits("waits"), "v", return_resume(var("v")))));
    let inside = seq([put(9, var("s")), noting_exit("performer", op(PICK, 0))]);
    let task = with(outer, with(inner, seq([cancel_scope("s", inside), note("goes on"), pure(5)])));
    let root = bind(spawn(task), "t", seq([pause(), bind(get(9), "s", cancel_scope_of(var("s"))), wait(var("t"))]));
    let events = ["waits", "outer", "inner", "performer", "goes on"];
    check(with(state([]), scheduled(root)), returned(5), &events);
}

#[test]
fn a_clause_that_is_being_closed_holds_its_performers_scopes_no_more() {
    // The task unwinds; the scope of the performer is cancelled while the clause cleans up.
    let clause = finally(repeat(20, pause()), seq([note("cleanup"), pause(), pause(), note("cleaned")]));
    let inside = seq([put(9, var("s")), noting_exit("performer", op(PICK, 0))]);
    let task = with(handler().ctl(PICK, clause), seq([cancel_scope("s", inside), note("never")]));
    let cancels = bind(get(9), "s", cancel_scope_of(var("s")));
    let waits = catch(wait(var("t")), "e", pure(var("e")));
    let root = bind(spawn(task), "t", seq([pause(), cancel(var("t")), pause(), cancels, waits]));
    check(with(state([]), scheduled(root)), returned(CANCELLED), &["cleanup", "cleaned", "performer"]);
}

#[test]
fn nobody_else_resumes_a_performer_that_was_cancelled_while_its_clause_waits() {
    let clause = seq([put(1, var("k")), noting_exit("clause", repeat(20, pause()))]);
    let inside = seq([put(9, var("s")), noting_exit("performer", op(PICK, 0))]);
    let task = with(handler().ctl(PICK, clause), seq([cancel_scope("s", inside), note("goes on"), pure(5)]));
    let resumes = bind(get(1), "k", catch(resume(0), "e", note(var("e"))));
    let cancels = bind(get(9), "s", cancel_scope_of(var("s")));
    let root = bind(spawn(task), "t", seq([pause(), cancels, resumes, wait(var("t"))]));
    let events = ["OneShotViolation", "clause", "performer", "goes on"];
    check(with(state([]), scheduled(root)), returned(5), &events);
}

#[test]
fn a_clause_outside_of_a_scheduler_answers_on_behalf_of_its_tasks() {
    let answers = [
        handler().fun(PICK, waits("answer")),
        handler().ctl(PICK, bind(waits("answer"), "v", return_resume(var("v")))),
    ];
    for answer in answers {
        let answer = std::rc::Rc::new(answer);
        let inside = seq([put(9, var("s")), noting_exit("performer", op(PICK, 0))]);
        let inner = scheduled(seq([cancel_scope("s", inside), note("goes on"), pause(), pure(5)]));
        let task = with(answer.clone(), inner);
        let cancels = bind(get(9), "s", cancel_scope_of(var("s")));
        let root = bind(spawn(task.clone()), "t", seq([pause(), cancels, wait(var("t"))]));
        check(with(state([]), scheduled(root)), returned(5), &["answer", "performer", "goes on"]);
        // The task around the inner scheduler may be cancelled, and a task inside of it.
        let waits = catch(wait(var("t")), "e", pure(var("e")));
        let root = bind(spawn(task), "t", seq([pause(), cancel(var("t")), waits]));
        check(with(state([]), scheduled(root)), returned(CANCELLED), &["answer", "performer"]);
        let inner = bind(spawn(noting_exit("performer", op(PICK, 0))), "i", seq([put(9, var("i")), wait(var("i"))]));
        let task = with(answer, scheduled(catch(inner, "e", pure(var("e")))));
        let cancels = bind(get(9), "i", cancel(var("i")));
        let root = bind(spawn(task), "t", seq([pause(), cancels, wait(var("t"))]));
        check(with(state([]), scheduled(root)), returned(CANCELLED), &["answer", "performer"]);
    }
}

#[test]
fn a_program_in_place_stands_at_the_performer() {
    // It is inside of the performer's scope, and sees the handlers outside of its own.
    let fun = handler().fun(PICK, seq([cancel_scope_of(var("x")), pause(), note("never")]));
    let program = with(fun, seq([cancel_scope("s", noting_exit("closed", op(PICK, var("s")))), pure(5)]));
    check(scheduled(program), returned(5), &["closed"]);
    let failing = handler().fun(PICK, seq([pause(), throw("boom")]));
    check(
        scheduled(with(failing, catch(op(PICK, 0), "e", pure(list([var("e")]))))),
        returned(values(["boom".into()])),
        &[],
    );
    check(scheduled(with(handler().fun(PICK, throw("boom")), scope(op(PICK, 0)))), threw("boom"), &[]);
}
