//! State, Reader, Writer and Try.

use doeff_vm_core::Fault;

use crate::ast::Value;
use crate::build::*;
use crate::check::{check, faulted, returned, threw};

fn good(value: impl Into<Value>) -> Value {
    Value::Good(Box::new(value.into()))
}

fn bad(error: impl Into<Value>) -> Value {
    Value::Bad(Box::new(error.into()))
}

fn entry(key: i64, value: impl Into<Value>) -> Value {
    values([key.into(), value.into()])
}

#[test]
fn get_answers_what_was_put_last() {
    check(with(state([]), seq([put(1, 5), put(1, 6), get(1)])), returned(6), &[]);
}

#[test]
fn get_of_a_missing_key_answers_no_value() {
    check(with(state([(1, 5)]), get(2)), returned(Value::Nil), &[]);
}

#[test]
fn put_answers_no_value() {
    check(with(state([]), put(1, 5)), returned(Value::Nil), &[]);
}

#[test]
fn keys_are_apart() {
    check(with(state([(1, 5), (2, 6)]), seq([put(1, 7), get(2)])), returned(6), &[]);
}

#[test]
fn modify_stores_the_result_and_answers_the_old_value() {
    let body = bind(modify(1, 10), "old", bind(get(1), "new", pure(list([var("old"), var("new")]))));
    check(with(state([(1, 5)]), body), returned(values([5.into(), 15.into()])), &[]);
}

#[test]
fn modify_of_a_missing_key_starts_from_no_value() {
    let body = bind(modify(1, 10), "old", bind(get(1), "new", pure(list([var("old"), var("new")]))));
    check(with(state([]), body), returned(values([Value::Nil, 10.into()])), &[]);
}

#[test]
fn a_modify_that_throws_changes_nothing_and_throws_at_the_performer() {
    let body = seq([catch(modify_throwing(1, "boom"), "e", note(var("e"))), get(1)]);
    check(with(state([(1, 5)]), body.clone()), returned(5), &["boom"]);
    check(with(state([]), body), returned(Value::Nil), &["boom"]);
}

#[test]
fn an_inner_state_hides_the_outer_one_and_leaves_it_alone() {
    let body = seq([with(state([(1, 6)]), put(1, 7)), get(1)]);
    check(with(state([(1, 5)]), body), returned(5), &[]);
}

#[test]
fn every_installation_of_a_state_handler_has_a_store_of_its_own() {
    let fresh = std::rc::Rc::new(state([(1, 5)]));
    let body = || modify(1, 1);
    check(seq([with(fresh.clone(), body()), with(fresh, body())]), returned(5), &[]);
}

#[test]
fn state_is_transparent_to_capture_and_resume() {
    let pick = handler().ctl(PICK, seq([put(1, 9), return_resume(0)]));
    check(with(state([(1, 5)]), with(pick, seq([op(PICK, 0), get(1)]))), returned(9), &[]);
}

#[test]
fn a_state_inside_of_the_captured_body_goes_with_it() {
    let pick = handler().ctl(PICK, return_resume(0));
    check(with(pick, with(state([]), seq([put(1, 5), op(PICK, 0), get(1)]))), returned(5), &[]);
}

#[test]
fn a_shown_store_lists_its_entries_in_the_order_of_their_first_writing() {
    let body = seq([put(2, 5), put(1, 6), put(2, 7), pure(0)]);
    let store = values([entry(2, 7), entry(1, 6)]);
    check(with(state([]).showing(), body), returned(values([0.into(), store])), &[]);
}

#[test]
fn a_store_of_many_keys_finds_each() {
    // More than 8 keys are indexed, more than 128 are listed in pages.
    let mut body =
        bind(get(7), "a", bind(get(299), "b", bind(get(300), "c", pure(list([var("a"), var("b"), var("c")])))));
    for key in 0..300 {
        body = seq([put(key, i64::from(key) * 2), body]);
    }
    let result = values([14.into(), 598.into(), Value::Nil]);
    let entries = Value::List((0..300).rev().map(|key| entry(key, key * 2)).collect());
    check(with(state([]).showing(), body), returned(values([result, entries])), &[]);
}

#[test]
fn ask_answers_the_binding() {
    check(
        with(reader([(1, 5)]), bind(ask(1), "a", bind(ask(1), "b", pure(add(var("a"), var("b")))))),
        returned(10),
        &[],
    );
}

#[test]
fn ask_of_a_missing_key_is_thrown_at_the_performer() {
    check(with(reader([(1, 5)]), ask(2)), faulted(Fault::MissingEnvKey), &[]);
    check(with(reader([]), catch(ask(2), "e", pure(0))), returned(0), &[]);
}

