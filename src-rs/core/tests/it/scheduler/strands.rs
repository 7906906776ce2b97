//! Which strand an outcome says was left, and which one goes on.

use doeff_vm_core::{Command, EffectType, Instruction, Strand, TaskId, Vm, Waitable};

use super::commands::{perform, scheduled, spawn, wait};
use crate::commands::{begin, check_ends, turn};

fn strand(task: TaskId) -> u32 {
    Waitable::Task(task).words().0
}

/// What the last outcome says: the words of the strand that was left and of the one that goes on, 0 for none.
fn said(vm: &Vm) -> (u32, u32) {
    let outcome = vm.outcome();
    (outcome.left.map_or(0, Strand::word), outcome.goes_on.map_or(0, Strand::word))
}

#[test]
fn who_waits_is_left_and_who_is_ready_goes_on() {
    let mut vm = scheduled();
    let (a, b) = (spawn(&mut vm, 1), spawn(&mut vm, 1));
    assert_eq!(said(&vm), (0, 0));
    assert!(matches!(wait(&mut vm, b), Instruction::StartTask { .. }));
    let (root, first) = said(&vm);
    assert_eq!(first, strand(a));
    assert!(root != 0 && root != strand(b));
    // One that has ended was not left anywhere.
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::StartTask { .. }));
    assert_eq!(said(&vm), (0, strand(b)));
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::Answer { .. }));
    assert_eq!(said(&vm), (0, root));
    check_ends(vm);
}

#[test]
fn who_yields_to_nobody_is_left_and_goes_on() {
    let mut vm = scheduled();
    assert!(matches!(perform(&mut vm, EffectType::YIELD, [0; 3]), Instruction::Resume(_)));
    let (left, goes_on) = said(&vm);
    assert_eq!(left, goes_on);
    check_ends(vm);
}

#[test]
fn who_ends_without_a_step_is_never_heard_of() {
    let mut vm = scheduled();
    let (a, b) = (spawn(&mut vm, 1), spawn(&mut vm, 1));
    perform(&mut vm, EffectType::CANCEL, [Waitable::Task(a).words().0, Waitable::Task(a).words().1, 0]);
    assert!(matches!(wait(&mut vm, b), Instruction::StartTask { .. }));
    let (root, goes_on) = said(&vm);
    assert!(root != 0);
    assert_eq!(goes_on, strand(b));
    check_ends(vm);
}

#[test]
fn what_is_around_a_scheduler_goes_on_where_its_root_task_has_ended() {
    let mut vm = scheduled();
    let daemon = spawn(&mut vm, 1 | 4);
    assert!(matches!(perform(&mut vm, EffectType::YIELD, [0; 3]), Instruction::StartTask { .. }));
    // It waits for the outside; the root task goes on, and ends.
    let waiting = turn(&mut vm, Command::Perform { effect: EffectType::AWAIT, key: None });
    assert_eq!(waiting, Instruction::Task);
    assert!(matches!(turn(&mut vm, Command::WaitOutside), Instruction::Resume(_)));
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::Close(_)));
    let (around, goes_on) = said(&vm);
    assert_eq!(goes_on, strand(daemon));
    assert_eq!(around % 2, 0);
    turn(&mut vm, Command::Closed { count: 1 });
    assert_eq!(said(&vm), (0, around));
    check_ends(vm);
}

#[test]
fn of_schedulers_inside_of_one_another_the_innermost_task_goes_on() {
    let mut vm = scheduled();
    let other = spawn(&mut vm, 1);
    turn(&mut vm, Command::InstallScheduler { most: 10, preempt_every: 0 });
    begin(&mut vm);
    // Nobody is ready inside: an outer task goes on, and the inner root task was left.
    assert_eq!(turn(&mut vm, Command::Perform { effect: EffectType::AWAIT, key: None }), Instruction::Task);
    assert!(matches!(turn(&mut vm, Command::WaitOutside), Instruction::StartTask { .. }));
    let (inner, goes_on) = said(&vm);
    assert_eq!(goes_on, strand(other));
    assert_eq!(turn(&mut vm, Command::Return), Instruction::Idle);
    assert_eq!(said(&vm), (0, 0));
    // Interrupted, the inner one goes on.
    assert!(matches!(turn(&mut vm, Command::Interrupt { task: None }), Instruction::Throw(_)));
    assert_eq!(said(&vm), (0, inner));
    check_ends(vm);
}
