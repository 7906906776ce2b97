//! What a host may say about tasks; what makes no sense is refused and changes nothing.

use doeff_vm_core::{Activity, Command, EffectType, Fault, Instruction, PromiseId, SemaphoreId, TaskId, Vm, Waitable};

use crate::commands::{begin, check_ends, check_refused, running, turn};

pub(super) fn perform(vm: &mut Vm, effect: EffectType, subject: [u32; 3]) -> Instruction {
    vm.name_subject(subject);
    turn(vm, Command::Perform { effect, key: None })
}

/// A run with a scheduler and its root task.
pub(super) fn scheduled() -> Vm {
    let (mut vm, _) = running();
    let install = Command::InstallScheduler { most: 1000, preempt_every: 0 };
    assert!(matches!(turn(&mut vm, install), Instruction::Defined { store: None, .. }));
    begin(&mut vm);
    vm
}

pub(super) fn spawn(vm: &mut Vm, options: u32) -> TaskId {
    match perform(vm, EffectType::SPAWN, [options, 0, 0]) {
        Instruction::Spawned { task, .. } => task,
        other => panic!("a task is spawned, not {other:?}"),
    }
}

fn words(waitable: Waitable) -> [u32; 3] {
    [waitable.words().0, waitable.words().1, 0]
}

pub(super) fn wait(vm: &mut Vm, task: TaskId) -> Instruction {
    perform(vm, EffectType::WAIT, words(Waitable::Task(task)))
}

fn unknown_promise() -> Waitable {
    Waitable::Promise(PromiseId::from_words(7, 7).expect("generations start at 1"))
}

#[test]
fn without_a_scheduler_its_commands_are_out_of_order() {
    let (mut vm, _) = running();
    let watch = Command::Watch { waitable: None, external: false };
    for command in
        [watch, Command::Park { every: None }, Command::Next { settled: None }, Command::Interrupt { task: None }]
    {
        check_refused(&mut vm, command, Fault::OutOfOrder);
    }
    check_ends(vm);
}

#[test]
fn while_a_task_runs_nothing_else_is_next_and_nothing_is_interrupted() {
    let mut vm = scheduled();
    for command in
        [Command::Next { settled: None }, Command::Interrupt { task: None }, Command::Park { every: Some(true) }]
    {
        check_refused(&mut vm, command, Fault::OutOfOrder);
    }
    check_ends(vm);
}

#[test]
fn parking_takes_what_is_on_offer_once() {
    let mut vm = scheduled();
    let park = Command::Park { every: Some(true) };
    let tasks = [spawn(&mut vm, 1), spawn(&mut vm, 1)];
    assert_eq!(perform(&mut vm, EffectType::GATHER, [0; 3]), Instruction::Task);
    vm.offer(tasks.iter().flat_map(|&task| words(Waitable::Task(task)).into_iter().take(2)));
    assert!(matches!(turn(&mut vm, park), Instruction::StartTask { .. }));
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::StartTask { .. }));
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::Answer { .. }));
    assert_eq!(perform(&mut vm, EffectType::GATHER, [0; 3]), Instruction::Task);
    check_refused(&mut vm, park, Fault::OutOfOrder);
    check_ends(vm);
}

#[test]
fn what_was_listed_is_not_on_offer() {
    let mut vm = scheduled();
    spawn(&mut vm, 1);
    assert_eq!(perform(&mut vm, EffectType::GATHER, [0; 3]), Instruction::Task);
    assert!(matches!(turn(&mut vm, Command::Tasks { from: 0 }), Instruction::Listed { .. }));
    assert!(!vm.listing().is_empty());
    assert_eq!(turn(&mut vm, Command::WatchOffered), Instruction::Ready);
    check_refused(&mut vm, Command::Park { every: None }, Fault::OutOfOrder);
    check_ends(vm);
}

#[test]
fn what_is_not_pending_cannot_be_offered() {
    let mut vm = scheduled();
    for command in [Command::WatchOffered, Command::Park { every: None }] {
        vm.offer(words(unknown_promise()).into_iter().take(2));
        check_refused(&mut vm, command, Fault::OutOfOrder);
        assert_eq!(turn(&mut vm, Command::WatchOffered), Instruction::Ready);
    }
    check_ends(vm);
}

#[test]
fn settling_what_nobody_waits_for_changes_nothing() {
    let mut vm = scheduled();
    let before = vm.stats();
    for failed in [false, true] {
        assert_eq!(turn(&mut vm, Command::Settle { waitable: unknown_promise(), failed }), Instruction::Ready);
    }
    assert_eq!(vm.stats(), before);
    check_ends(vm);
    let mut idle = Vm::new();
    assert_eq!(turn(&mut idle, Command::Settle { waitable: unknown_promise(), failed: false }), Instruction::Ready);
}

#[test]
fn a_stale_name_is_the_hosts_affair() {
    let mut vm = scheduled();
    let task = spawn(&mut vm, 1);
    assert!(matches!(wait(&mut vm, task), Instruction::StartTask { .. }));
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::Answer { .. }));
    // The task has ended: the host knows how. Cancelling it does nothing.
    assert_eq!(wait(&mut vm, task), Instruction::Task);
    assert!(matches!(perform(&mut vm, EffectType::CANCEL, words(Waitable::Task(task))), Instruction::Load(_)));
    assert_eq!(perform(&mut vm, EffectType::WAIT, words(unknown_promise())), Instruction::Task);
    let fault = Instruction::Fault(Fault::TooManyPermits);
    assert_eq!(perform(&mut vm, EffectType::RELEASE, [7, 7, 1]), fault);
    check_ends(vm);
}

