//! Nothing that was opened stays open, wherever a program is cancelled: each is run as often as it has steps, and cancelled
//! at another one each time.

use crate::ast::Program;
use crate::build::*;
use crate::check::check_nothing_left;
use crate::host::Host;
use crate::resource::{bracket, check_all_closed};
use crate::scheduling::*;

fn programs() -> Vec<Program> {
    let used = || bracket(repeat(3, pause()));
    let answered = |handler| with(handler, bracket(op(PICK, 0)));
    let permit = bind(semaphore(1), "m", all([guarded(), guarded(), guarded()]));
    vec![
        used(),
        bracket(used()),
        all([used(), seq([pause(), used()]), used()]),
        first_of([used(), seq([used(), pause(), throw("boom")])]),
        scope(seq([spawn(used()), spawn(bracket(used())), pause()])),
        seq([catch(timeout(bracket(wait(var("never")))), "e", pure(0)), used()]),
        answered(handler().fun(PICK, used())),
        answered(handler().ctl(PICK, seq([used(), return_resume(0)]))),
        answered(handler().fin(PICK, used())),
        with(handler().fin(STOP, used()), all([used(), bracket(seq([pause(), op(STOP, 0)]))])),
        with(handler().ctl(STOP, pure(0)), all([used(), bracket(seq([pause(), op(STOP, 0)]))])),
        permit,
    ]
}

/// A permit is a resource too.
fn guarded() -> Program {
    let uses =
        seq([note("opened"), finally(restored(seq([pause(), pause()])), seq([note("closed"), release(var("m"))]))]);
    shield(seq([restored(acquire(var("m"))), uses]))
}

/// The program in a scope, in a task, under a scheduler. The scope is the first one.
fn in_scope(program: Program) -> Program {
    let task = cancel_scope("s", program);
    scheduled(bind(promise(), "never", bind(spawn(task), "t", catch(wait(var("t")), "e", pure(0)))))
}

/// Runs the program with each interference, until it has no more steps; gives how often it was run.
#[track_caller]
fn run_interfered(program: &Program, mut interfere: impl FnMut(&mut Host, u32)) -> u32 {
    for step in 0.. {
        for mut host in [Host::new(), Host::lazy(3)] {
            if host.shows_turns {
                println!("{step} {program:?}");
            }
            interfere(&mut host, step);
            let _ = host.run(&in_scope(program.clone()));
            check_all_closed(&host);
            check_nothing_left(&mut host);
            if host.abort_in.is_some() || host.cancel_in.is_some() {
                return step;
            }
        }
    }
    unreachable!("a program has an end")
}

#[test]
fn a_scope_cancelled_at_any_step_leaves_nothing_open() {
    for program in programs() {
        let steps = run_interfered(&program, |host, step| host.cancel_in = Some(step));
        assert!(steps > 5, "there is something to cancel");
    }
}

#[test]
fn a_run_aborted_at_any_step_leaves_nothing_open() {
    for program in programs() {
        for waits in [false, true] {
            run_interfered(&program, |host, step| {
                host.abort_in = Some(step);
                host.abort_waits = waits;
            });
        }
    }
}
