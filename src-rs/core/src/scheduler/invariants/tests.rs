//! I9 and I11 are broken on purpose, in every part.

use crate::command::Command;
use crate::frame::{Completion, Frame};
use crate::id::{EffectType, ValueSlot};
use crate::outcome::Instruction;
use crate::region::{CancelScopeId, Opening, Region};
use crate::scheduler::form::Until;
use crate::scheduler::task::{Priority, TaskId, Wait, Waitable, Wake};
use crate::vm::Vm;

fn perform(vm: &mut Vm, effect: EffectType, subject: [u32; 3]) -> Instruction {
    vm.name_subject(subject);
    vm.turn(Command::Perform { effect, key: None }).instruction
}

/// A task that runs and holds a permit, a root task that waits for it, and a task that has not started.
fn running() -> (Vm, TaskId, TaskId) {
    let mut vm = Vm::new();
    vm.turn(Command::Start);
    vm.turn(Command::InstallScheduler { most: 9, preempt_every: 0 });
    vm.turn(Command::Call);
    let tasks = [1, 0].map(|priority| match perform(&mut vm, EffectType::SPAWN, [priority, 0, 0]) {
        Instruction::Spawned { task, .. } => task,
        other => panic!("a task is spawned, not {other:?}"),
    });
    let (index, generation) = Waitable::Task(tasks[0]).words();
    let next = perform(&mut vm, EffectType::WAIT, [index, generation, 0]);
    assert!(matches!(next, Instruction::StartTask { .. }));
    perform(&mut vm, EffectType::ACQUIRE, [0, 0, 1]);
    (vm, tasks[0], tasks[1])
}

fn root(vm: &Vm) -> TaskId {
    vm.scheduler(0).root.expect("the root task waits")
}

/// The running task waits for the outside as well.
fn watching() -> Vm {
    let (mut vm, ..) = running();
    vm.turn(Command::Watch { waitable: None, external: true });
    vm
}

#[test]
fn a_machine_at_work_keeps_i9() {
    running().0.check_invariants();
    watching().check_invariants();
}

/// Breaks a machine at work, which is found.
macro_rules! broken {
    ($($name:ident: $message:literal, |$vm:ident, $runs:ident, $ready:ident| $breaking:expr;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            let (mut $vm, $runs, $ready) = running();
            let _ = ($runs, $ready);
            $breaking;
            $vm.check_tasks();
        }
    )*};
}