#[test]
fn a_new_task_does_not_answer_to_the_name_of_one_that_has_ended() {
    let mut vm = scheduled();
    let first = spawn(&mut vm, 1);
    assert!(matches!(wait(&mut vm, first), Instruction::StartTask { .. }));
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::Answer { .. }));
    let second = spawn(&mut vm, 1);
    assert_eq!(first.words().0, second.words().0);
    assert!(matches!(perform(&mut vm, EffectType::CANCEL, words(Waitable::Task(first))), Instruction::Load(_)));
    assert!(matches!(wait(&mut vm, second), Instruction::StartTask { .. }));
    check_ends(vm);
}

#[test]
fn a_name_is_two_words_and_back() {
    let waitables = [
        Waitable::Task(TaskId::from_words(3, 9).expect("not 0")),
        Waitable::Promise(PromiseId::from_words(3, 9).expect("not 0")),
    ];
    for waitable in waitables {
        let (index, generation) = waitable.words();
        assert_eq!(Waitable::from_words(index, generation), Some(waitable));
        assert_eq!(Waitable::from_words(index, 0), None);
    }
    assert_ne!(waitables[0].words(), waitables[1].words());
    assert!(SemaphoreId::from_words(1, 1).is_some());
}

#[test]
fn the_tasks_are_listed_in_the_order_of_spawning() {
    let mut vm = scheduled();
    let (high, daemon) = (spawn(&mut vm, 2), spawn(&mut vm, 5));
    let idle = spawn(&mut vm, 0);
    perform(&mut vm, EffectType::CANCEL, words(Waitable::Task(idle)));
    // High starts, and parks on the semaphore that the root task holds.
    let [index, generation] = {
        vm.name_subject([0, 0, 1]);
        let outcome = *vm.turn(Command::Perform { effect: EffectType::ACQUIRE, key: None });
        let named = outcome.named.expect("the semaphore has a name");
        [named.0, named.1]
    };
    assert!(matches!(wait(&mut vm, daemon), Instruction::StartTask { .. }));
    let next = perform(&mut vm, EffectType::ACQUIRE, [index, generation, 1]);
    assert!(matches!(next, Instruction::StartTask { .. }));
    assert_eq!(vm.turn(Command::Tasks { from: 0 }).instruction, Instruction::Listed { more: false });
    let listed: Vec<[u32; 4]> =
        vm.listing().chunks(8).map(|task| [u32::from(task[0] > 0), task[1], task[3], task[4]]).collect();
    let of = |handle, activity: Activity, priority, flags| [handle, activity as u32, priority, flags];
    let expected = [
        of(0, Activity::Waiting, 1, 0),
        of(1, Activity::Acquiring, 2, 0),
        of(1, Activity::Running, 1, 1),
        of(1, Activity::Ready, 0, 2),
    ];
    assert_eq!(listed, expected);
    let waits_for: Vec<u32> = vm.listing().chunks(8).map(|task| task[2]).collect();
    assert_eq!(waits_for[0], vm.listing()[8 * 2], "the root waits for the daemon's handle");
    assert_ne!(waits_for[1], 0);
    let _ = high;
    check_ends(vm);
}

#[test]
fn a_long_list_of_tasks_comes_in_pages() {
    let mut vm = scheduled();
    for _ in 0..150 {
        spawn(&mut vm, 1);
    }
    assert_eq!(vm.turn(Command::Tasks { from: 0 }).instruction, Instruction::Listed { more: true });
    assert_eq!(vm.listing().len(), 60 * 8);
    assert_eq!(vm.turn(Command::Tasks { from: 120 }).instruction, Instruction::Listed { more: false });
    assert_eq!(vm.listing().len(), 31 * 8);
    assert_eq!(vm.turn(Command::Tasks { from: 500 }).instruction, Instruction::Listed { more: false });
    assert!(vm.listing().is_empty());
    end(vm);
}

#[test]
fn no_more_than_a_page_of_tasks_is_told_as_left_over() {
    let mut vm = scheduled();
    for _ in 0..150 {
        spawn(&mut vm, 1);
    }
    assert_eq!(turn(&mut vm, Command::Return), Instruction::Leftover);
    assert_eq!(vm.listing().len(), 100);
    end(vm);
}

/// Ends the run, task by task.
fn end(mut vm: Vm) {
    let mut instruction = turn(&mut vm, Command::Abort { waits: true });
    loop {
        instruction = match instruction {
            Instruction::Close(_) => turn(&mut vm, Command::Return),
            Instruction::Again | Instruction::Leftover => turn(&mut vm, Command::Next { settled: None }),
            Instruction::Done => break,
            other => panic!("a run that is aborted closes and ends, and does not {other:?}"),
        };
    }
    while vm.has_untold_releases() {
        turn(&mut vm, Command::Drain);
    }
    assert_eq!(vm.stats().tasks, 0);
    assert_eq!(vm.stats().values, 0);
}

#[test]
fn a_snapshot_may_be_taken_when_nothing_runs() {
    let mut vm = Vm::new();
    assert_eq!(vm.turn(Command::Tasks { from: 0 }).instruction, Instruction::Listed { more: false });
    assert!(vm.listing().is_empty());
}
