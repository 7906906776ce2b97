//! Continuations: one use, throwing into them, transferring to them, discontinuing them.

use doeff_vm_core::Fault;

use crate::ast::{Act, Expr, Program, Value};
use crate::build::*;
use crate::check::{check, faulted, returned, threw};

fn one_shot() -> Value {
    Value::Fault(Fault::OneShotViolation)
}

/// Keeps `k` under key 1 and ends without using it.
fn parking() -> crate::ast::Handler {
    handler().raw(PICK, seq([put(1, var("k")), pure("parked")]))
}

/// What follows sees the continuation kept under key 1 as `k`.
fn with_parked(body: Program, then: Program) -> Program {
    with(state([]), bind(with(parking(), body), "_", bind(get(1), "k", then)))
}

#[test]
fn a_second_resume_is_refused_where_it_was_asked_for() {
    let clause = seq([resume(1), catch(resume(2), "e", pure(var("e")))]);
    check(with(handler().ctl(PICK, clause), seq([op(PICK, 0), note("once")])), returned(one_shot()), &["once"]);
}

#[test]
fn a_second_use_of_any_kind_is_refused() {
    let uses: [Program; 6] =
        [resume(2), resume_throw(2), transfer("k", 2), discontinue("k"), delegate(), call(return_resume(2))];
    for second in uses {
        for first in [resume(1), seq([resume_throw("boom"), pure(0)]), discontinue("k")] {
            let clause = seq([catch(first, "_", pure(0)), catch(second.clone(), "e", pure(var("e")))]);
            check(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(one_shot()), &[]);
        }
    }
}

#[test]
fn a_second_tail_use_is_thrown_where_the_ended_clause_was() {
    for second in
        [return_resume(2), return_delegate(), tail(Act::Transfer { k: var("k"), value: 2.into(), throws: true })]
    {
        let clause = noting_exit("ended", seq([resume(1), second]));
        check(with(handler().ctl(PICK, clause), op(PICK, 0)), faulted(Fault::OneShotViolation), &["ended"]);
    }
}

#[test]
fn a_resumed_body_cannot_use_the_continuation_it_came_from() {
    let pick = handler().ctl(PICK, seq([put(1, var("k")), return_resume(0)]));
    let body = seq([op(PICK, 0), bind(get(1), "k", catch(resume(0), "e", pure(var("e"))))]);
    check(with(state([]), with(pick, body)), returned(one_shot()), &[]);
}

#[test]
fn a_k_that_its_ctl_clause_left_unused_cannot_be_used_later() {
    let pick = handler().ctl(PICK, seq([put(1, var("k")), pure(0)]));
    let program = seq([with(pick, noting_exit("closed", op(PICK, 0))), bind(get(1), "k", resume(0))]);
    check(with(state([]), program), faulted(Fault::OneShotViolation), &["closed"]);
}

#[test]
fn a_parked_continuation_can_be_resumed_under_other_handlers() {
    let body = seq([op(PICK, 0), op(LOG, 0)]);
    check(with_parked(body, with(handler().val(LOG, 5), resume(0))), returned(5), &[]);
}

#[test]
fn a_parked_continuation_brings_its_own_handler_along() {
    // The second perform is taken by the same raw handler again, under the new place.
    let body = seq([op(PICK, 0), op(PICK, 0), pure(1)]);
    check(with_parked(body, bind(resume(0), "r", pure(list([var("r")])))), returned(values(["parked".into()])), &[]);
}

#[test]
fn a_parked_continuation_may_be_used_in_every_way() {
    let body = || catch(noting_exit("exit", op(PICK, 0)), "e", pure(list([var("e")])));
    check(with_parked(body(), resume(5)), returned(5), &["exit"]);
    check(with_parked(body(), resume_throw("boom")), returned(values(["boom".into()])), &["exit"]);
    check(with_parked(body(), discontinue("k")), returned(Value::Nil), &["exit"]);
    check(
        with_parked(body(), bind(call(transfer("k", 5)), "r", pure(list([var("r")])))),
        returned(values([5.into()])),
        &["exit"],
    );
    check(with_parked(body(), call(return_resume(5))), returned(5), &["exit"]);
}

