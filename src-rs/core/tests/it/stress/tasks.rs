//! Many tasks: what is over is swept, what is parked costs a segment each, and nothing is done for all when it concerns
//! one. Cost is counted in turns, not in time.

use doeff_vm_core::{ClauseKind, Command, EffectType, Instruction, Stats, TaskId, Waitable};

use super::{MILLION, Machine};
use crate::build::PICK;

const MANY: usize = if cfg!(debug_assertions) { 5_000 } else { 100_000 };
const WAITERS: usize = if cfg!(debug_assertions) { 2_000 } else { 10_000 };
const NORMAL: [u32; 3] = [1, 0, 0];

/// A machine with a scheduler and its root task; turns are counted.
struct Tasks {
    machine: Machine,
    turns: usize,
}

impl Tasks {
    fn start() -> Self {
        let mut tasks = Self { machine: Machine::start(), turns: 0 };
        let install = Command::InstallScheduler { most: 1_000_000, preempt_every: 0 };
        assert!(matches!(tasks.turn(install), Instruction::Defined { .. }));
        tasks.machine.call();
        tasks
    }

    fn turn(&mut self, command: Command) -> Instruction {
        self.turns += 1;
        self.machine.turn(command)
    }

    fn perform(&mut self, effect: EffectType, subject: [u32; 3]) -> Instruction {
        self.machine.0.name_subject(subject);
        self.turn(Command::Perform { effect, key: None })
    }

    fn spawn(&mut self) -> TaskId {
        match self.perform(EffectType::SPAWN, NORMAL) {
            Instruction::Spawned { task, .. } => task,
            other => panic!("a task is spawned, not {other:?}"),
        }
    }

    fn wait(&mut self, waitable: Waitable) -> Instruction {
        let (index, generation) = waitable.words();
        self.perform(EffectType::WAIT, [index, generation, 0])
    }

    /// Waits for a promise that nobody waits for; gives its name.
    fn wait_for_promise(&mut self) -> (Waitable, Instruction) {
        assert_eq!(self.perform(EffectType::WAIT, [0; 3]), Instruction::Task);
        self.turns += 2;
        let named = self.machine.0.turn(Command::Watch { waitable: None, external: false }).named;
        let (index, generation) = named.expect("the promise has got a name");
        let waitable = Waitable::from_words(index, generation).expect("it is one");
        (waitable, self.machine.turn(Command::Park { every: None }))
    }

    fn stats(&self) -> Stats {
        self.machine.0.stats()
    }

    /// The root task returns, and the program that it was a part of.
    fn finish(mut self) {
        assert!(matches!(self.turn(Command::Return), Instruction::Resume(_)));
        self.machine.finish(1);
    }

    /// Spawns that many tasks and parks all of them on one promise; the root task goes on.
    fn park(&mut self, count: usize) -> Waitable {
        for _ in 0..count {
            self.spawn();
        }
        assert!(matches!(self.perform(EffectType::YIELD, [0; 3]), Instruction::StartTask { .. }));
        let (promise, mut next) = self.wait_for_promise();
        while let Instruction::StartTask { .. } = next {
            next = self.wait(promise);
        }
        assert!(matches!(next, Instruction::Resume(_)));
        promise
    }
}

#[test]
fn a_million_tasks_one_after_the_other_leave_nothing() {
    let mut tasks = Tasks::start();
    let before = Stats { performed: 0, ..tasks.stats() };
    for _ in 0..MILLION {
        let task = tasks.spawn();
        assert!(matches!(tasks.wait(Waitable::Task(task)), Instruction::StartTask { .. }));
        assert!(matches!(tasks.turn(Command::Return), Instruction::Answer { .. }));
        assert_eq!(Stats { performed: 0, ..tasks.stats() }, before);
    }
    tasks.finish();
}

#[test]
fn a_million_tasks_that_nobody_waits_for_leave_nothing() {
    let mut tasks = Tasks::start();
    let before = Stats { performed: 0, ..tasks.stats() };
    for _ in 0..MILLION {
        tasks.spawn();
        assert!(matches!(tasks.perform(EffectType::YIELD, [0; 3]), Instruction::StartTask { .. }));
        assert!(matches!(tasks.turn(Command::Return), Instruction::Resume(_)));
        assert_eq!(Stats { performed: 0, ..tasks.stats() }, before);
    }
    tasks.finish();
}

