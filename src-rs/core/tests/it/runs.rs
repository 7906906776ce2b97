//! Whole runs: what persists from one to the next, and runs that are aborted.

use doeff_vm_core::{
    Action, Command, EffectType, Instruction, Native, NativeContext, NativeHandler, NativeProgram, Performed, Stats,
};

use crate::ast::{Handler, Program, Typed, Value};
use crate::build::*;
use crate::check::{check_nothing_left, returned, threw};
use crate::host::Host;

/// A host whose machine has a store of its own, installed around every run.
fn with_installed(native: Native) -> (Host, doeff_vm_core::HandlerId, doeff_vm_core::StoreId) {
    let mut host = Host::new();
    let (handler, store) = host.define_native(native);
    assert_eq!(host.send(Command::SetInstalled { handler, installed: true }), Instruction::Ready);
    (host, handler, store)
}

/// All but the machine's own store, and the handler over it, is gone.
fn check_only_own_left(host: &mut Host, values: usize) {
    host.drain();
    let performed = host.vm.stats().performed;
    let own = Stats { handlers: 1, stores: 1, values, performed, ..Stats::default() };
    assert_eq!(host.vm.stats(), own);
    assert_eq!(host.slots.counts()[1], values);
}

#[test]
fn a_machine_runs_again_after_it_returned_threw_or_was_aborted() {
    let mut host = Host::new();
    for _ in 0..3 {
        assert_eq!(host.run(&with(handler().val(PICK, 1), op(PICK, 0))), returned(1));
        assert_eq!(host.run(&throw("boom")), threw("boom"));
        host.abort_in = Some(1);
        assert_eq!(host.run(&seq([call(pure(1)), note("never")])), returned(Value::Nil));
        check_nothing_left(&mut host);
    }
}

#[test]
fn the_machines_own_store_persists_across_runs() {
    let (mut host, _, store) = with_installed(Native::State);
    assert_eq!(host.run(&put(1, 5)), returned(Value::Nil));
    check_only_own_left(&mut host, 1);
    assert_eq!(host.run(&modify(1, 1)), returned(5));
    assert_eq!(host.run(&get(1)), returned(6));
    assert_eq!(host.entries(store), [(Some(1), 6.into())]);
    check_only_own_left(&mut host, 1);
}

#[test]
fn the_machines_own_store_is_written_and_cleared_between_runs() {
    let (mut host, _, store) = with_installed(Native::Reader);
    host.write(store, 1, 5.into());
    host.write(store, 2, 6.into());
    host.write(store, 1, 7.into());
    assert_eq!(host.entries(store), [(Some(1), 7.into()), (Some(2), 6.into())]);
    assert_eq!(host.run(&ask(1)), returned(7));
    assert_eq!(host.send(Command::Clear { store }), Instruction::Ready);
    check_only_own_left(&mut host, 0);
    host.write(store, 2, 8.into());
    assert_eq!(host.run(&ask(2)), returned(8));
    assert_eq!(host.run(&catch(ask(1), "e", pure(0))), returned(0));
}

#[test]
fn a_store_may_be_cleared_and_filled_again_during_a_run() {
    let (mut host, _, store) = with_installed(Native::State);
    for key in 0..20 {
        host.write(store, key, i64::from(key).into());
    }
    assert_eq!(host.send(Command::Start), Instruction::Ready);
    host.send(Command::Clear { store });
    for key in (0..20).rev() {
        host.write(store, key, Value::Int(i64::from(key) * 2));
    }
    assert_eq!(host.entries(store).len(), 20);
    assert_eq!(host.send(Command::Abort { waits: true }), Instruction::Done);
    assert_eq!(host.run(&get(3)), returned(6));
    check_only_own_left(&mut host, 20);
}

#[test]
fn the_machines_own_log_grows_across_runs() {
    let (mut host, _, store) = with_installed(Native::Writer);
    assert_eq!(host.run(&tell("a")), returned(Value::Nil));
    assert_eq!(host.run(&seq([tell("b"), throw("boom")])), threw("boom"));
    assert_eq!(host.entries(store), [(None, "a".into()), (None, "b".into())]);
}

#[test]
fn a_bound_handler_works_on_its_store_wherever_it_is_installed() {
    let mut host = Host::new();
    let (number, store) = host.define_native(Native::State);
    let own: std::rc::Rc<Handler> = bound(Native::State, number).into();
    let inner = with(own.clone(), seq([put(1, 6), get(1)]));
    let program = with(own.clone(), seq([put(1, 5), inner, bind(get(1), "a", pure(list([var("a")])))]));
    assert_eq!(host.run(&program), returned(values([6.into()])));
    assert_eq!(host.entries(store), [(Some(1), 6.into())]);
    check_only_own_left(&mut host, 1);
}

#[test]
fn installed_handlers_are_nested_in_the_order_of_their_installation() {
    let mut host = Host::new();
    let stores = [1, 2].map(|value| {
        let (handler, store) = host.define_native(Native::Reader);
        host.send(Command::SetInstalled { handler, installed: true });
        host.write(store, 1, Value::Int(value));
        handler
    });
    assert_eq!(host.run(&ask(1)), returned(2));
    host.send(Command::SetInstalled { handler: stores[1], installed: false });
    assert_eq!(host.run(&ask(1)), returned(1));
    host.send(Command::SetInstalled { handler: stores[0], installed: false });
    assert_eq!(host.run(&catch(ask(1), "e", pure(0))), returned(0));
}