#[test]
fn a_resume_that_throws_throws_at_the_suspended_perform() {
    let pick = handler().ctl(PICK, resume_throw("boom"));
    let body = catch(op(PICK, 0), "e", seq([note("caught"), pure(list([var("e")]))]));
    check(with(pick, body), returned(values(["boom".into()])), &["caught"]);
}

#[test]
fn an_error_thrown_into_the_body_comes_back_to_who_resumed_it() {
    let clause = catch(resume_throw("boom"), "e", pure(list([var("e")])));
    check(
        with(handler().ctl(PICK, clause), noting_exit("exit", op(PICK, 0))),
        returned(values(["boom".into()])),
        &["exit"],
    );
}

#[test]
fn an_error_of_the_resumed_body_comes_back_to_who_resumed_it() {
    let clause = catch(resume(0), "e", pure(list([var("e")])));
    check(with(handler().ctl(PICK, clause), seq([op(PICK, 0), throw("boom")])), returned(values(["boom".into()])), &[]);
}

#[test]
fn a_tail_throw_is_seen_by_who_awaits_the_body() {
    let clause = tail(Act::Resume { k: var("k"), value: "boom".into(), throws: true });
    check(catch(with(handler().ctl(PICK, clause), op(PICK, 0)), "e", pure(1)), returned(1), &[]);
}

#[test]
fn a_transfer_closes_the_asking_frame_first() {
    let clause = noting_exit("clause", seq([transfer("k", 5), note("never")]));
    let body = bind(op(PICK, 0), "a", seq([note("body"), pure(var("a"))]));
    check(with(handler().ctl(PICK, clause), body), returned(5), &["clause", "body"]);
}

#[test]
fn a_transfer_can_throw() {
    let clause = act(Act::Transfer { k: var("k"), value: "boom".into(), throws: true });
    check(with(handler().ctl(PICK, clause), catch(op(PICK, 0), "e", pure(1))), returned(1), &[]);
}

#[test]
fn a_transfer_of_a_sub_program_answers_the_clause() {
    let clause = bind(call(noting_exit("sub", transfer("k", 5))), "r", pure(list([var("r")])));
    check(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(values([5.into()])), &["sub"]);
}

#[test]
fn a_refused_transfer_closes_nothing() {
    let clause = seq([resume(1), catch(noting_exit("exit", transfer("k", 2)), "e", pure(var("e")))]);
    check(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(one_shot()), &["exit"]);
}

#[test]
fn a_clause_that_transfers_elsewhere_abandons_its_own_body_first() {
    let elsewhere = |last| {
        let clause = noting_exit("clause", bind(get(1), "other", last));
        with(handler().ctl(LOG, clause), noting_exit("abandoned", op(LOG, 0)))
    };
    let parked = bind(op(PICK, 0), "a", seq([note("parked"), pure(list([var("a")]))]));
    let expected = || returned(values([5.into()]));
    check(with_parked(parked.clone(), elsewhere(transfer("other", 5))), expected(), &["clause", "abandoned", "parked"]);
    let last = tail(resume_act("other", 5));
    check(with_parked(parked, elsewhere(last)), expected(), &["clause", "abandoned", "parked"]);
}

#[test]
fn discontinue_closes_the_body_and_answers_no_value() {
    let clause = bind(discontinue("k"), "r", seq([note("after"), pure(list([var("r")]))]));
    let body = noting_exit("outer", call(noting_exit("inner", op(PICK, 0))));
    check(with(handler().ctl(PICK, clause), body), returned(values([Value::Nil])), &["inner", "outer", "after"]);
}

