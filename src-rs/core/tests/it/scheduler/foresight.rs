//! Foresight: what the host does in the scheduler's place has the effect of the commands that it replaces.

use doeff_vm_core::{Command, Deed, EffectType, Foresight, GeneratorSlot, Instruction, Named, Vm, Waitable};

/// A program runs as the root task of a scheduler; a task that it has spawned waits for a promise, and is in this place.
fn two_tasks() -> (Vm, Waitable, GeneratorSlot) {
    let mut vm = Vm::new();
    vm.turn(Command::Start);
    vm.turn(Command::InstallScheduler { most: 10, preempt_every: 0 });
    vm.turn(Command::Call);
    vm.replay(Deed::Spawned { options: 1 });
    let outcome = *perform(&mut vm, EffectType::YIELD, [0; 3]);
    let Instruction::StartTask { slot, .. } = outcome.instruction else {
        panic!("the task starts, not {:?}", outcome.instruction)
    };
    let outcome = *perform(&mut vm, EffectType::WAIT, [0, 0, 1]);
    let (index, generation) = outcome.named.expect("the promise is named");
    assert_eq!(outcome.waiter.map(|(waiter, _)| waiter), Some(slot), "it is known who waits");
    (vm, Waitable::from_words(index, generation).expect("a name"), slot)
}

fn perform(vm: &mut Vm, effect: EffectType, subject: [u32; 3]) -> &doeff_vm_core::Outcome {
    vm.name_subject(subject);
    vm.turn(Command::Perform { effect, key: None })
}

#[test]
fn a_task_hands_off_to_the_one_whose_promise_was_settled() {
    let (mut vm, promise, slot) = two_tasks();
    assert!(vm.foresight().alone);
    vm.replay(Deed::Settled { promise, failed: false });
    assert!(!vm.foresight().alone, "somebody is ready");
    let Some(Named::Waitable { waitable: awaited, .. }) = vm.replay(Deed::HandedOff { to: slot }) else {
        panic!("what is waited for is named")
    };
    assert!(vm.foresight().alone, "the other one runs");
    let (index, generation) = awaited.words();
    let outcome = perform(&mut vm, EffectType::COMPLETE_PROMISE, [index, generation, 0]);
    assert_eq!(outcome.instruction, Instruction::Task);
    let outcome = perform(&mut vm, EffectType::YIELD, [0; 3]);
    assert!(matches!(outcome.instruction, Instruction::Answer { .. }), "the root task goes on: {outcome:?}");
}

#[test]
#[should_panic(expected = "went on")]
fn a_host_that_has_let_another_task_go_on_is_told() {
    let (mut vm, promise, slot) = two_tasks();
    vm.replay(Deed::Settled { promise, failed: false });
    let other = GeneratorSlot::from_word(slot.word() + 1).expect("a place");
    vm.replay(Deed::HandedOff { to: other });
}

#[test]
fn nothing_is_foreseen_where_there_are_two_schedulers() {
    let (mut vm, ..) = two_tasks();
    vm.turn(Command::InstallScheduler { most: 10, preempt_every: 0 });
    // But it is known that what resumes may be a clause of an inherited handler.
    assert_eq!(vm.foresight(), Foresight { inherits: true, ..Foresight::default() });
}

#[test]
fn what_others_wait_for_is_not_known_once_stamps_are_taken_back() {
    let (mut vm, ..) = two_tasks();
    vm.forget_stamps();
    assert!(!vm.foresight().alone);
}

#[test]
fn who_waits_for_a_forgotten_promise_is_not_known_before_the_host_has_dropped_it() {
    let (mut vm, ..) = two_tasks();
    let outcome = perform(&mut vm, EffectType::WAIT, [0, 0, 1]);
    assert_eq!(outcome.instruction, Instruction::Deadlock);
    vm.turn(Command::Interrupt { task: None });
    assert!(!vm.foresight().alone);
    vm.turn(Command::Drain);
    while vm.release().is_some() {}
    assert!(vm.foresight().alone);
}
