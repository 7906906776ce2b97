//! What a program may ask about the chain it runs on, and unstarted continuations.

use doeff_vm_core::Fault;

use crate::ast::{Act, Expr, Program, Value};
use crate::build::*;
use crate::check::{check_machine, faulted, returned};

fn get_continuation() -> Program {
    act(Act::GetContinuation)
}

fn get_handlers() -> Program {
    act(Act::GetHandlers)
}

fn create(program: Program) -> Program {
    act(Act::CreateContinuation(program))
}

fn start(k: &'static str) -> Program {
    act(Act::ResumeContinuation(var(k), 0.into()))
}

fn chain(k: Option<Expr>) -> Program {
    act(Act::Chain(k))
}

fn links<const N: usize>(links: [&'static str; N]) -> Value {
    values(links.map(Value::Text))
}

fn no_context() -> Value {
    Value::Fault(Fault::NoHandlerContext)
}

#[test]
fn a_clause_can_ask_for_its_continuation_which_is_not_used_by_that() {
    let clause = bind(get_continuation(), "own", act(resume_act("own", 5)));
    check_machine(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(5), &[]);
}

#[test]
fn the_continuation_asked_for_is_the_one_the_clause_was_given() {
    let clause =
        bind(get_continuation(), "own", seq([resume(1), catch(act(resume_act("own", 2)), "e", pure(var("e")))]));
    let expected = Value::Fault(Fault::OneShotViolation);
    check_machine(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(expected), &[]);
}

#[test]
fn a_program_called_by_a_clause_can_ask_for_the_clauses_continuation() {
    let clause = bind(call(get_continuation()), "own", act(resume_act("own", 5)));
    check_machine(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(5), &[]);
}

#[test]
fn a_returned_get_continuation_answers_the_clauses() {
    let clause = bind(call(tail(Act::GetContinuation)), "own", act(resume_act("own", 5)));
    check_machine(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(5), &[]);
}

#[test]
fn the_innermost_clause_under_way_is_meant() {
    let outer = handler().ctl(LOG, bind(get_continuation(), "own", act(resume_act("own", 7))));
    let inner =
        handler().ctl(PICK, bind(op(LOG, 0), "a", bind(get_continuation(), "own", act(resume_act("own", var("a"))))));
    check_machine(with(outer, with(inner, op(PICK, 0))), returned(7), &[]);
}

#[test]
fn outside_of_a_clause_there_is_no_continuation_to_ask_for() {
    check_machine(get_continuation(), faulted(Fault::NoHandlerContext), &[]);
    check_machine(delegate(), faulted(Fault::NoHandlerContext), &[]);
    check_machine(
        with(handler().val(PICK, 0), catch(get_continuation(), "e", pure(var("e")))),
        returned(no_context()),
        &[],
    );
    check_machine(return_delegate(), faulted(Fault::NoHandlerContext), &[]);
}

#[test]
fn the_body_of_a_handler_that_a_clause_installs_is_not_in_the_clause() {
    let clause = with(handler(), catch(delegate(), "e", pure(var("e"))));
    check_machine(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(no_context()), &[]);
}

#[test]
fn a_resumed_body_is_not_in_the_clause_that_resumed_it() {
    let body = seq([op(PICK, 0), catch(get_continuation(), "e", pure(var("e")))]);
    check_machine(with(handler().ctl(PICK, resume(0)), body), returned(no_context()), &[]);
}

#[test]
fn handlers_are_listed_innermost_first_and_can_be_installed_again() {
    // The second of the two is installed alone, so the inner one does not hide it.
    let body = bind(get_handlers(), "hs", act(Act::Under(at("hs", 1), op(PICK, 0))));
    check_machine(with(handler().val(PICK, 1), with(handler().val(PICK, 2), body)), returned(1), &[]);
}

#[test]
fn a_clause_lists_the_handlers_of_its_callsite() {
    let clause =
        bind(get_handlers(), "hs", bind(act(Act::Under(at("hs", 0), op(LOG, 0))), "a", return_resume(var("a"))));
    check_machine(with(handler().ctl(PICK, clause), with(handler().val(LOG, 3), op(PICK, 0))), returned(3), &[]);
}

#[test]
fn a_clause_whose_continuation_is_used_lists_its_own_handlers() {
    let clause = bind(resume(0), "_", bind(get_handlers(), "hs", act(Act::Under(at("hs", 0), op(LOG, 0)))));
    let program =
        with(handler().val(LOG, 4), with(handler().ctl(PICK, clause), with(handler().val(LOG, 3), op(PICK, 0))));
    check_machine(program, returned(4), &[]);
}

#[test]
fn a_built_in_handler_installed_again_shares_its_store() {
    let inner = with(state([(1, 5)]), seq([put(1, 6), get_handlers()]));
    let body = bind(inner, "hs", act(Act::Under(at("hs", 0), get(1))));
    check_machine(body, returned(6), &[]);
}

#[test]
fn a_listed_handler_stays_known_until_the_run_ends() {
    let listed = with(handler().val(PICK, 1), get_handlers());
    let unrelated = || with(handler().val(LOG, 2), op(LOG, 0));
    let body = bind(listed, "hs", seq([unrelated(), unrelated(), act(Act::Under(at("hs", 0), op(PICK, 0)))]));
    check_machine(body, returned(1), &[]);
}

#[test]
fn an_unstarted_continuation_runs_its_program_where_it_is_started() {
    let body = bind(
        create(seq([note("runs"), op(PICK, 0)])),
        "c",
        seq([note("created"), with(handler().val(PICK, 5), start("c"))]),
    );
    check_machine(body, returned(5), &["created", "runs"]);
}

#[test]
fn an_unstarted_continuation_is_started_once() {
    let twice = seq([start("c"), catch(start("c"), "e", pure(var("e")))]);
    let expected = Value::Fault(Fault::OneShotViolation);
    check_machine(bind(create(note("runs")), "c", twice), returned(expected), &["runs"]);
}

#[test]
fn an_unstarted_continuation_cannot_be_resumed() {
    let fault = || returned(Value::Fault(Fault::UnstartedContinuation));
    let refused = |use_: Program| bind(create(note("never")), "k", catch(use_, "e", pure(var("e"))));
    check_machine(refused(resume(0)), fault(), &[]);
    check_machine(refused(resume_throw("boom")), fault(), &[]);
    check_machine(refused(transfer("k", 0)), fault(), &[]);
    check_machine(refused(call(return_resume(0))), fault(), &[]);
}

#[test]
fn an_unstarted_continuation_can_be_discontinued() {
    let body = bind(create(note("never")), "k", bind(discontinue("k"), "r", pure(list([var("r")]))));
    check_machine(body, returned(values([Value::Nil])), &[]);
}

#[test]
fn an_unstarted_continuation_that_nobody_starts_leaves_nothing() {
    check_machine(seq([create(note("never")), create(note("never")), pure(1)]), returned(1), &[]);
}

#[test]
fn an_unstarted_continuation_may_be_started_in_the_tail() {
    let body = bind(create(noting_exit("ran", pure(3))), "c", tail(Act::ResumeContinuation(var("c"), 0.into())));
    check_machine(bind(call(body), "r", pure(list([var("r")]))), returned(values([3.into()])), &["ran"]);
}

#[test]
fn resume_continuation_also_resumes_a_started_one() {
    let clause = bind(act(Act::ResumeContinuation(var("k"), 5.into())), "r", pure(list([var("r")])));
    check_machine(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(values([5.into()])), &[]);
    let clause = tail(Act::ResumeContinuation(var("k"), 5.into()));
    check_machine(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(5), &[]);
}

#[test]
fn a_started_continuation_may_perform_and_be_captured() {
    let program = bind(op(PICK, 0), "a", pure(add(var("a"), 1)));
    let body = bind(create(program), "c", start("c"));
    check_machine(with(handler().ctl(PICK, return_resume(5)), body), returned(6), &[]);
}

#[test]
fn a_chain_lists_frames_and_boundaries_innermost_first() {
    let body = with(handler().val(PICK, 0), call(chain(None)));
    let expected = links(["program", "program", "boundary", "program"]);
    check_machine(body, returned(expected), &[]);
}

#[test]
fn a_chain_in_a_clause_is_the_clauses() {
    let clause = bind(call(chain(None)), "c", pure(var("c")));
    check_machine(
        with(handler().ctl(PICK, clause), op(PICK, 0)),
        returned(links(["program", "clause", "program"])),
        &[],
    );
}

#[test]
fn a_chain_of_a_continuation_goes_up_to_its_boundary() {
    let body = with(handler().val(LOG, 0), call(op(PICK, 0)));
    let expected = links(["program", "program", "boundary", "program", "boundary"]);
    check_machine(with(handler().ctl(PICK, chain(Some(var("k")))), body), returned(expected), &[]);
}

#[test]
fn a_chain_of_an_unstarted_continuation_is_empty_and_of_a_used_one_is_refused() {
    check_machine(bind(create(pure(0)), "c", chain(Some(var("c")))), returned(values([])), &[]);
    let clause = seq([resume(0), catch(chain(Some(var("k"))), "e", pure(var("e")))]);
    let expected = Value::Fault(Fault::OneShotViolation);
    check_machine(with(handler().ctl(PICK, clause), op(PICK, 0)), returned(expected), &[]);
}

#[test]
fn a_long_chain_is_cut() {
    let mut body = chain(None);
    for _ in 0..300 {
        body = with(handler(), body);
    }
    let pairs = std::iter::repeat_n([Value::Text("program"), Value::Text("boundary")], 128).flatten();
    check_machine(body, returned(Value::List(pairs.collect())), &[]);
}
