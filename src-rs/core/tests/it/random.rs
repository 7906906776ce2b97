//! Random programs: the machine and the reference interpreter agree on the result, the final stores, the events and
//! the order of finalizers, and nothing is left behind.
//!
//! The programs are the same in every run, so that a failure is the change's. `PROPTEST_CASES` says how many new ones to
//! try instead. Programs that once failed are kept by their seeds and run first.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::any;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestRunner};

use crate::ast::Program;
use crate::build::{cancel_scope, modify, repeat, seq, state, with};
use crate::check::check_nothing_left;
use crate::generate::{concurrent_programs, programs};
use crate::host::Host;
use crate::reference;
use crate::resource::check_all_closed;
use crate::scheduling::{scheduler, spawn};
use crate::shrink::shrink;

const CASES: u32 = 2_000;
const SEED: u64 = 2026;
/// The reference interpreter recurses as deep as a program runs.
const STACK: usize = 256 << 20;

fn config() -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let seeds = FileFailurePersistence::Direct("tests/it/random.seeds");
    Config {
        cases: asked.unwrap_or(CASES),
        rng_seed: asked.map_or(RngSeed::Fixed(SEED), |_| RngSeed::Random),
        failure_persistence: Some(Box::new(seeds)),
        max_shrink_iters: if asked.is_some() { 0 } else { 20_000 },
        ..Config::default()
    }
}

/// Machine and reference agree on the program; if not, they do not on the smallest part of it that is shown.
fn agree(program: &Program) {
    let disagrees = |program: &Program| catch_unwind(AssertUnwindSafe(|| check_agreement(program))).is_err();
    if disagrees(program) {
        // Without what it names, a part of a program may mean nothing.
        let means = |program: &Program| catch_unwind(AssertUnwindSafe(|| reference::run(program))).is_ok();
        let smallest = shrink(program.clone(), |program| means(program) && disagrees(program));
        println!("the smallest one is {smallest:?}");
        check_agreement(&smallest);
        check_agreement(program);
    }
}

fn check_agreement(program: &Program) {
    let expected = reference::run(program);
    for mut host in [Host::new(), Host::lazy(2)] {
        let result = host.run(program);
        assert_eq!((&result, &host.trace), (&expected.0, &expected.1), "machine and reference agree on {program:?}");
        check_nothing_left(&mut host);
        check_all_closed(&host);
    }
}

/// An aborted run has no meaning to compare, but it ends, and leaves nothing behind.
fn end(program: &Program, steps: u32, waits: bool) {
    for mut host in [Host::new(), Host::lazy(2)] {
        host.abort_in = Some(steps);
        host.abort_waits = waits;
        let _ = host.run(program);
        check_nothing_left(&mut host);
        check_all_closed(&host);
    }
}

/// As above, of a program in a cancel scope, which is cancelled at that step.
fn end_cancelled(program: &Program, steps: u32) {
    for mut host in [Host::new(), Host::lazy(2)] {
        host.cancel_in = Some(steps);
        let _ = host.run(&cancel_scope("s", program.clone()));
        check_nothing_left(&mut host);
        check_all_closed(&host);
    }
}

/// Runs cases on a thread with a large stack.
fn run<S: Strategy<Value: 'static> + 'static>(strategy: fn() -> S, case: fn(S::Value)) {
    let cases = move || {
        let passed = |value| {
            case(value);
            Ok(())
        };
        TestRunner::new(config()).run(&strategy(), passed).map_err(|error| error.to_string())
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(cases).expect("a thread starts");
    if let Err(error) = thread.join().expect("the runner catches what a case throws") {
        panic!("{error}");
    }
}

#[test]
fn the_machine_and_the_reference_interpreter_agree_on_random_programs() {
    run(programs, |program| agree(&program));
}

#[test]
fn a_random_program_aborted_anywhere_leaves_nothing() {
    run(|| (programs(), 0..40_u32, any::<bool>()), |(program, steps, waits)| end(&program, steps, waits));
}

#[test]
fn the_machine_and_the_reference_interpreter_agree_on_random_concurrent_programs() {
    run(concurrent_programs, |program| agree(&program));
}

#[test]
fn a_random_concurrent_program_aborted_anywhere_leaves_nothing() {
    run(|| (concurrent_programs(), 0..60_u32, any::<bool>()), |(program, steps, waits)| end(&program, steps, waits));
}

#[test]
fn a_random_concurrent_program_cancelled_anywhere_leaves_nothing() {
    run(|| (concurrent_programs(), 0..60_u32), |(program, steps)| end_cancelled(&program, steps));
}

#[test]
fn a_random_concurrent_program_runs_the_same_every_time() {
    run(concurrent_programs, |program| {
        let outcome = || {
            let mut host = Host::new();
            (host.run(&program), host.trace)
        };
        assert_eq!(outcome(), outcome());
    });
}

/// One task of a scheduler that preempts runs the program, another one performs beside it.
fn preempted(program: Program, every: u32) -> Program {
    let beside = with(state([(0, 0)]), repeat(20, modify(0, 1)));
    with(scheduler(1000, every), seq([spawn(beside), program]))
}

#[test]
fn a_random_concurrent_program_preempted_anywhere_ends_and_leaves_nothing() {
    let programs = || (concurrent_programs(), 1..6_u32).prop_map(|(program, every)| preempted(program, every));
    run(programs, |program| end(&program, u32::MAX, true));
}