#[test]
fn an_inner_reader_hides_the_outer_one() {
    check(with(reader([(1, 5)]), with(reader([(1, 6)]), ask(1))), returned(6), &[]);
    check(with(reader([(1, 5)]), with(reader([]), ask(1))), faulted(Fault::MissingEnvKey), &[]);
}

#[test]
fn local_overrides_for_its_program_only() {
    let body = bind(local([(1, 6.into())], ask(1)), "in", bind(ask(1), "out", pure(list([var("in"), var("out")]))));
    check(with(reader([(1, 5)]), body), returned(values([6.into(), 5.into()])), &[]);
}

#[test]
fn local_leaves_other_keys_to_the_outer_bindings() {
    check(with(reader([(1, 5), (2, 7)]), local([(1, 6.into())], ask(2))), returned(7), &[]);
    check(with(reader([(1, 5)]), local([(1, 6.into())], ask(3))), faulted(Fault::MissingEnvKey), &[]);
}

#[test]
fn locals_compose_the_inner_one_winning() {
    let inner = local([(1, 7.into())], bind(ask(1), "a", bind(ask(2), "b", pure(list([var("a"), var("b")])))));
    check(with(reader([]), local([(1, 5.into()), (2, 6.into())], inner)), returned(values([7.into(), 6.into()])), &[]);
}

#[test]
fn local_is_restored_when_its_program_throws_or_is_aborted() {
    let throws = seq([catch(local([(1, 6.into())], throw("boom")), "e", pure(0)), ask(1)]);
    check(with(reader([(1, 5)]), throws), returned(5), &[]);
    let aborts = seq([with(handler().fin(STOP, plain(0)), local([(1, 6.into())], op(STOP, 0))), ask(1)]);
    check(with(reader([(1, 5)]), aborts), returned(5), &[]);
}

#[test]
fn local_bindings_go_with_a_captured_body() {
    let pick = handler().ctl(PICK, bind(ask(1), "seen", seq([note(var("seen")), return_resume(0)])));
    let body = local([(1, 6.into())], seq([op(PICK, 0), ask(1)]));
    check(with(reader([(1, 5)]), with(pick, body)), returned(6), &["5"]);
}

#[test]
fn an_ask_that_no_layer_binds_may_reach_a_users_handler() {
    let mine = handler().fun(doeff_vm_core::EffectType::ASK, plain("mine"));
    let body = local([(1, 6.into())], bind(ask(1), "a", bind(ask(2), "b", pure(list([var("a"), var("b")])))));
    // The user's handler stands between the reader and the layer.
    check(
        with(reader([]), with(mine.fun(doeff_vm_core::EffectType::LOCAL, plain("mine")), body.clone())),
        returned("mine"),
        &[],
    );
    let mine = handler().ctl(doeff_vm_core::EffectType::ASK, return_resume(add(var("x"), 40)));
    check(with(reader([]), with(mine, body)), returned(values([6.into(), 42.into()])), &[]);
}

#[test]
fn local_without_a_reader_is_unhandled() {
    check(local([(1, 5.into())], ask(1)), faulted(Fault::UnhandledEffect), &[]);
}

#[test]
fn tell_appends_in_order() {
    let body = seq([tell("a"), tell("b"), pure(0)]);
    check(with(writer().showing(), body), returned(values([0.into(), values(["a".into(), "b".into()])])), &[]);
}

#[test]
fn an_error_does_not_roll_the_log_or_the_state_back() {
    let body = seq([tell("a"), put(1, 5), throw("boom")]);
    let program = with(state([]).showing(), with(writer().showing(), seq([catch(body, "e", pure(0)), pure(1)])));
    let log = values([1.into(), values(["a".into()])]);
    check(program, returned(values([log, values([entry(1, 5)])])), &[]);
}

#[test]
fn listen_answers_the_result_and_the_messages_which_stay_in_the_outer_log() {
    let body =
        seq([tell("a"), bind(listen(seq([tell("b"), tell("c"), pure(5)])), "l", seq([tell("d"), pure(var("l"))]))]);
    let heard = values([5.into(), values(["b".into(), "c".into()])]);
    let log = values(["a".into(), "b".into(), "c".into(), "d".into()]);
    check(with(writer().showing(), body), returned(values([heard, log])), &[]);
}

