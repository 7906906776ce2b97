//! The five operations: `with_handler`, `perform`, `resume`, `forward`, segment return.

use doeff_vm_core::{ClauseKind, Fault};

use crate::ast::Value;
use crate::build::*;
use crate::check::{check, faulted, returned};

#[test]
fn a_program_without_effects_returns_its_value() {
    check(pure(7), returned(7), &[]);
}

#[test]
fn a_sub_program_returns_to_its_caller() {
    check(bind(call(pure(1)), "a", pure(add(var("a"), 1))), returned(2), &[]);
}

#[test]
fn a_tail_called_program_returns_to_the_caller_of_the_one_it_replaced() {
    let replaced = seq([note("first"), tail(crate::ast::Act::Call(seq([note("second"), pure(2)])))]);
    check(bind(call(replaced), "a", pure(add(var("a"), 1))), returned(3), &["first", "second"]);
}

#[test]
fn a_program_runs_as_often_as_it_is_called() {
    let program = seq([note("run"), pure(1)]);
    check(seq([call(program.clone()), call(program)]), returned(1), &["run", "run"]);
}

#[test]
fn a_handled_body_returns_through_its_boundary() {
    check(bind(with(handler().val(PICK, 1), pure(5)), "a", pure(add(var("a"), 1))), returned(6), &[]);
}

#[test]
fn a_resumed_perform_answers_the_value() {
    let pick = handler().ctl(PICK, return_resume(add(var("x"), 1)));
    check(with(pick, op(PICK, 41)), returned(42), &[]);
}

#[test]
fn the_code_after_a_resume_runs_when_the_body_has_ended() {
    let pick = handler().ctl(PICK, seq([note("before"), resume(1), note("after"), pure(9)]));
    let body = seq([op(PICK, 0), note("body"), pure(2)]);
    check(with(pick, body), returned(9), &["before", "body", "after"]);
}

#[test]
fn a_resume_answers_the_result_of_the_handled_body() {
    let pick = handler().ctl(PICK, bind(resume(1), "r", pure(list([var("r")]))));
    check(with(pick, bind(op(PICK, 0), "a", pure(add(var("a"), 10)))), returned(values([11.into()])), &[]);
}

#[test]
fn handlers_are_deep() {
    let pick = handler().ctl(PICK, return_resume(add(var("x"), 1)));
    let body = bind(op(PICK, 1), "a", bind(op(PICK, var("a")), "b", pure(add(var("a"), var("b")))));
    check(with(pick, body), returned(5), &[]);
}

#[test]
fn pending_resumes_end_innermost_last() {
    let pick = handler().ctl(PICK, bind(resume(0), "r", pure(list([var("x"), var("r")]))));
    let body = seq([op(PICK, 1), op(PICK, 2), pure(3)]);
    let inner = values([2.into(), 3.into()]);
    check(with(pick, body), returned(values([1.into(), inner])), &[]);
}

#[test]
fn the_innermost_handler_wins() {
    check(with(handler().val(PICK, 1), with(handler().val(PICK, 2), op(PICK, 0))), returned(2), &[]);
}

#[test]
fn the_outer_handler_is_back_when_the_inner_body_has_ended() {
    let body = seq([with(handler().val(PICK, 2), op(PICK, 0)), op(PICK, 0)]);
    check(with(handler().val(PICK, 1), body), returned(1), &[]);
}

#[test]
fn a_handler_nested_in_itself_is_two_boundaries() {
    let pick = std::rc::Rc::new(handler().ctl(PICK, bind(resume(0), "r", pure(add(var("r"), 1)))));
    check(with(pick.clone(), with(pick, op(PICK, 0))), returned(1), &[]);
}

#[test]
fn a_clause_runs_outside_of_its_own_prompt() {
    let inner = handler().ctl(PICK, bind(op(PICK, 5), "a", return_resume(add(var("a"), 1))));
    let outer = handler().fun(PICK, plain(add(var("x"), 100)));
    check(with(outer, with(inner, op(PICK, 0))), returned(106), &[]);
}

#[test]
fn a_clause_sees_no_handler_inside_of_its_own() {
    let outer = handler().ctl(PICK, bind(op(LOG, 0), "a", return_resume(var("a"))));
    let inner = handler().val(LOG, 1);
    check(with(outer, with(inner, op(PICK, 0))), faulted(Fault::UnhandledEffect), &[]);
}