broken! {
    i9_the_task_frame_is_the_lowest: "I9: the task frame is the lowest",
        |vm, runs, ready| {
            let bottom = vm.task(runs).bottom.expect("it has started");
            vm.segment_mut(bottom).frames.swap(0, 1);
        };
    i9_every_task_frame_is_that_of_a_task: "I9: every task frame is that of a task",
        |vm, runs, ready| vm.task_mut(runs).bottom = None;
    i9_a_task_is_on_its_schedulers_boundary: "is on its scheduler's boundary",
        |vm, runs, ready| vm.scheduler_mut(0).boundary = None;
    i9_a_scheduler_counts_its_tasks: "I9: scheduler 0 counts its tasks",
        |vm, runs, ready| vm.scheduler_mut(0).live += 1;
    i9_a_schedulers_task_exists: "I9: a scheduler's task exists",
        |vm, runs, ready| vm.scheduler_mut(0).root = TaskId::from_words(9, 9);
    i9_an_outer_task_waits_for_the_scheduler_inside: "is waited for by the task that it is in",
        |vm, runs, ready| vm.scheduler_mut(0).parked_in = Some(runs);
    i9_a_task_that_was_woken_is_queued: "is queued if and only if it was woken",
        |vm, runs, ready| vm.task_mut(runs).wake = Wake::Deliver;
    i9_a_task_is_queued_once: "is queued if and only if it was woken",
        |vm, runs, ready| vm.scheduler_mut(0).ready.push(ready, Priority::Idle);
    i9_who_is_queued_exists: "I9: who is queued exists",
        |vm, runs, ready| {
            let gone = TaskId::from_words(9, 9).expect("not 0");
            vm.scheduler_mut(0).ready.push(gone, Priority::Idle);
        };
    i9_a_task_has_one_place: "has no place",
        |vm, runs, ready| {
            vm.scheduler_mut(0).running = None;
            vm.task_mut(runs).first = vm.current;
        };
    i9_a_task_that_runs_has_no_top: "has a top unless it runs",
        |vm, runs, ready| vm.task_mut(runs).first = vm.current;
    i9_a_task_that_waits_has_a_link: "waits for one thing",
        |vm, runs, ready| {
            let root = root(&vm);
            vm.task_mut(root).links = None;
        };
    i9_a_task_waits_for_all_that_is_pending: "waits for 2 things",
        |vm, runs, ready| {
            let root = root(&vm);
            vm.task_mut(root).wait = Wait::All { pending: 2, effect: ValueSlot::UNDEFINED };
        };
    i9_a_task_waits_for_a_scheduler_that_knows: "waits for a scheduler inside of it",
        |vm, runs, ready| {
            let root = root(&vm);
            vm.task_mut(root).wait = Wait::Inner;
        };
    i9_every_link_is_a_tasks: "I9: every link is a task's",
        |vm, runs, ready| {
            let root = root(&vm);
            vm.hang(root, crate::scheduler::link::Target::Task(ready));
            vm.task_mut(root).links = None;
            vm.task_mut(root).wait = Wait::Nothing;
            vm.scheduler_mut(0).ready.push(root, Priority::Normal);
            vm.task_mut(root).wake = Wake::Deliver;
        };
    i9_every_link_that_hangs_is_in_a_list: "I9: every link that hangs is in a list",
        |vm, runs, ready| vm.task_mut(runs).waiters = crate::scheduler::link::WaitList::default();
    i9_a_semaphore_with_all_permits_in_is_forgotten: "I9: a semaphore with all permits in is forgotten",
        |vm, runs, ready| {
            let id = vm.task(runs).permits[0].of;
            vm.semaphores.get_mut(id).expect("a permit is out").free = 1;
        };
    i9_who_holds_a_permit_knows_it: "I9: who holds a permit knows it",
        |vm, runs, ready| vm.task_mut(runs).permits.clear();
    i9_a_permit_is_of_a_semaphore_that_knows_it: "I9: a permit is held of a semaphore that knows it",
        |vm, runs, ready| {
            let id = vm.task(runs).permits[0].of;
            vm.semaphores.get_mut(id).expect("a permit is out").holders.clear();
        };
}

#[test]
#[should_panic(expected = "I9: who waits for the outside is counted")]
fn i9_who_waits_for_the_outside_is_counted() {
    let mut vm = watching();
    vm.waiting_outside = 0;
    vm.check_tasks();
}

#[test]
#[should_panic(expected = "I9: a promise that nobody waits for is forgotten")]
fn i9_a_promise_that_nobody_waits_for_is_forgotten() {
    let (mut vm, ..) = running();
    vm.turn(Command::Drain);
    vm.new_promise(false);
    vm.check_tasks();
}

// --- cancel scopes and forms ---------------------------------------------------------------------------------------

/// A form whose first child has become a task and waits, and whose second child is in place.
struct Forms {
    vm: Vm,
    form: CancelScopeId,
    /// The one that waits.
    child: TaskId,
}

fn forms() -> Forms {
    let mut vm = Vm::new();
    vm.turn(Command::Start);
    vm.turn(Command::InstallScheduler { most: 9, preempt_every: 0 });
    vm.turn(Command::Call);
    let Instruction::Opened { scope: form, .. } =
        vm.turn(Command::Open(Opening::CancelScope { collects: false })).instruction
    else {
        panic!("a scope is opened")
    };
    vm.turn(Command::Call);
    open_child(&mut vm);
    // The child waits, and the body of the form goes on.
    perform(&mut vm, EffectType::WAIT, [0, 0, 1]);
    let child = vm.forked()[0].task;
    open_child(&mut vm);
    Forms { vm, form, child }
}