#[test]
fn installing_twice_is_installing_once() {
    let (mut host, handler, store) = with_installed(Native::State);
    host.send(Command::SetInstalled { handler, installed: true });
    assert_eq!(host.run(&put(1, 5)), returned(Value::Nil));
    host.send(Command::SetInstalled { handler, installed: false });
    host.send(Command::SetInstalled { handler, installed: false });
    assert_eq!(host.entries(store), [(Some(1), 5.into())]);
    check_only_own_left(&mut host, 1);
}

#[test]
fn cleanup_at_the_end_of_a_run_finds_the_installed_handlers() {
    let (mut host, _, store) = with_installed(Native::Writer);
    let raw = || with(handler().raw(PICK, pure(0)), finally(op(PICK, 0), tell("late")));
    assert_eq!(host.run(&seq([raw(), throw("boom")])), threw("boom"));
    assert_eq!(host.run(&seq([raw(), pure(1)])), returned(1));
    assert_eq!(host.entries(store), [(None, "late".into()), (None, "late".into())]);
    check_only_own_left(&mut host, 2);
}

/// Ends the computation with the effect it takes.
struct Ends;

impl NativeHandler for Ends {
    fn takes(&self, effect: EffectType) -> bool {
        effect == STOP.effect_type()
    }

    fn handle(&mut self, _effect: Performed) -> Box<dyn NativeProgram> {
        Box::new(Self)
    }
}

impl NativeProgram for Ends {
    fn start(&mut self, _context: &mut NativeContext<'_>) -> Action {
        Action::Return
    }
}

#[test]
fn continuations_kept_by_a_run_that_an_installed_handler_ended_are_closed_too() {
    let mut host = Host::new();
    let handler = host.vm.define_native(Box::new(Ends));
    assert_eq!(host.send(Command::SetInstalled { handler, installed: true }), Instruction::Ready);
    let parked = with(handler_parking(), noting_exit("parked", op(PICK, 0)));
    let result = host.run(&seq([parked, noting_exit("program", op(STOP, 0))]));
    assert!(matches!(result, Ok(Value::Effect(_))));
    assert_eq!(host.trace, ["program", "parked"]);
    assert_eq!(host.send(Command::SetInstalled { handler, installed: false }), Instruction::Ready);
    check_nothing_left(&mut host);
}

fn handler_parking() -> Handler {
    handler().raw(PICK, pure(0))
}

/// A program with frames, clauses, a parked continuation and stores, whose cleanup notes and performs.
fn busy() -> Program {
    let cleaned = |name, body| finally(body, seq([note(name), tell(name)]));
    let pick = handler().ctl(PICK, cleaned("clause", seq([note("in clause"), resume(0), note("after resume")])));
    let parked = with(handler().raw(LOG, pure(0)), noting_exit("parked", op(LOG, 0)));
    let body = seq([
        parked,
        op(PICK, 0),
        local([(1, 2.into())], listen(attempt(cleaned("inner", op(PICK, 1))))),
        tell("last"),
    ]);
    with(state([(1, 1)]), with(reader([(1, 1)]), with(writer(), with(tries(), with(pick, cleaned("body", body))))))
}

#[test]
fn a_run_aborted_at_any_step_closes_every_frame_once_and_leaves_nothing() {
    for step in 0.. {
        let mut host = Host::new();
        host.abort_in = Some(step);
        let result = host.run(&busy());
        let is_over = host.abort_in.is_some();
        assert!(is_over || result == returned(Value::Nil), "an aborted run has no value: {result:?}");
        let count = |name| host.trace.iter().filter(|event| *event == name).count();
        assert!(["body", "inner", "parked"].map(count).iter().all(|&count| count <= 1), "{:?}", host.trace);
        assert_eq!(count("clause"), count("in clause"), "{:?}", host.trace);
        check_nothing_left(&mut host);
        if is_over {
            return;
        }
    }
}

#[test]
fn an_abort_closes_innermost_first_and_youngest_kept_last_of_all() {
    let mut host = Host::new();
    let parked = |name| with(handler().raw(LOG, pure(0)), noting_exit(name, op(LOG, 0)));
    let program = seq([parked("a"), parked("b"), noting_exit("outer", call(noting_exit("inner", op(PICK, 0))))]);
    // Four steps to park each; then the caller, the called program and its perform.
    host.abort_in = Some(10);
    let result = host.run(&with(handler().ctl(PICK, noting_exit("clause", call(note("called")))), program));
    assert_eq!(result, returned(Value::Nil));
    assert_eq!(host.trace, ["clause", "inner", "outer", "b", "a"]);
    check_nothing_left(&mut host);
}

#[test]
fn an_aborted_run_whose_cleanup_throws_ends_with_that_error() {
    let mut host = Host::new();
    host.abort_in = Some(1);
    assert_eq!(host.run(&finally(call(pure(1)), throw("boom"))), threw("boom"));
    check_nothing_left(&mut host);
}

#[test]
fn a_run_may_be_aborted_while_it_is_being_aborted() {
    for second in 0..6 {
        let mut host = Host::new();
        let cleanup = seq([note("cleanup"), call(pure(0)), call(pure(0)), note("cleaned")]);
        let program = noting_exit("outer", call(finally(call(pure(0)), cleanup)));
        host.abort_in = Some(2);
        host.abort_again_in = Some(second);
        assert_eq!(host.run(&program), returned(Value::Nil));
        assert_eq!(host.trace.last().map(String::as_str), Some("outer"));
        check_nothing_left(&mut host);
    }
}
