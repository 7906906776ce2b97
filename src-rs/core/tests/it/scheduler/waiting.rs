//! `Wait`, `Gather`, `Race`.

use doeff_vm_core::Fault;

use crate::ast::{Program, Value};
use crate::build::*;
use crate::check::{check, faulted, returned, threw};
use crate::scheduling::*;

/// Answers after that many switches.
fn slow(switches: u32, value: i64) -> Program {
    seq([repeat(switches, pause()), pure(value)])
}

fn failing(switches: u32, error: &'static str) -> Program {
    seq([repeat(switches, pause()), throw(error)])
}

/// Two tasks, bound to `a` and `b`.
fn two(a: Program, b: Program, then: Program) -> Program {
    scheduled(bind(spawn(a), "a", bind(spawn(b), "b", then)))
}

fn both() -> crate::ast::Expr {
    list([var("a"), var("b")])
}

#[test]
fn waiting_for_a_task_answers_its_result_as_often_as_asked() {
    let waits = bind(wait(var("t")), "a", bind(wait(var("t")), "b", pure(list([var("a"), var("b")]))));
    check(scheduled(bind(spawn(slow(2, 7)), "t", waits.clone())), returned(values([7.into(), 7.into()])), &[]);
    check(scheduled(bind(spawn(pure(7)), "t", seq([pause(), waits]))), returned(values([7.into(), 7.into()])), &[]);
}

#[test]
fn waiting_for_a_task_throws_its_error_as_often_as_asked() {
    let caught = |name| catch(wait(var("t")), "e", note(name));
    let twice = seq([caught("first"), caught("second"), wait(var("t"))]);
    check(scheduled(bind(spawn(failing(2, "boom")), "t", twice)), threw("boom"), &["first", "second"]);
}

#[test]
fn a_task_may_be_waited_for_by_many() {
    let waiter = || spawn(bind(wait(var("t")), "v", note(var("v"))));
    let program = bind(spawn(slow(3, 7)), "t", seq([waiter(), waiter(), waiter(), wait(var("t")), pause()]));
    check(scheduled(seq([program, pure(1)])), returned(1), &["7", "7", "7"]);
}

#[test]
fn gather_answers_in_the_order_of_its_arguments() {
    check(two(slow(5, 1), slow(1, 2), gather(both())), returned(values([1.into(), 2.into()])), &[]);
    check(two(pure(1), pure(2), seq([pause(), gather(both())])), returned(values([1.into(), 2.into()])), &[]);
    let half = seq([wait(var("b")), gather(both())]);
    check(two(slow(5, 1), slow(1, 2), half), returned(values([1.into(), 2.into()])), &[]);
}

#[test]
fn gather_of_nothing_answers_at_once() {
    let nothing: crate::ast::Expr = list([]);
    check(scheduled(seq([spawn(note("child")), gather(nothing), note("parent")])), returned(Value::Nil), &["parent"]);
}

#[test]
fn gather_may_name_a_task_twice() {
    let thrice = list([var("a"), var("b"), var("a")]);
    let expected = values([1.into(), 2.into(), 1.into()]);
    check(two(slow(2, 1), slow(1, 2), gather(thrice.clone())), returned(expected.clone()), &[]);
    check(two(slow(1, 1), slow(3, 2), gather(thrice.clone())), returned(expected), &[]);
    check(two(failing(1, "boom"), slow(3, 2), gather(thrice)), threw("boom"), &[]);
}

#[test]
fn gather_fails_as_soon_as_one_does_and_cancels_nobody() {
    let slow = seq([repeat(4, pause()), note("goes on"), pure(1)]);
    let fails = catch(gather(both()), "e", seq([note(var("e")), wait(var("a"))]));
    check(two(slow, failing(1, "boom"), fails), returned(1), &["boom", "goes on"]);
}

#[test]
fn gather_throws_the_first_failure_in_argument_order_when_all_is_over() {
    let late = seq([repeat(4, pause()), gather(both())]);
    check(two(failing(2, "a"), failing(1, "b"), late), threw("a"), &[]);
    check(two(failing(2, "a"), failing(1, "b"), gather(both())), threw("b"), &[]);
}

