//! I9: what is true of tasks between any two turns. Each clause says what it asserts; `tests` break each one on purpose.

use rustc_hash::FxHashMap;

use crate::frame::Frame;
use crate::id::ValueSlot;
use crate::scheduler::link::{Target, WaitList};
use crate::scheduler::task::{Ending, Scheduler, Task, TaskId, Wait, Wake};
use crate::vm::Vm;

impl Vm {
    /// I9, in full: every task has one place: it runs, is queued, or waits; what it waits for knows of it; and who knows
    /// of it exists. O(tasks and links).
    pub(crate) fn check_tasks(&self) {
        self.check_task_frames();
        for (number, scheduler) in (0..).zip(&self.schedulers) {
            if let Some(scheduler) = scheduler {
                self.check_scheduler(number, scheduler);
            }
        }
        let mut queued: FxHashMap<TaskId, usize> = FxHashMap::default();
        for scheduler in self.schedulers.iter().flatten() {
            scheduler.ready.iter().for_each(|id| *queued.entry(id).or_default() += 1);
        }
        for (id, task) in self.tasks.iter() {
            self.check_place(id, task, queued.remove(&id).unwrap_or_default());
        }
        assert!(queued.is_empty(), "I9: who is queued exists");
        self.check_links();
        self.check_permits();
    }

    /// A task that has started has one task frame, the lowest of its lowest segment, on its scheduler's boundary.
    fn check_task_frames(&self) {
        let framed = self.frames().filter(|frame| matches!(frame, Frame::Task(_))).count();
        let mut started = 0;
        for (id, task) in self.tasks.iter() {
            let Some(bottom) = task.bottom else { continue };
            let bottom = self.segments.get(bottom).expect("I9: a started task has a segment");
            assert_eq!(bottom.frames.first(), Some(&Frame::Task(id)), "I9: the task frame is the lowest");
            let boundary = self.scheduler(task.scheduler).boundary;
            assert_eq!(bottom.parent, boundary, "I9: {id:?} is on its scheduler's boundary");
            started += 1;
        }
        assert_eq!(framed, started, "I9: every task frame is that of a task");
    }

    /// A scheduler counts its tasks; a task that it says runs does; one with nobody ready may park an outer task, which
    /// waits for it.
    fn check_scheduler(&self, number: u32, scheduler: &Scheduler) {
        let own = self.tasks.iter().filter(|(_, task)| task.scheduler == number).count();
        assert_eq!(scheduler.live as usize, own, "I9: scheduler {number} counts its tasks");
        assert!(scheduler.boundary.is_some() || own == 0, "I9: only a scheduler at work has tasks");
        for id in [scheduler.running, scheduler.root].into_iter().flatten() {
            let task = self.tasks.get(id).expect("I9: a scheduler's task exists");
            assert_eq!(task.scheduler, number, "I9: a scheduler's task is its own");
        }
        if let Some(outer) = scheduler.parked_in {
            let outer = self.tasks.get(outer).expect("I9: a task that waits for a scheduler exists");
            assert_eq!(outer.wait, Wait::Inner, "I9: scheduler {number} is waited for by the task that it is in");
            assert_eq!(outer.first, scheduler.boundary, "I9: that task is parked on its boundary");
            assert_eq!(scheduler.ready.iter().count(), 0, "I9: nobody is ready where an outer task waits");
        }
    }

    /// A task runs, and has no top; or it is queued once, at its priority, if and only if it was woken; or it waits.
    fn check_place(&self, id: TaskId, task: &Task, queued: usize) {
        let scheduler = self.scheduler(task.scheduler);
        assert_eq!(queued, usize::from(task.wake != Wake::Never), "I9: {id:?} is queued if and only if it was woken");
        let runs = scheduler.running == Some(id);
        assert!(!runs || queued == 0, "I9: {id:?} is queued and runs");
        assert_eq!(task.first.is_some(), task.bottom.is_some() && !runs, "I9: {id:?} has a top unless it runs");
        assert!(task.ended.is_none() || runs, "I9: {id:?} ends on top");
        let links = self.links.count(task.links);
        let hanging = self.links.hanging(task.links);
        match task.wait {
            Wait::Nothing => assert!(runs || (queued == 1 && links == 0), "I9: {id:?} has no place"),
            Wait::One => assert_eq!((links, hanging), (1, 1), "I9: {id:?} waits for one thing"),
            Wait::Permit => assert_eq!((links, hanging), (1, 1), "I9: {id:?} waits for one permit"),
            Wait::All { pending, .. } => assert_eq!(hanging, pending, "I9: {id:?} waits for {pending} things"),
            Wait::First { .. } => assert!(links > 0 && hanging == links, "I9: {id:?} waits for any of several"),
            Wait::Inner => {
                let inner = task.first.and_then(|first| self.scheduler_at(first));
                let parked = inner.is_some_and(|inner| self.scheduler(inner).parked_in == Some(id));
                assert!(parked && links == 0, "I9: {id:?} waits for a scheduler inside of it");
            }
        }
        assert!(task.wait == Wait::Nothing || (queued == 0 && !runs), "I9: {id:?} waits, and is ready");
    }

