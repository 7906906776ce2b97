//! The one way to check a script.

use doeff_vm_core::{Fault, Stats};

use crate::ast::{Program, Value};
use crate::host::Host;
use crate::reference;

pub(crate) type Outcome = Result<Value, Value>;

#[expect(clippy::unnecessary_wraps, reason = "it is the other half of `threw`")]
pub(crate) fn returned(value: impl Into<Value>) -> Outcome {
    Ok(value.into())
}

pub(crate) fn threw(error: impl Into<Value>) -> Outcome {
    Err(error.into())
}

pub(crate) fn faulted(fault: Fault) -> Outcome {
    Err(Value::Fault(fault))
}

/// Runs a script on the machine and on the reference interpreter: both give this result and these events, and
/// nothing is left in the machine or its host.
#[track_caller]
pub(crate) fn check(program: Program, expected: Outcome, trace: &[&str]) {
    let (result, events) = reference::run(&program);
    assert_eq!((&result, &*events), (&expected, &*strings(trace)), "the reference interpreter gives something else");
    check_machine(program, expected, trace);
}

/// As [`check`], for scripts about what the reference interpreter does not know: reflection, unstarted continuations.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "scripts are written in place")]
pub(crate) fn check_machine(program: Program, expected: Outcome, trace: &[&str]) {
    for mut host in [Host::new(), Host::lazy(1), Host::lazy(16)] {
        let result = host.run(&program);
        assert_eq!((&result, &*host.trace), (&expected, &*strings(trace)));
        check_nothing_left(&mut host);
    }
}

fn strings(trace: &[&str]) -> Vec<String> {
    trace.iter().map(|&event| event.to_owned()).collect()
}

/// The resource law: a run that is over has left nothing behind.
#[track_caller]
pub(crate) fn check_nothing_left(host: &mut Host) {
    host.drain();
    let performed = host.vm.stats().performed;
    assert_eq!(host.vm.stats(), Stats { performed, ..Stats::default() }, "the machine is empty");
    assert_eq!(host.slots.counts(), [0; 4], "the host keeps no generator, value, key or handler");
}