fn open_child(vm: &mut Vm) {
    vm.turn(Command::Open(Opening::Child));
    vm.turn(Command::Call);
}

/// The second child has ended, and the parent waits for the first one, which runs.
fn joined() -> Forms {
    let Forms { mut vm, form, child } = forms();
    vm.turn(Command::Return);
    vm.turn(Command::Join { scope: form, until: Until::All });
    assert_eq!(vm.outcome().instruction, Instruction::Deadlock);
    Forms { vm, form, child }
}

#[test]
fn a_machine_with_forms_keeps_i11() {
    forms().vm.check_invariants();
    joined().vm.check_invariants();
}

/// Breaks a machine with a form, which is found.
macro_rules! broken_form {
    ($($name:ident: $message:literal, $forms:expr, |$vm:ident, $form:ident, $child:ident| $breaking:expr;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            let Forms { vm: mut $vm, form: $form, child: $child } = $forms;
            let _ = ($form, $child);
            $breaking;
            $vm.check_cancel_scopes();
        }
    )*};
}

broken_form! {
    i11_a_boundarys_scope_exists: "I11: a boundary's scope exists", forms(),
        |vm, form, child| vm.cancel_scopes.remove(form);
    i11_a_boundarys_scope_is_its_own: "I11: a boundary's scope is its own", forms(),
        |vm, form, child| {
            let top = vm.running();
            vm.cancel_scope_mut(form).segment = top;
        };
    i11_every_cancel_scope_has_a_boundary: "I11: every cancel scope has a boundary", forms(),
        |vm, form, child| {
            let boundary = vm.cancel_scope(form).segment;
            vm.segment_mut(boundary).region = Some(Region::Shield(1));
        };
    i11_a_scope_counts_its_tasks: "I11: a scope counts its tasks", forms(),
        |vm, form, child| vm.cancel_scope_mut(form).alive += 1;
    i11_a_scope_counts_the_tasks_that_it_ends: "I11: a scope counts the tasks that it ends", forms(),
        |vm, form, child| vm.task_mut(child).told_to_end = true;
    i11_a_task_knows_its_scope: "I11: a task knows its scope", forms(),
        |vm, form, child| vm.task_mut(child).member_of = None;
    i11_who_is_told_of_the_end_of_a_scopes_tasks_waits_for_it: "waits for it", forms(),
        |vm, form, child| vm.cancel_scope_mut(form).waiter = Some(child);
    i11_a_child_in_place_is_on_top_of_its_forms_boundary: "is on top of its form's boundary", forms(),
        |vm, form, child| {
            let scope = vm.top().scope;
            vm.push_segment(scope, None);
            vm.top_mut().region = Some(Region::Child(form.place()));
        };
    i11_children_in_place_are_counted: "I11: children in place are counted", forms(),
        |vm, form, child| vm.in_place += 1;
    i11_children_in_place_are_on_the_running_chain: "I11: children in place are on the running chain", joined(),
        |vm, form, child| {
            let first = vm.task(child).first.expect("it waits");
            vm.segment_mut(first).region = Some(Region::Child(form.place()));
        };
    i11_what_was_cancelled_is_counted: "I11: what was cancelled is counted", forms(),
        |vm, form, child| vm.cancel_scope_mut(form).cancelled = true;
    i11_what_is_put_back_is_awaited: "I11: what is put back is awaited", forms(),
        |vm, form, child| {
            let k = vm.continuations.insert(crate::continuation::Continuation::Unstarted);
            vm.push(Frame::After(Completion::PutBack { k }));
        };
    i11_nobody_waits_who_was_told_to_end: "waits, and was told to end", forms(),
        |vm, form, child| {
            vm.task_mut(child).cancelled = true;
            vm.cancelled += 1;
        };
}

#[test]
#[should_panic(expected = "waits for the tasks of a form")]
fn i9_a_task_that_waits_for_the_tasks_of_a_form_is_known_to_it() {
    let Forms { mut vm, form, .. } = joined();
    vm.cancel_scope_mut(form).waiter = None;
    vm.check_tasks();
}