#[test]
fn discontinue_does_not_run_the_return_clause_nor_catch_blocks() {
    let pick = handler().ctl(PICK, discontinue("k")).returns(noting("never", 0));
    check(with(pick, catch(op(PICK, 0), "e", note("never"))), returned(Value::Nil), &[]);
}

#[test]
fn an_error_of_the_discontinued_body_is_thrown_at_the_discontinue() {
    let clause = catch(discontinue("k"), "e", pure(list([var("e")])));
    let body = crate::build::finally(op(PICK, 0), throw("boom"));
    check(with(handler().ctl(PICK, clause), body), returned(values(["boom".into()])), &[]);
}

#[test]
fn one_clause_may_end_another_ones_body() {
    // The outer clause gets the inner clause's k as a payload, and takes it over.
    let uses: [(Program, Value, &[&str]); 3] = [
        (
            bind(act(Act::Resume { k: var("x"), value: 7.into(), throws: false }), "r", return_resume(var("r"))),
            17.into(),
            &["body", "inner"],
        ),
        (bind(act(Act::Discontinue(var("x"))), "r", return_resume(var("r"))), Value::Nil, &["body", "inner"]),
        (act(Act::Transfer { k: var("x"), value: 7.into(), throws: false }), 17.into(), &["inner", "body"]),
    ];
    for (clause, expected, events) in uses {
        let inner = handler().ctl(PICK, noting_exit("inner", op(LOG, var("k"))));
        let body = noting_exit("body", bind(op(PICK, 0), "a", pure(add(var("a"), 10))));
        check(with(handler().ctl(LOG, clause), with(inner, body)), returned(expected), events);
    }
}

#[test]
fn a_clause_may_tail_resume_a_body_whose_clause_it_abandons() {
    // LOG's clause owns the PICK clause that owns `x`; `x` is used first, then the PICK clause is closed around nothing.
    let inner = handler().ctl(PICK, noting_exit("inner", op(LOG, var("k"))));
    let outer = handler().ctl(LOG, tail(Act::Resume { k: var("x"), value: 7.into(), throws: false }));
    let body = noting_exit("body", bind(op(PICK, 0), "a", pure(add(var("a"), 10))));
    check(with(outer, with(inner, body)), returned(17), &["inner", "body"]);
}

#[test]
fn a_used_continuation_is_not_closed_when_its_clause_is() {
    // The clause is aborted while the body it resumed is under way: the body is closed once, as part of the abort.
    let pick = handler().ctl(PICK, noting_exit("clause", seq([resume(0), note("never")])));
    let body = noting_exit("body", seq([op(PICK, 0), op(STOP, 0)]));
    check(with(handler().fin(STOP, plain(1)), with(pick, body)), returned(1), &["body", "clause"]);
}

#[test]
fn errors_pass_through_a_clause_that_awaits_its_body() {
    let pick = handler().ctl(PICK, noting_exit("clause", resume(0)));
    check(with(pick, noting_exit("body", seq([op(PICK, 0), throw("boom")]))), threw("boom"), &["body", "clause"]);
}

#[test]
fn a_chain_of_parked_continuations_can_be_resumed_in_any_order() {
    let park = |key| handler().raw(PICK, seq([put(key, var("k")), pure(0)]));
    let body = |name: &'static str| bind(op(PICK, 0), "a", seq([note(name), pure(var("a"))]));
    let resume_key = |key| bind(get(key), "k", resume(i64::from(key)));
    let program = seq([
        with(park(1), body("one")),
        with(park(2), body("two")),
        with(park(3), body("three")),
        bind(
            resume_key(2),
            "a",
            bind(resume_key(3), "b", bind(resume_key(1), "c", pure(Expr::List(vec![var("a"), var("b"), var("c")])))),
        ),
    ]);
    check(with(state([]), program), returned(values([2.into(), 3.into(), 1.into()])), &["two", "three", "one"]);
}