#[test]
fn many_parked_tasks_cost_a_segment_and_two_frames_each_and_are_released_in_linear_time() {
    let mut turns = [MANY / 2, MANY].map(|count| {
        let mut tasks = Tasks::start();
        let before = tasks.stats();
        let promise = tasks.park(count);
        let parked = tasks.stats();
        assert_eq!([parked.segments - before.segments, parked.frames - before.frames], [count, 2 * count]);
        assert_eq!(parked.tasks - before.tasks, count);
        // A handle for each, and one for the promise.
        assert_eq!(parked.values - before.values, count + 1);
        assert_eq!(tasks.turn(Command::Settle { waitable: promise, failed: false }), Instruction::Ready);
        let mut next = tasks.perform(EffectType::YIELD, [0; 3]);
        while let Instruction::Answer { .. } = next {
            next = tasks.turn(Command::Return);
        }
        assert!(matches!(next, Instruction::Resume(_)));
        assert_eq!(Stats { performed: 0, ..tasks.stats() }, Stats { performed: 0, ..before });
        let turns = tasks.turns;
        tasks.finish();
        turns
    });
    // Spawned, parked, answered: a few turns for each, however many there are.
    turns[1] -= turns[0];
    assert_eq!(turns[1], 3 * (MANY - MANY / 2));
}

#[test]
fn many_parked_tasks_are_cancelled_at_the_end_in_linear_time() {
    let mut tasks = Tasks::start();
    tasks.park(MANY);
    let before = tasks.turns;
    assert_eq!(tasks.turn(Command::Return), Instruction::Leftover);
    let mut next = tasks.turn(Command::Next { settled: None });
    while let Instruction::Close(_) = next {
        next = tasks.turn(Command::Return);
    }
    assert!(matches!(next, Instruction::Resume(_)));
    assert_eq!(tasks.turns - before, MANY + 2);
    tasks.machine.finish(1);
}

#[test]
fn tasks_that_never_started_end_in_a_turn_each() {
    let mut tasks = Tasks::start();
    for _ in 0..MANY {
        tasks.spawn();
    }
    let stats = tasks.stats();
    assert_eq!([stats.segments, stats.tasks], [3, MANY + 1]);
    let before = tasks.turns;
    assert_eq!(tasks.turn(Command::Return), Instruction::Leftover);
    let mut next = tasks.turn(Command::Next { settled: None });
    while next == Instruction::Again {
        next = tasks.turn(Command::Next { settled: None });
    }
    assert!(matches!(next, Instruction::Resume(_)));
    assert_eq!(tasks.turns - before, MANY + 1);
    tasks.machine.finish(1);
}

#[test]
fn a_permit_is_handed_on_in_a_turn_however_many_wait_for_it() {
    let mut tasks = Tasks::start();
    tasks.machine.0.name_subject([0, 0, 1]);
    let named = tasks.machine.0.turn(Command::Perform { effect: EffectType::ACQUIRE, key: None }).named;
    let (index, generation) = named.expect("the semaphore has got a name");
    let semaphore = [index, generation, 1];
    let last = (0..WAITERS).map(|_| tasks.spawn()).last().expect("some are spawned");
    let mut next = tasks.perform(EffectType::YIELD, [0; 3]);
    while let Instruction::StartTask { .. } = next {
        next = tasks.perform(EffectType::ACQUIRE, semaphore);
    }
    assert!(matches!(next, Instruction::Resume(_)));
    assert!(matches!(tasks.perform(EffectType::RELEASE, semaphore), Instruction::Load(_)));
    let before = tasks.turns;
    let mut next = tasks.wait(Waitable::Task(last));
    while let Instruction::Resume(_) = next {
        assert!(matches!(tasks.perform(EffectType::RELEASE, semaphore), Instruction::Load(_)));
        next = tasks.turn(Command::Return);
    }
    assert!(matches!(next, Instruction::Answer { .. }));
    assert_eq!(tasks.turns - before, 2 * WAITERS + 1);
    assert_eq!(tasks.stats().values, 0);
    tasks.finish();
}

#[test]
fn the_handlers_around_a_spawn_cost_nothing_per_task() {
    const DEPTH: usize = 200;
    const TASKS: usize = 1_000;
    let segments = [1, DEPTH].map(|depth| {
        let mut tasks = Tasks::start();
        for _ in 0..depth {
            let handler = tasks.machine.define(PICK, ClauseKind::Fun);
            tasks.machine.install(handler);
        }
        let before = tasks.stats();
        tasks.park(TASKS);
        let after = tasks.stats();
        let grown = [after.segments - before.segments, after.frames - before.frames, after.scopes - before.scopes];
        abort(tasks);
        grown
    });
    assert_eq!(segments, [[TASKS, 2 * TASKS, 0]; 2]);
}

fn abort(mut tasks: Tasks) {
    let mut next = tasks.turn(Command::Abort { waits: true });
    loop {
        next = match next {
            Instruction::Close(_) => tasks.turn(Command::Return),
            Instruction::Again => tasks.turn(Command::Next { settled: None }),
            Instruction::Done => break,
            other => panic!("a run that is aborted closes and ends, and does not {other:?}"),
        };
    }
    tasks.machine.check_empty();
}
