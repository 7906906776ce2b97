//! Every clause kind: `val`, `fun`, `ctl`, `raw`, `final`, the return clause.

use doeff_vm_core::{EffectType, Fault};

use crate::ast::Value;
use crate::build::*;
use crate::check::{check, faulted, returned, threw};

#[test]
fn a_val_clause_answers_its_constant_each_time() {
    let body = bind(op(PICK, 0), "a", bind(op(PICK, 0), "b", pure(list([var("a"), var("b")]))));
    check(with(handler().val(PICK, 4), body), returned(values([4.into(), 4.into()])), &[]);
}

#[test]
fn a_fun_clause_answers_in_place() {
    let body = bind(op(PICK, 1), "a", seq([note("body"), pure(add(var("a"), 1))]));
    check(with(handler().fun(PICK, noting("called", add(var("x"), 10))), body), returned(12), &["called", "body"]);
}

#[test]
fn a_program_of_a_fun_clause_gives_the_answer() {
    let program = bind(op(LOG, var("x")), "a", pure(add(var("a"), 1)));
    let fun = handler().fun(PICK, program);
    check(with(handler().fun(LOG, plain(add(var("x"), 10))), with(fun, op(PICK, 1))), returned(12), &[]);
}

#[test]
fn a_program_of_a_fun_clause_runs_outside_of_the_prompt() {
    let inner = handler().fun(PICK, op(PICK, 0));
    check(with(handler().val(PICK, 3), with(inner, op(PICK, 0))), returned(3), &[]);
    let alone = handler().fun(PICK, op(PICK, 0));
    check(with(alone, op(PICK, 0)), faulted(Fault::UnhandledEffect), &[]);
}

#[test]
fn a_program_of_a_fun_clause_returns_into_the_same_handler_again() {
    let fun = handler().fun(PICK, seq([note("answer"), pure(1)])).returns(plain(list([var("x")])));
    check(with(fun, seq([op(PICK, 0), op(PICK, 0)])), returned(values([1.into()])), &["answer", "answer"]);
}

#[test]
fn a_fun_clause_that_throws_throws_at_the_performer() {
    for clause in [throwing("boom"), throw("boom").into()] {
        let body = || seq([catch(op(PICK, 0), "e", note(var("e"))), note("goes on"), pure(1)]);
        let fun = || handler().fun(PICK, clause.clone()).returns(plain(list([var("x")])));
        check(with(fun(), body()), returned(values([1.into()])), &["boom", "goes on"]);
        check(with(fun(), noting_exit("out", op(PICK, 0))), threw("boom"), &["out"]);
        check(
            with(tries(), with(fun(), attempt(op(PICK, 0)))),
            returned(values([Value::Bad(Box::new("boom".into()))])),
            &[],
        );
    }
}

#[test]
fn an_effect_of_a_fun_clauses_program_passes_every_handler_up_to_the_prompt() {
    let fun = handler().fun(PICK, bind(op(LOG, 0), "a", return_value("a")));
    let inside = with(handler().val(LOG, 3), op(PICK, 0));
    check(with(handler().val(LOG, 1), with(fun.val(LOG, 2), inside)), returned(values([1.into()])), &[]);
}

fn return_value(name: &'static str) -> crate::ast::Program {
    pure(list([var(name)]))
}

#[test]
fn a_program_of_a_fun_clause_is_captured_with_the_performer() {
    let fun = handler().fun(PICK, bind(op(LOG, 0), "a", pure(add(var("a"), 1))));
    let body = bind(op(PICK, 0), "a", seq([note("body"), return_value("a")]));
    let outer = handler().ctl(LOG, seq([note("clause"), bind(resume(5), "r", return_value("r"))]));
    check(with(outer, with(fun, body)), returned(values([values([6.into()])])), &["clause", "body"]);
}

#[test]
fn a_program_of_a_fun_clause_is_closed_before_the_performer() {
    let fun = handler().fun(PICK, noting_exit("answer", op(STOP, 0)));
    let body = noting_exit("performer", op(PICK, 0));
    check(with(handler().fin(STOP, plain(9)), with(fun, body)), returned(9), &["answer", "performer"]);
}

#[test]
fn a_program_of_a_fun_clause_is_no_clause() {
    let fun = handler().fun(PICK, delegate());
    check(with(handler().val(PICK, 1), with(fun, op(PICK, 0))), faulted(Fault::NoHandlerContext), &[]);
}

#[test]
fn a_ctl_clause_that_does_not_resume_gives_the_result() {
    let body = seq([op(PICK, 0), note("never")]);
    check(bind(with(handler().ctl(PICK, pure(3)), body), "a", pure(add(var("a"), 1))), returned(4), &[]);
}

#[test]
fn a_ctl_clause_may_resume_in_the_tail() {
    let pick = handler().ctl(PICK, noting_exit("clause", return_resume(1)));
    check(with(pick, seq([op(PICK, 0), note("body"), pure(2)])), returned(2), &["clause", "body"]);
}

#[test]
fn a_tail_resume_answers_the_one_who_awaits_the_handled_body() {
    let pick = handler().ctl(PICK, return_resume(1));
    let twice = bind(op(PICK, 0), "a", bind(op(PICK, 0), "b", pure(add(var("a"), var("b")))));
    check(bind(with(pick, twice), "r", pure(list([var("r")]))), returned(values([2.into()])), &[]);
}