    /// Every link hangs on what exists, in the list there; a promise has a record only while somebody waits for it.
    fn check_links(&self) {
        let links: u32 = self.tasks.iter().map(|(_, task)| self.links.count(task.links)).sum();
        assert_eq!(links as usize, self.links.len(), "I9: every link is a task's");
        let mut outside = 0;
        let check = |list: WaitList, target: Target| {
            for link in self.links.list(list) {
                assert_eq!(self.links.target(link), Some(target), "I9: a link in a list hangs there");
            }
            self.links.list(list).count()
        };
        let mut hung = 0;
        for (id, task) in self.tasks.iter() {
            hung += check(task.waiters, Target::Task(id));
        }
        for (id, semaphore) in self.semaphores.iter() {
            hung += check(semaphore.waiters, Target::Semaphore(id));
        }
        for (id, promise) in self.promises.iter() {
            let count = check(promise.waiters, Target::Promise(id));
            assert!(count > 0, "I9: a promise that nobody waits for is forgotten");
            hung += count;
            outside += if promise.external { count } else { 0 };
        }
        let hanging: u32 = self.tasks.iter().map(|(_, task)| self.links.hanging(task.links)).sum();
        assert_eq!(hung, hanging as usize, "I9: every link that hangs is in a list");
        assert_eq!(self.waiting_outside as usize, outside, "I9: who waits for the outside is counted");
    }

    /// A semaphore has a record while permits are out; nobody waits while one is free; holders know what they hold.
    fn check_permits(&self) {
        let mut held: FxHashMap<_, _> = FxHashMap::default();
        for (id, task) in self.tasks.iter() {
            held.extend(task.permits.iter().map(|permit| ((permit.of, permit.number), id)));
        }
        for (id, semaphore) in self.semaphores.iter() {
            assert!(semaphore.free < semaphore.most, "I9: a semaphore with all permits in is forgotten");
            assert!(semaphore.free == 0 || semaphore.waiters.is_empty(), "I9: nobody waits while a permit is free");
            let out = (semaphore.most - semaphore.free) as usize;
            assert!(semaphore.holders.len() <= out, "I9: no more permits are held than are out");
            for (&number, &holder) in &semaphore.holders {
                assert_eq!(held.remove(&(id, number)), Some(holder), "I9: who holds a permit knows it");
            }
        }
        assert!(held.is_empty(), "I9: a permit is held of a semaphore that knows it");
    }

    /// The values that tasks, promises, semaphores and schedulers keep.
    pub(crate) fn kept_by_tasks(&self) -> Vec<ValueSlot> {
        let mut kept = Vec::new();
        for (_, task) in self.tasks.iter() {
            kept.extend([task.handle, task.wake.kept(), task.wait.kept()].into_iter().flatten());
        }
        kept.extend(self.promises.iter().map(|(_, promise)| promise.handle));
        kept.extend(self.semaphores.iter().map(|(_, semaphore)| semaphore.handle));
        for scheduler in self.schedulers.iter().flatten() {
            if let Some(Ending::Deliver(value) | Ending::Throw(value)) = scheduler.ending {
                kept.push(value);
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use crate::command::Command;
    use crate::id::{EffectType, ValueSlot};
    use crate::outcome::Instruction;
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
                vm.segment_mut(bottom).frames.swap(0, 1)
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
                vm.scheduler_mut(0).ready.push(gone, Priority::Idle)
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
                vm.task_mut(root).wake = Wake::Deliver
            };
        i9_every_link_that_hangs_is_in_a_list: "I9: every link that hangs is in a list",
            |vm, runs, ready| vm.task_mut(runs).waiters = crate::scheduler::link::WaitList::default();
        i9_a_semaphore_with_all_permits_in_is_forgotten: "I9: a semaphore with all permits in is forgotten",
            |vm, runs, ready| {
                let id = vm.task(runs).permits[0].of;
                vm.semaphores.get_mut(id).expect("a permit is out").free = 1
            };
        i9_who_holds_a_permit_knows_it: "I9: who holds a permit knows it",
            |vm, runs, ready| vm.task_mut(runs).permits.clear();
        i9_a_permit_is_of_a_semaphore_that_knows_it: "I9: a permit is held of a semaphore that knows it",
            |vm, runs, ready| {
                let id = vm.task(runs).permits[0].of;
                vm.semaphores.get_mut(id).expect("a permit is out").holders.clear()
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
}
