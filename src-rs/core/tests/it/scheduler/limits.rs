//! Limits, and schedulers that live as long as the machine.

use doeff_vm_core::{Command, Fault, Instruction, Stats};

use crate::ast::{Program, Value};
use crate::build::*;
use crate::check::{check, returned};
use crate::host::Host;
use crate::scheduling::*;

fn most(tasks: u32, program: Program) -> Program {
    with(scheduler(tasks, 0), program)
}

#[test]
fn more_tasks_than_allowed_are_refused_at_the_spawn() {
    let third = catch(spawn(pure(3)), "e", pure(var("e")));
    let program = bind(spawn(pure(1)), "a", bind(spawn(pure(2)), "b", third));
    check(most(2, program), returned(Value::Fault(Fault::TooManyTasks)), &[]);
}

#[test]
fn the_limit_is_of_tasks_alive() {
    let one = || bind(spawn(pure(1)), "t", wait(var("t")));
    check(most(1, seq([one(), one(), one()])), returned(1), &[]);
    let chain = bind(spawn(bind(spawn(pure(1)), "t", wait(var("t")))), "t", wait(var("t")));
    check(most(2, chain.clone()), returned(1), &[]);
    check(most(1, catch(chain, "e", pure(var("e")))), returned(Value::Fault(Fault::TooManyTasks)), &[]);
}

/// A scheduler of the machine's own, installed around every run.
fn own() -> (Host, doeff_vm_core::HandlerId) {
    let mut host = Host::new();
    let Instruction::Defined { handler, store: None } = host.send(Command::DefineScheduler { most: 9 }) else {
        panic!("a scheduler is defined")
    };
    (host, handler)
}

fn check_only_own_left(host: &mut Host) {
    host.drain();
    let performed = host.vm.stats().performed;
    assert_eq!(host.vm.stats(), Stats { handlers: 1, performed, ..Stats::default() });
}

#[test]
fn a_scheduler_of_the_machines_own_serves_run_after_run() {
    let (mut host, handler) = own();
    assert_eq!(host.send(Command::SetInstalled { handler, installed: true }), Instruction::Ready);
    let lasting = noting_exit("closed", repeat(20, pause()));
    let program = bind(spawn(pure(7)), "t", seq([spawn(lasting), wait(var("t"))]));
    for _ in 0..3 {
        assert_eq!(host.run(&program), returned(7));
        check_only_own_left(&mut host);
        assert_eq!(host.run(&seq([program.clone(), throw("boom")])), crate::check::threw("boom"));
        check_only_own_left(&mut host);
        host.abort_in = Some(5);
        assert_eq!(host.run(&program), returned(Value::Nil));
        check_only_own_left(&mut host);
        host.tasks.abort_when_idle = true;
        assert_eq!(host.run(&bind(forsaken(), "x", wait(var("x")))), returned(Value::Nil));
        check_only_own_left(&mut host);
    }
}

#[test]
fn continuations_kept_by_tasks_of_an_installed_scheduler_are_closed_inside_of_it() {
    let (mut host, handler) = own();
    assert_eq!(host.send(Command::SetInstalled { handler, installed: true }), Instruction::Ready);
    let cleanup = seq([bind(spawn(note("helper")), "t", wait(var("t"))), note("kept")]);
    let parked = with(handler_parking(), finally(op(PICK, 0), cleanup));
    let program = bind(spawn(parked), "t", seq([wait(var("t")), note("program ends"), pure(1)]));
    assert_eq!(host.run(&program), returned(1));
    assert_eq!(host.trace, ["program ends", "helper", "kept"]);
    check_only_own_left(&mut host);
}

fn handler_parking() -> crate::ast::Handler {
    handler().raw(PICK, pure(0))
}

#[test]
fn a_bound_scheduler_is_installed_where_it_is_wanted_and_once() {
    let (mut host, number) = own();
    let inner = with(bound_scheduler(number), bind(spawn(seq([note("child"), pure(2)])), "t", wait(var("t"))));
    let program = with(bound_scheduler(number), seq([spawn(note("before")), inner]));
    assert_eq!(host.run(&seq([program.clone(), program])), returned(2));
    assert_eq!(host.trace, ["before", "child", "before", "child"]);
    check_only_own_left(&mut host);
}
