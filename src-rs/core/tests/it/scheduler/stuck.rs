//! Tasks that wait in vain while others may go on.

use doeff_vm_core::{Command, EffectType, Fault, Instruction, TaskId, Vm, Waitable};

use super::commands::{perform, scheduled, spawn, wait};
use crate::commands::{check_ends, check_refused, turn};

/// What is listed: the name of the oldest one, whether they are a circle, and how many they are.
fn stuck(vm: &mut Vm) -> Option<(TaskId, bool, usize)> {
    assert_eq!(turn(vm, Command::Stuck), Instruction::Listed { more: false });
    let [index, generation, is_circle, handles @ ..] = vm.listing() else { return None };
    let Some(Waitable::Task(oldest)) = Waitable::from_words(*index, *generation) else { panic!("a task is stuck") };
    Some((oldest, *is_circle != 0, handles.len()))
}

fn wait_outside(vm: &mut Vm) -> Instruction {
    assert_eq!(turn(vm, Command::Perform { effect: EffectType::AWAIT, key: None }), Instruction::Task);
    turn(vm, Command::WaitOutside)
}

fn acquire(vm: &mut Vm) -> Instruction {
    perform(vm, EffectType::ACQUIRE, [0, 0, 1])
}

/// Two tasks, the first of which has its turn, while the root task waits outside.
fn two() -> (Vm, TaskId, TaskId) {
    let mut vm = scheduled();
    let (a, b) = (spawn(&mut vm, 1), spawn(&mut vm, 1));
    assert!(matches!(wait_outside(&mut vm), Instruction::StartTask { .. }));
    (vm, a, b)
}

#[test]
fn tasks_that_wait_for_one_another_are_a_circle_and_the_oldest_is_told() {
    let (mut vm, a, b) = two();
    assert!(matches!(wait(&mut vm, b), Instruction::StartTask { .. }));
    assert_eq!(stuck(&mut vm), None);
    assert_eq!(wait(&mut vm, a), Instruction::Idle);
    assert_eq!(stuck(&mut vm), Some((a, true, 2)));
    assert!(matches!(turn(&mut vm, Command::Interrupt { task: Some(a) }), Instruction::Throw(_)));
    assert_eq!(stuck(&mut vm), None);
    check_ends(vm);
}

#[test]
fn who_waits_for_who_waits_outside_is_not_stuck() {
    let (mut vm, _, b) = two();
    assert!(matches!(wait(&mut vm, b), Instruction::StartTask { .. }));
    assert_eq!(wait_outside(&mut vm), Instruction::Idle);
    assert_eq!(stuck(&mut vm), None);
    check_ends(vm);
}

#[test]
fn a_permit_that_only_its_waiter_holds_never_comes() {
    let (mut vm, a, _) = two();
    assert!(matches!(acquire(&mut vm), Instruction::Load(_)));
    let semaphore = vm.outcome().named.expect("a semaphore with a permit out has a name");
    assert!(matches!(
        perform(&mut vm, EffectType::ACQUIRE, [semaphore.0, semaphore.1, 1]),
        Instruction::StartTask { .. }
    ));
    // Who runs may give back nothing of it, because it was not spawned there.
    assert_eq!(stuck(&mut vm), Some((a, true, 1)));
    check_ends(vm);
}

#[test]
fn a_permit_that_a_spawned_task_may_give_back_may_come() {
    let (mut vm, ..) = two();
    assert!(matches!(acquire(&mut vm), Instruction::Load(_)));
    let semaphore = vm.outcome().named.expect("a semaphore with a permit out has a name");
    spawn(&mut vm, 1);
    assert!(matches!(
        perform(&mut vm, EffectType::ACQUIRE, [semaphore.0, semaphore.1, 1]),
        Instruction::StartTask { .. }
    ));
    // The other one ends, the spawned one waits for the outside.
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::StartTask { .. }));
    assert_eq!(wait_outside(&mut vm), Instruction::Idle);
    assert_eq!(stuck(&mut vm), None);
    check_ends(vm);
}

#[test]
fn who_runs_is_interrupted_by_nobody() {
    let (mut vm, a, _) = two();
    check_refused(&mut vm, Command::Interrupt { task: Some(a) }, Fault::OutOfOrder);
}