#[test]
fn race_answers_who_was_first_and_lets_the_others_go_on() {
    let loser = seq([repeat(4, pause()), note("loser"), pure(1)]);
    let first = bind(race(both()), "r", seq([note("won"), wait(var("a")), pure(at("r", 1))]));
    check(two(loser, slow(1, 2), first), returned(2), &["won", "loser"]);
}

#[test]
fn race_throws_the_error_of_who_failed_first() {
    check(two(slow(4, 1), failing(1, "boom"), race(both())), threw("boom"), &[]);
    let later = seq([bind(race(both()), "r", note("won")), pause(), pause(), pure(1)]);
    check(two(slow(0, 1), failing(1, "boom"), later), returned(1), &["won"]);
}

#[test]
fn race_among_the_settled_answers_who_was_settled_first() {
    let late = bind(seq([repeat(4, pause()), race(both())]), "r", pure(at("r", 1)));
    check(two(slow(2, 1), slow(1, 2), late.clone()), returned(2), &[]);
    check(two(slow(1, 1), slow(2, 2), late), returned(1), &[]);
}

#[test]
fn race_may_name_a_task_twice() {
    let twice = list([var("a"), var("a"), var("b")]);
    check(two(slow(1, 1), slow(4, 2), bind(race(twice), "r", pure(at("r", 1)))), returned(1), &[]);
}

#[test]
fn several_tasks_gather_and_race_the_same_ones() {
    let gatherer = spawn(bind(gather(both()), "v", note(var("v"))));
    let racer = spawn(bind(race(both()), "v", note(at("v", 1))));
    let all = bind(gatherer, "g", seq([racer, wait(var("g")), gather(both())]));
    check(two(slow(4, 1), slow(2, 2), all), returned(values([1.into(), 2.into()])), &["2", "[1, 2]"]);
}

#[test]
fn spawn_and_wait_is_a_call() {
    let body = seq([tell("in"), put(1, 5), pure(9)]);
    let spawned = bind(spawn(body.clone()), "t", wait(var("t")));
    let shown = |program| with(writer().showing(), with(state([(1, 0)]).showing(), scheduled(program)));
    let (result, _) = crate::reference::run(&shown(call(body)));
    check(shown(spawned), result, &[]);
}

#[test]
fn waiting_for_oneself_is_a_deadlock() {
    let own = bind(get(1), "t", wait(var("t")));
    let program = bind(spawn(seq([pause(), own])), "t", seq([put(1, var("t")), wait(var("t"))]));
    check(with(state([]), scheduled(program)), threw(DEADLOCK), &[]);
}

#[test]
fn what_is_no_task_is_refused_where_it_is_waited_for() {
    let refused = |program| check(scheduled(catch(program, "e", pure(var("e")))), returned(NO_WAITABLE), &[]);
    refused(wait(1));
    refused(gather(list([1.into()])));
    refused(race(list([])));
    refused(cancel(1));
    refused(acquire(1));
    refused(release("s"));
}

#[test]
fn without_a_scheduler_nobody_takes_its_effects() {
    for program in [spawn(pure(1)), pause(), promise(), semaphore(1)] {
        check(program, faulted(Fault::UnhandledEffect), &[]);
    }
}

#[test]
fn a_users_handler_takes_the_effects_of_a_scheduler_first() {
    let own = handler().val(doeff_vm_core::EffectType::SPAWN, 5).fun(doeff_vm_core::EffectType::YIELD, plain(6));
    check(
        scheduled(with(own, bind(pause(), "a", bind(spawn(pure(1)), "b", pure(both()))))),
        returned(values([6.into(), 5.into()])),
        &[],
    );
}

#[test]
fn a_declined_effect_of_the_scheduler_is_answered_through_the_clause() {
    let through = |effect| handler().ctl(effect, seq([note("declined"), return_delegate()]));
    let program = with(through(doeff_vm_core::EffectType::SPAWN), bind(spawn(slow(1, 4)), "t", wait(var("t"))));
    check(scheduled(program), returned(4), &["declined"]);
    let program = bind(spawn(slow(2, 4)), "t", with(through(doeff_vm_core::EffectType::WAIT), wait(var("t"))));
    check(scheduled(program), returned(4), &["declined"]);
    let delegating = handler().ctl(doeff_vm_core::EffectType::YIELD, delegate());
    check(scheduled(seq([spawn(note("b")), with(delegating, pause()), note("a")])), returned(Value::Nil), &["b", "a"]);
}
