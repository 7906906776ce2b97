//! A task runs under the handlers of the place where it was spawned.

use doeff_vm_core::{EffectType, Fault};

use crate::ast::{Act, Handler, Program, Value};
use crate::build::*;
use crate::check::{check, check_machine, returned, threw};
use crate::scheduling::*;

fn spawned(program: Program) -> Program {
    bind(spawn(program), "t", wait(var("t")))
}

/// Spawns the program under the handler, inside of a scheduler, and waits there.
fn under(handler: Handler, program: Program) -> Program {
    scheduled(with(handler, spawned(program)))
}

#[test]
fn every_kind_of_clause_answers_a_child() {
    check(under(handler().val(PICK, 1), op(PICK, 0)), returned(1), &[]);
    check(under(handler().fun(PICK, plain(add(var("x"), 1))), op(PICK, 1)), returned(2), &[]);
    check(under(handler().fun(PICK, seq([pause(), pure(3)])), op(PICK, 1)), returned(3), &[]);
    check(under(handler().ctl(PICK, return_resume(4)), op(PICK, 1)), returned(4), &[]);
    check(under(handler().raw(PICK, return_resume(6)), op(PICK, 1)), returned(6), &[]);
    check(under(handler().fun(PICK, throwing("boom")), noting_exit("closed", op(PICK, 1))), threw("boom"), &["closed"]);
}

/// What a task fails with whose clause has ended with this.
fn escaped(result: Value) -> crate::check::Outcome {
    threw(values([Value::Fault(Fault::EscapedTask), result]))
}

fn ended(value: impl Into<Value>) -> Value {
    Value::Good(Box::new(value.into()))
}

fn failed(error: impl Into<Value>) -> Value {
    Value::Bad(Box::new(error.into()))
}

#[test]
fn out_of_a_spawned_task_nobody_leaves() {
    let closed = || noting_exit("closed", op(PICK, 1));
    let noted = |clause| seq([note("clause"), clause]);
    check(under(handler().fin(PICK, noting("clause", 7)), closed()), escaped(ended(7)), &["closed", "clause"]);
    check(under(handler().fin(PICK, noted(throw("boom"))), closed()), escaped(failed("boom")), &["closed", "clause"]);
    check(under(handler().ctl(PICK, noted(pure(8))), closed()), escaped(ended(8)), &["clause", "closed"]);
    check(under(handler().ctl(PICK, noted(throw("boom"))), closed()), escaped(failed("boom")), &["clause", "closed"]);
    check(under(handler().raw(PICK, noted(pure(9))), closed()), escaped(ended(9)), &["clause", "closed"]);
    let discontinuing = seq([discontinue("k"), pure(8)]);
    check(under(handler().raw(PICK, noted(discontinuing)), closed()), escaped(ended(8)), &["clause", "closed"]);
}

#[test]
fn an_error_of_the_performers_cleanup_is_what_a_task_fails_with_that_was_left() {
    let body = || finally(op(PICK, 1), throw("cleanup"));
    check(under(handler().ctl(PICK, pure(8)), body()), escaped(failed("cleanup")), &[]);
    check(under(handler().fin(PICK, plain(8)), body()), threw("cleanup"), &[]);
}

#[test]
fn a_clause_resumes_a_task_only_as_the_last_thing_it_does() {
    let refused = |resumes| handler().ctl(PICK, catch(resumes, "e", seq([note(var("e")), return_resume(4)])));
    let resumes = [
        resume(5),
        resume_throw("boom"),
        call(return_resume(5)),
        call(transfer("k", 5)),
        with(handler(), return_resume(5)),
    ];
    for resumes in resumes {
        check(under(refused(resumes), op(PICK, 1)), returned(4), &["EscapedTask"]);
    }
    check(under(handler().ctl(PICK, transfer("k", 5)), op(PICK, 1)), returned(5), &[]);
    let throwing = tail(Act::Resume { k: var("k"), value: "boom".into(), throws: true });
    check(under(handler().ctl(PICK, throwing), op(PICK, 1)), threw("boom"), &[]);
}

#[test]
fn a_clause_that_ends_as_another_continuation_leaves_with_its_result() {
    let parked = with(handler().raw(LOG, put(1, var("k"))), bind(op(LOG, 0), "v", pure(add(var("v"), 1))));
    let clause = bind(get(1), "other", tail(resume_act("other", 5)));
    let program = seq([parked, spawned(noting_exit("closed", op(PICK, 0)))]);
    check(with(state([]), under(handler().ctl(PICK, clause), program)), escaped(ended(6)), &["closed"]);
}