#[test]
fn a_handler_installed_in_a_clause_is_visible_to_the_clause() {
    let clause = bind(with(handler().val(LOG, 3), op(LOG, 0)), "a", return_resume(var("a")));
    check(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(3), &[]);
}

#[test]
fn a_body_resumed_under_another_handler_sees_it() {
    // The outer LOG is hidden by one that the clause installs around the resume.
    let clause = with(handler().val(LOG, 2), resume(0));
    let body = bind(op(LOG, 0), "a", seq([op(PICK, 0), bind(op(LOG, 0), "b", pure(list([var("a"), var("b")])))]));
    let program = with(handler().val(LOG, 1), with(handler().ctl(PICK, clause), body));
    check(program, returned(values([1.into(), 2.into()])), &[]);
}

#[test]
fn a_body_resumed_under_another_handler_keeps_its_inner_ones() {
    let clause = with(handler().val(LOG, 2), resume(0));
    let body = seq([op(PICK, 0), op(LOG, 0)]);
    check(with(handler().ctl(PICK, clause), with(handler().val(LOG, 3), body)), returned(3), &[]);
}

#[test]
fn unrelated_handlers_between_are_transparent() {
    let mut body = bind(op(PICK, 1), "a", pure(add(var("a"), 1)));
    for _ in 0..20 {
        body = with(handler().val(LOG, 0).returns(plain(add(var("x"), 1))), body);
    }
    check(with(handler().ctl(PICK, return_resume(10)), body), returned(31), &[]);
}

#[test]
fn an_answer_known_half_way_out_still_takes_the_whole_body() {
    // The second search starts further in and meets what the first one has learned.
    let pick = handler().ctl(PICK, bind(resume(var("x")), "r", pure(list([var("r")]))));
    let between = with(handler(), seq([op(PICK, 1), with(handler(), op(PICK, 2))]));
    let body = bind(between, "a", pure(add(var("a"), 10)));
    check(with(pick, body), returned(values([values([12.into()])])), &[]);
}

#[test]
fn an_effect_that_nobody_takes_is_thrown_at_the_performer() {
    let body = catch(op(PICK, 0), "e", pure(list([var("e")])));
    check(body, returned(values([Value::Fault(Fault::UnhandledEffect)])), &[]);
}

#[test]
fn a_declined_effect_goes_to_the_next_outer_handler() {
    let inner = handler().ctl(PICK, seq([note("inner"), return_delegate()]));
    let outer = handler().ctl(PICK, seq([note("outer"), return_resume(7)]));
    check(with(outer, with(inner, op(PICK, 0))), returned(7), &["inner", "outer"]);
}

#[test]
fn a_declining_clause_is_closed() {
    let inner = handler().ctl(PICK, noting_exit("closed", seq([delegate(), note("never")])));
    let outer = handler().ctl(PICK, seq([note("outer"), return_resume(7)]));
    check(with(outer, with(inner, op(PICK, 0))), returned(7), &["closed", "outer"]);
}

#[test]
fn a_declining_sub_program_is_closed_with_the_clause() {
    let clause = noting_exit("clause", call(noting_exit("sub", delegate())));
    let program = with(handler().val(PICK, 7), with(handler().ctl(PICK, clause), op(PICK, 0)));
    check(program, returned(7), &["sub", "clause"]);
}

#[test]
fn a_sub_program_may_decline_by_returning() {
    let clause = noting_exit("clause", seq([call(return_delegate()), note("never")]));
    let program = with(handler().val(PICK, 7), with(handler().ctl(PICK, clause), op(PICK, 0)));
    check(program, returned(7), &["clause"]);
}

#[test]
fn a_declined_effect_can_be_replaced_by_another_one() {
    let inner = handler().ctl(PICK, delegate_as(LOG, add(var("x"), 1)));
    let outer = handler().val(PICK, 0).ctl(LOG, return_resume(list([var("x")])));
    check(with(outer, with(inner, op(PICK, 1))), returned(values([2.into()])), &[]);
}