#[test]
fn listens_nest_and_the_outer_one_hears_the_inner_ones_messages() {
    let inner = listen(seq([tell("b"), pure(1)]));
    let body = listen(seq([tell("a"), bind(inner, "l", pure(var("l")))]));
    let heard = values([values([1.into(), values(["b".into()])]), values(["a".into(), "b".into()])]);
    check(with(writer(), body), returned(heard), &[]);
}

#[test]
fn a_listen_whose_program_throws_keeps_the_messages_in_the_outer_log() {
    let body = catch(listen(seq([tell("a"), throw("boom")])), "e", pure(var("e")));
    check(with(writer().showing(), body), returned(values(["boom".into(), values(["a".into()])])), &[]);
}

#[test]
fn an_overheard_tell_goes_on_to_whoever_is_next() {
    let tell_type = doeff_vm_core::EffectType::TELL;
    // What follows the Listen tells a clause that takes the whole body from one that takes less.
    let body = || bind(listen(tell("a")), "l", pure(list([var("l"), "after".into()])));
    let after = |heard: Value| values([heard, "after".into()]);
    let heard = |answer: Value| after(values([answer, values(["a".into()])]));
    let under = |mine| with(writer(), with(mine, body()));
    check(under(handler().val(tell_type, 3)), returned(heard(3.into())), &[]);
    check(under(handler().fun(tell_type, plain(list([var("x")])))), returned(heard(values(["a".into()]))), &[]);
    check(under(handler().fun(tell_type, pure(4))), returned(heard(4.into())), &[]);
    check(under(handler().ctl(tell_type, return_resume(5))), returned(heard(5.into())), &[]);
    let awaiting = handler().ctl(tell_type, bind(resume(6), "r", pure(list([var("r")]))));
    check(under(awaiting), returned(values([heard(6.into())])), &[]);
    check(under(handler().fin(tell_type, plain(7))), returned(7), &[]);
    check(under(handler().fun(tell_type, throwing("boom"))), threw("boom"), &[]);
}

#[test]
fn an_ask_that_no_layer_binds_may_be_taken_with_the_whole_body() {
    let ask_type = doeff_vm_core::EffectType::ASK;
    let body = bind(local([(1, 5.into())], local([(2, 6.into())], ask(3))), "a", pure(list([var("a")])));
    let awaiting = handler().ctl(ask_type, bind(resume(7), "r", pure(list([var("r")]))));
    let program = |mine| with(reader([]), with(mine, with(handler(), body.clone())));
    check(program(awaiting), returned(values([values([7.into()])])), &[]);
    check(program(handler().fin(ask_type, plain(8))), returned(8), &[]);
}

#[test]
fn a_listen_goes_with_a_captured_body() {
    let pick = handler().ctl(PICK, seq([tell("clause"), return_resume(0)]));
    let body = listen(seq([tell("a"), op(PICK, 0), tell("b"), pure(1)]));
    let heard = values([1.into(), values(["a".into(), "b".into()])]);
    let log = values(["a".into(), "clause".into(), "b".into()]);
    check(with(writer().showing(), with(pick, body)), returned(values([heard, log])), &[]);
}

#[test]
fn try_answers_how_its_program_ended() {
    let body = bind(attempt(pure(1)), "a", bind(attempt(throw("boom")), "b", pure(list([var("a"), var("b")]))));
    check(with(tries(), body), returned(values([good(1), bad("boom")])), &[]);
}

#[test]
fn try_does_not_roll_state_back() {
    let body = seq([attempt(seq([put(1, 5), throw("boom")])), get(1)]);
    check(with(state([]), with(tries(), body)), returned(5), &[]);
}

#[test]
fn tries_nest_and_the_inner_one_catches() {
    let inner = bind(attempt(throw("a")), "r", seq([note(var("r")), throw("b")]));
    check(with(tries(), attempt(inner)), returned(bad("b")), &["Err(a)"]);
}

#[test]
fn a_try_goes_with_a_captured_body() {
    let pick = handler().ctl(PICK, resume_throw("boom"));
    check(with(tries(), with(pick, attempt(op(PICK, 0)))), returned(bad("boom")), &[]);
}

#[test]
fn an_abort_passes_a_try_by() {
    let stop = handler().fin(STOP, plain(1));
    check(with(tries(), with(stop, seq([attempt(op(STOP, 0)), note("never")]))), returned(1), &[]);
}

#[test]
fn a_try_in_a_clause_is_closed_with_it_when_it_declines() {
    let inner = handler().ctl(PICK, attempt(delegate()));
    check(with(tries(), with(handler().val(PICK, 7), with(inner, op(PICK, 0)))), returned(7), &[]);
}