#[test]
fn the_handlers_are_gone_for_the_parent_and_still_there_for_the_child() {
    let child = seq([pause(), pause(), op(PICK, 0)]);
    let program = bind(with(handler().ctl(PICK, return_resume(4)), spawn(child)), "t", seq([pause(), wait(var("t"))]));
    check(scheduled(program), returned(4), &[]);
}

#[test]
fn a_return_clause_maps_the_parents_result_and_not_the_childs() {
    let pick = || handler().ctl(PICK, return_resume(4)).returns(plain(add(var("x"), 100)));
    let program = bind(
        with(pick(), bind(spawn(seq([pause(), op(PICK, 0)])), "t", seq([put(1, var("t")), pure(1)]))),
        "r",
        bind(get(1), "t", bind(wait(var("t")), "c", pure(list([var("r"), var("c")])))),
    );
    check(with(state([]), scheduled(program)), returned(values([101.into(), 4.into()])), &[]);
    let showing = with(writer().showing(), spawned(seq([tell("a"), pure(1)])));
    check(scheduled(showing), returned(values([1.into(), values(["a".into()])])), &[]);
}

#[test]
fn stores_are_shared_with_the_parent_and_the_siblings() {
    let add_one = || spawn(modify(1, 1));
    let program = bind(add_one(), "a", bind(add_one(), "b", seq([gather(list([var("a"), var("b")])), get(1)])));
    check(scheduled(with(state([(1, 0)]), program.clone())), returned(2), &[]);
    check(with(state([(1, 0)]), scheduled(program)), returned(2), &[]);
    let program = seq([spawned(tell("child")), tell("parent")]);
    let log = values([crate::ast::Value::Nil, values(["child".into(), "parent".into()])]);
    check(scheduled(with(writer().showing(), program)), returned(log), &[]);
}

#[test]
fn a_store_outlives_its_handler_as_long_as_a_task_uses_it() {
    let child = seq([pause(), pause(), put(1, 5), pause(), get(1)]);
    check(scheduled(bind(with(state([(1, 0)]), spawn(child)), "t", wait(var("t")))), returned(5), &[]);
}

#[test]
fn a_local_binding_holds_for_tasks_spawned_inside_of_it_and_no_others() {
    let reads = || spawn(seq([pause(), ask(1)]));
    let program = bind(
        reads(),
        "before",
        bind(
            local([(1, 6.into())], reads()),
            "inside",
            bind(reads(), "after", gather(list([var("before"), var("inside"), var("after")]))),
        ),
    );
    check(scheduled(with(reader([(1, 5)]), program)), returned(values([5.into(), 6.into(), 5.into()])), &[]);
}

#[test]
fn a_listener_overhears_tasks_spawned_inside_of_it() {
    let program = listen(spawned(seq([tell("child"), pure(1)])));
    check(scheduled(with(writer(), program)), returned(values([1.into(), values(["child".into()])])), &[]);
}

#[test]
fn a_child_performs_to_several_handlers_between_it_and_the_scheduler() {
    let inner = handler().ctl(PICK, return_resume(add(var("x"), 1))).returns(plain("inner"));
    let outer = handler().ctl(LOG, return_resume(add(var("x"), 10))).returns(plain("outer"));
    let child = bind(
        op(LOG, 1),
        "a",
        bind(op(PICK, 1), "b", bind(op(LOG, 2), "c", pure(list([var("a"), var("b"), var("c")])))),
    );
    let keep = bind(spawn(child), "t", seq([put(1, var("t")), wait(var("t")), pure(0)]));
    let program = seq([with(outer, with(inner, keep)), bind(get(1), "t", wait(var("t")))]);
    check(with(state([]), scheduled(program)), returned(values([11.into(), 2.into(), 12.into()])), &[]);
}

#[test]
fn a_clause_of_an_inherited_handler_runs_outside_of_it_in_the_task() {
    let inner = handler().ctl(PICK, bind(op(PICK, 5), "a", return_resume(add(var("a"), 1))));
    let outer = handler().ctl(PICK, seq([pause(), return_resume(add(var("x"), 100))]));
    check(scheduled(with(outer, with(inner, spawned(op(PICK, 0))))), returned(106), &[]);
    let only = handler().ctl(PICK, op(PICK, 0));
    let unhandled = failed(Value::Fault(Fault::UnhandledEffect));
    check(under(only, catch(op(PICK, 0), "e", pure(1))), escaped(unhandled), &[]);
}