#[test]
fn a_declined_effect_is_answered_through_the_declining_handler_again() {
    let inner = handler().ctl(PICK, return_delegate()).returns(plain(list([var("x")])));
    let outer = handler().ctl(PICK, bind(resume(1), "r", pure(add(list([var("r")]), 0))));
    let body = seq([op(PICK, 0), op(PICK, 0), pure(5)]);
    let one = values([values([values([5.into()])]), 0.into()]);
    check(with(outer, with(inner, body)), returned(values([values([one]), 0.into()])), &[]);
}

#[test]
fn an_effect_declined_by_everybody_is_thrown_at_the_performer() {
    let body = catch(op(PICK, 0), "e", pure(1));
    let decline = || handler().ctl(PICK, return_delegate());
    check(with(decline(), with(decline(), body)), returned(1), &[]);
}

#[test]
fn a_declined_effect_can_be_answered_by_every_kind_of_clause() {
    let through = |outer| with(outer, with(handler().ctl(PICK, return_delegate()), op(PICK, 4)));
    check(through(handler().val(PICK, 1)), returned(1), &[]);
    check(through(handler().fun(PICK, plain(add(var("x"), 1)))), returned(5), &[]);
    check(through(handler().fun(PICK, pure(6))), returned(6), &[]);
    check(through(handler().ctl(PICK, return_resume(7))), returned(7), &[]);
    check(through(handler().raw(PICK, return_resume(8))), returned(8), &[]);
    check(through(handler().fin(PICK, plain(9))), returned(9), &[]);
}

#[test]
fn a_declined_effect_can_be_replaced_by_a_built_in_one() {
    let clause = |effect| handler().ctl(PICK, tail(crate::ast::Act::Delegate(Some(effect))));
    let through =
        |effect| with(state([(1, 5)]), with(reader([(2, 6)]), with(writer(), with(clause(effect), op(PICK, 0)))));
    let cleanup = seq([note("sub"), pure(8)]);
    check(through(crate::ast::Effect::Get(1)), returned(5), &[]);
    check(through(crate::ast::Effect::Ask(2)), returned(6), &[]);
    check(through(crate::ast::Effect::Tell(1.into())), returned(Value::Nil), &[]);
    check(through(crate::ast::Effect::Local(vec![(2, 7.into())], ask(2))), returned(7), &[]);
    check(through(crate::ast::Effect::Listen(cleanup)), returned(values([8.into(), values([])])), &["sub"]);
}

#[test]
fn performing_again_in_the_clause_forwards_without_declining() {
    let inner = handler().ctl(PICK, bind(again(), "v", return_resume(add(var("v"), 1))));
    check(with(handler().val(PICK, 7), with(inner, op(PICK, 0))), returned(8), &[]);
}

#[test]
fn a_catch_all_takes_every_effect() {
    let all = handler().catch_all(ClauseKind::Ctl, return_resume(var("x")));
    check(with(all, bind(op(PICK, 1), "a", bind(op(LOG, 2), "b", pure(add(var("a"), var("b")))))), returned(3), &[]);
}

#[test]
fn a_catch_all_behind_other_clauses_takes_the_rest() {
    let handler = handler().val(PICK, 10).catch_all(ClauseKind::Ctl, return_resume(20));
    check(
        with(handler, bind(op(PICK, 0), "a", bind(get(0), "b", pure(list([var("a"), var("b")]))))),
        returned(values([10.into(), 20.into()])),
        &[],
    );
}

#[test]
fn return_clauses_run_inside_out_once_and_outside_of_their_handler() {
    let inner = handler().val(PICK, 1).returns(bind(op(PICK, 0), "a", pure(list([var("x"), var("a")]))));
    let outer = handler().val(PICK, 2).returns(noting("outer", list([var("x")])));
    let expected = values([values([5.into(), 2.into()])]);
    check(with(outer, with(inner, pure(5))), returned(expected), &["outer"]);
}

#[test]
fn a_return_clause_maps_the_result_that_a_resume_answers() {
    let pick = handler().ctl(PICK, bind(resume(1), "r", pure(list([var("r")])))).returns(plain(add(var("x"), 100)));
    check(with(pick, op(PICK, 0)), returned(values([101.into()])), &[]);
}

#[test]
fn a_return_clause_does_not_map_what_a_clause_returns() {
    let pick = handler().ctl(PICK, pure(1)).returns(plain(add(var("x"), 100)));
    check(with(pick, op(PICK, 0)), returned(1), &[]);
}