#[test]
fn a_ctl_clause_may_resume_in_a_sub_program() {
    let clause = bind(call(resume(5)), "r", pure(add(var("r"), 1)));
    check(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(6), &[]);
}

#[test]
fn a_ctl_clause_may_resume_in_a_sub_programs_tail() {
    let clause = bind(call(return_resume(5)), "r", pure(add(var("r"), 1)));
    check(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(6), &[]);
}

#[test]
fn a_ctl_clause_may_resume_from_inside_of_another_handler_it_installs() {
    let clause = with(handler().returns(plain(list([var("x")]))), resume(5));
    check(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(values([5.into()])), &[]);
}

#[test]
fn a_returned_with_handler_is_performed_as_the_clauses_result() {
    let clause = tail(crate::ast::Act::With(handler().val(LOG, 8).into(), op(LOG, 0)));
    check(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(8), &[]);
}

#[test]
fn a_returned_pure_is_its_value() {
    check(with(handler().ctl(PICK, tail(crate::ast::Act::Pure(8.into()))), op(PICK, 0)), returned(8), &[]);
}

#[test]
fn a_raw_clause_may_let_its_k_outlive_it() {
    // The clause stores k and returns; the program resumes it after the handled body is gone.
    let pick = handler().raw(PICK, seq([put(1, var("k")), pure("parked")]));
    let body = bind(op(PICK, 0), "a", seq([note("resumed"), pure(list([var("a")]))]));
    let later = bind(get(1), "k", bind(resume(7), "r", pure(list([var("first"), var("r")]))));
    let program = with(state([]), bind(with(pick, body), "first", later));
    check(program, returned(values(["parked".into(), values([7.into()])])), &["resumed"]);
}

#[test]
fn a_raw_clause_without_a_second_use_closes_its_k_at_the_end_of_the_run() {
    let pick = handler().raw(PICK, pure("parked"));
    let body = noting_exit("closed", op(PICK, 0));
    check(bind(with(pick, body), "r", seq([note("end"), pure(var("r"))])), returned("parked"), &["end", "closed"]);
}

#[test]
fn a_final_clause_runs_when_the_body_has_been_closed() {
    let stop = handler().fin(STOP, noting("clause", list([var("x")])));
    let body = noting_exit("outer", call(noting_exit("inner", op(STOP, 5))));
    check(with(stop, body), returned(values([5.into()])), &["inner", "outer", "clause"]);
}

#[test]
fn a_final_clause_may_be_a_generator_that_performs_outward() {
    let stop = handler().fin(STOP, bind(op(STOP, 0), "a", pure(add(var("a"), 1))));
    check(with(handler().val(STOP, 1), with(stop, op(STOP, 0))), returned(2), &[]);
}

#[test]
fn a_final_clause_that_throws_throws_at_its_boundary() {
    check(with(handler().fin(STOP, throwing("boom")), op(STOP, 0)), threw("boom"), &[]);
    check(with(handler().fin(STOP, throw("boom")), op(STOP, 0)), threw("boom"), &[]);
}

#[test]
fn a_return_clause_may_be_a_generator_that_performs_outward() {
    let inner = handler().val(PICK, 1).returns(bind(op(PICK, 0), "a", pure(list([var("x"), var("a")]))));
    check(with(handler().val(PICK, 2), with(inner, pure(0))), returned(values([0.into(), 2.into()])), &[]);
}

#[test]
fn a_return_clause_that_throws_throws_at_its_boundary() {
    check(catch(with(handler().returns(throwing("boom")), pure(1)), "e", pure(9)), returned(9), &[]);
    check(with(handler().returns(throw("boom")), pure(1)), threw("boom"), &[]);
}

#[test]
fn a_return_clause_does_not_see_errors() {
    check(with(handler().returns(noting("never", 0)), throw("boom")), threw("boom"), &[]);
}

#[test]
fn a_handler_without_clauses_is_the_identity() {
    let body = bind(op(PICK, 0), "a", pure(add(var("a"), 1)));
    check(with(handler().val(PICK, 1), with(handler(), body)), returned(2), &[]);
    check(with(handler(), throw("boom")), threw("boom"), &[]);
}

#[test]
fn a_users_clause_for_a_built_in_effect_wins_inside_of_the_built_in_handler() {
    let mine = || handler().fun(EffectType::GET, plain(add(var("x"), 100)));
    check(with(state([(1, 5)]), with(mine(), get(1))), returned(101), &[]);
    check(with(mine(), with(state([(1, 5)]), get(1))), returned(5), &[]);
}

#[test]
fn a_users_clause_may_take_try_local_and_listen() {
    let mine = handler().val(EffectType::TRY, 1).val(EffectType::LOCAL, 2).ctl(EffectType::LISTEN, return_resume(3));
    let body = bind(
        attempt(pure(0)),
        "a",
        bind(local([], pure(0)), "b", bind(listen(pure(0)), "c", pure(list([var("a"), var("b"), var("c")])))),
    );
    check(with(mine, body), returned(values([1.into(), 2.into(), 3.into()])), &[]);
}

#[test]
fn a_clause_sees_the_payload_and_an_absent_one_is_no_value() {
    let pick = handler().ctl(PICK, return_resume(list([var("x")])));
    check(with(pick, op(PICK, Value::Nil)), returned(values([Value::Nil])), &[]);
}