#[test]
fn a_child_of_a_child_inherits_what_both_have() {
    let grandchild = bind(op(PICK, 0), "a", bind(op(LOG, 0), "b", pure(list([var("a"), var("b")]))));
    let child = with(handler().ctl(LOG, return_resume(2)), spawned(grandchild));
    check(under(handler().ctl(PICK, return_resume(1)), child), returned(values([1.into(), 2.into()])), &[]);
    // The gap of the child was filled before the grandchild was spawned.
    let grandchild = bind(op(PICK, 0), "a", bind(op(LOG, 0), "b", pure(list([var("a"), var("b")]))));
    let child = with(handler().ctl(LOG, return_resume(2)), seq([op(PICK, 0), spawned(grandchild)]));
    check(under(handler().ctl(PICK, return_resume(1)), child), returned(values([1.into(), 2.into()])), &[]);
}

#[test]
fn a_task_spawned_in_a_clause_inherits_what_the_clause_sees() {
    let clause = bind(spawned(op(LOG, 0)), "v", return_resume(var("v")));
    let program =
        with(handler().val(LOG, 1), with(handler().ctl(PICK, clause), with(handler().val(LOG, 2), op(PICK, 0))));
    check(scheduled(program), returned(1), &[]);
}

#[test]
fn a_task_spawned_in_a_cleanup_inherits_what_the_cleanup_sees() {
    let cleanup = bind(spawned(op(LOG, 0)), "v", note(var("v")));
    let program =
        with(handler().ctl(STOP, pure(0)), with(handler().ctl(LOG, return_resume(2)), finally(op(STOP, 0), cleanup)));
    check(scheduled(program), returned(0), &["2"]);
}

#[test]
fn an_inherited_continuation_is_not_resumed_by_another_task() {
    let waiting = handler().raw(PICK, seq([put(1, var("k")), pause(), return_resume(2)]));
    let child = spawn(bind(op(PICK, 0), "v", note(var("v"))));
    let resumes = bind(get(1), "k", catch(resume(4), "e", note(var("e"))));
    let program = with(waiting, bind(child, "t", seq([pause(), resumes, wait(var("t")), pure(1)])));
    check(with(state([]), scheduled(program)), returned(1), &["EscapedTask", "2"]);
}

#[test]
fn an_inherited_continuation_ends_with_its_clause_even_a_raw_one() {
    let keeping = handler().raw(PICK, seq([put(1, var("k")), pure("kept")]));
    let child = noting_exit("closed", op(PICK, 0));
    let resumes = bind(get(1), "k", catch(resume(4), "e", note(var("e"))));
    let program = with(keeping, seq([catch(spawned(child), "e", note(at("e", 0))), resumes, pure(1)]));
    let events = ["closed", "EscapedTask", "OneShotViolation"];
    check(with(state([]), scheduled(program)), returned(1), &events);
}

#[test]
fn an_inherited_continuation_that_is_closed_elsewhere_leaves_nothing() {
    // Its cleanup performs what the handler takes; where it is closed there is no form to be told.
    let handler = handler().ctl(PICK, seq([put(1, var("k")), pause(), pure("left")])).fin(STOP, noting("clause", 7));
    let child = spawn(finally(op(PICK, 0), seq([note("cleanup"), op(STOP, 0), note("never")])));
    let closes = bind(get(1), "k", discontinue("k"));
    let waits = catch(wait(var("t")), "e", note(at("e", 0)));
    let program = with(handler, bind(child, "t", seq([pause(), closes, note("closed"), waits, pure(1)])));
    let events = ["cleanup", "clause", "closed", "EscapedTask"];
    check(with(state([]), scheduled(program)), returned(1), &events);
}

#[test]
fn errors_of_a_child_leave_its_inherited_boundaries() {
    let child = seq([op(PICK, 0), throw("boom")]);
    check(under(handler().ctl(PICK, return_resume(1)), child), threw("boom"), &[]);
}

#[test]
fn a_native_try_is_inherited_too() {
    check(under(tries(), attempt(throw("boom"))), returned(crate::ast::Value::Bad(Box::new("boom".into()))), &[]);
}

#[test]
fn a_child_may_ask_for_its_handlers() {
    let child = bind(act(Act::GetHandlers), "h", with(handler(), act(Act::Under(at("h", 0), op(PICK, 0)))));
    let program = with(handler().ctl(PICK, return_resume(9)), spawned(child));
    check_machine(scheduled(program), returned(9), &[]);
}

#[test]
fn a_catch_all_takes_the_effects_of_the_scheduler() {
    let all = handler().catch_all(doeff_vm_core::ClauseKind::Ctl, return_resume("mine"));
    check(scheduled(with(all, bind(spawn(pure(1)), "t", pure(var("t"))))), returned("mine"), &[]);
    let declining = handler().ctl(EffectType::SPAWN, return_delegate());
    check(
        scheduled(with(declining, with(handler().ctl(PICK, return_resume(3)), spawned(op(PICK, 0))))),
        returned(3),
        &[],
    );
}
