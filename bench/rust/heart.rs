//! Benches of the heart without Node: each is a loop of one thing that programs do, as commands and outcomes.
//!
//! `heart` prints nanoseconds per unit; `heart NAME N` runs one of them N times and prints nothing, for whoever counts
//! instructions (`npm run bench:instructions`).

use std::hint::black_box;
use std::time::Instant;

use doeff_vm_core::{
    CancelScopeId, ClauseKind, Command, Deed, EffectType, GeneratorSlot, HandlerId, Instruction, Named, Native,
    Opening, Position, Until, Vm, Waitable,
};

/// A bench: prepares a machine, then does its thing so many times.
type Bench = fn(u32);

const BENCHES: &[(&str, Bench)] = &[
    ("perform-resume-1", |n| perform_resume(1, n)),
    ("perform-resume-8", |n| perform_resume(8, n)),
    ("perform-resume-nontail", perform_resume_nontail),
    ("resumed-ahead", resumed_ahead),
    ("perform-fun", perform_fun),
    ("state-get", state_get),
    ("call-return", call_return),
    ("called-ahead-return", called_ahead_return),
    ("install-return", install_return),
    ("install-fresh-return", install_fresh_return),
    ("abort-64", abort),
    ("spawn-wait", spawn_wait),
    ("spawned-ahead", spawned_ahead),
    ("yield", yields),
    ("hand-off", hand_off),
    ("handed-off-ahead", handed_off_ahead),
    ("cancel", cancel),
    ("fun-program", fun_program),
    ("fun-program-ahead", fun_program_ahead),
    ("scope", scope),
    ("scope-ahead", scope_ahead),
    ("scope-cancelled", scope_cancelled),
    ("child-in-place", child_in_place),
    ("child-in-place-ahead", child_in_place_ahead),
    ("child-suspends", child_suspends),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [] => BENCHES.iter().for_each(|&(name, bench)| println!("{name} {:.1}", nanoseconds(bench))),
        [list] if list == "list" => BENCHES.iter().for_each(|(name, _)| println!("{name}")),
        [name, n] => {
            let bench = BENCHES.iter().find(|(own, _)| own == name).expect("there is a bench of this name").1;
            bench(n.parse().expect("a number of times"));
        }
        _ => panic!("usage: heart [list | NAME N]"),
    }
}

/// The least of seven samples.
fn nanoseconds(bench: Bench) -> f64 {
    const UNITS: u32 = 200_000;
    let sample = || {
        let start = Instant::now();
        bench(UNITS);
        start.elapsed().as_secs_f64() * 1e9 / f64::from(UNITS)
    };
    (0..7).map(|_| sample()).fold(f64::INFINITY, f64::min)
}

fn user(number: u32) -> EffectType {
    EffectType::from_word(EffectType::FIRST_FREE + number).expect("effect types start at 1")
}

fn define(vm: &mut Vm, effect: EffectType, kind: ClauseKind) -> HandlerId {
    let Instruction::Defined { handler, .. } = vm.turn(Command::DefineHandler { returns: false }).instruction else {
        panic!("a handler is defined")
    };
    vm.turn(Command::DefineClause { handler, effect: Some(effect), kind });
    handler
}

/// A program runs under a handler for the first effect, with `depth - 1` unrelated ones inside of it.
fn under(depth: u32, kind: ClauseKind) -> Vm {
    let mut vm = Vm::new();
    let handlers: Vec<HandlerId> = (0..depth).map(|number| define(&mut vm, user(number), kind)).collect();
    vm.turn(Command::Start);
    vm.turn(Command::Call);
    for handler in handlers {
        vm.turn(Command::Install { handler });
        vm.turn(Command::Call);
    }
    vm
}

fn lease(vm: &mut Vm) -> Vec<GeneratorSlot> {
    vm.turn(Command::Lease);
    vm.listing().iter().filter_map(|&word| GeneratorSlot::from_word(word)).collect()
}

fn perform(vm: &mut Vm) -> Command {
    match vm.turn(Command::Perform { effect: user(0), key: None }).instruction {
        Instruction::Ctl { k, .. } => Command::Resume { k, throws: false, position: Position::Tail },
        other => panic!("a clause starts, not {other:?}"),
    }
}

/// Capture, and resume in tail position.
fn perform_resume(depth: u32, n: u32) {
    let mut vm = under(depth, ClauseKind::Ctl);
    for _ in 0..n {
        let resume = perform(&mut vm);
        black_box(vm.turn(resume));
    }
}

/// Capture, and resume while the clause waits; a hundred at a time, then they return.
fn perform_resume_nontail(n: u32) {
    let mut left = n;
    while left > 0 {
        let mut vm = under(1, ClauseKind::Ctl);
        let pending = left.min(100);
        for _ in 0..pending {
            let Command::Resume { k, throws, .. } = perform(&mut vm) else { unreachable!("it resumes") };
            vm.turn(Command::Resume { k, throws, position: Position::NonTail });
        }
        for _ in 0..=pending {
            black_box(vm.turn(Command::Return));
        }
        left -= pending;
    }
}

/// The same, told afterwards.
fn resumed_ahead(n: u32) {
    let mut left = n;
    while left > 0 {
        let mut vm = under(1, ClauseKind::Ctl);
        let places = lease(&mut vm);
        let pending = left.min(100);
        for &slot in &places[..pending as usize] {
            vm.replay(Deed::Resumed { effect: user(0), slot });
        }
        vm.turn(Command::Return);
        vm.replay(Deed::Ended { count: pending - 1 });
        black_box(vm.turn(Command::Return));
        left -= pending;
    }
}

fn perform_fun(n: u32) {
    let mut vm = under(1, ClauseKind::Fun);
    for _ in 0..n {
        black_box(vm.turn(Command::PerformLate { effect: user(0), key: None }));
    }
}

fn state_get(n: u32) {
    let mut vm = Vm::new();
    vm.turn(Command::Start);
    vm.turn(Command::Call);
    vm.turn(Command::InstallFresh { native: Native::State, returns: false });
    vm.turn(Command::Call);
    let Instruction::Keep { new_key: key, .. } =
        vm.turn(Command::Perform { effect: EffectType::PUT, key: None }).instruction
    else {
        panic!("a value is kept")
    };
    for _ in 0..n {
        black_box(vm.turn(Command::PerformLate { effect: EffectType::GET, key }));
    }
}

fn call_return(n: u32) {
    let mut vm = under(1, ClauseKind::Ctl);
    for _ in 0..n {
        vm.turn(Command::Call);
        black_box(vm.turn(Command::Return));
    }
}

/// The same, the call told afterwards.
fn called_ahead_return(n: u32) {
    let mut vm = under(1, ClauseKind::Ctl);
    let mut places = Vec::new();
    for _ in 0..n {
        if places.is_empty() {
            places = lease(&mut vm);
        }
        if let Some(slot) = places.pop() {
            vm.replay(Deed::Called { slot });
        }
        black_box(vm.turn(Command::Return));
    }
}

fn install_return(n: u32) {
    let mut vm = under(1, ClauseKind::Ctl);
    let handler = define(&mut vm, user(1), ClauseKind::Ctl);
    for _ in 0..n {
        vm.turn(Command::Install { handler });
        vm.turn(Command::Call);
        black_box(vm.turn(Command::Return));
    }
}

/// A handler with a store of its own, which ends with it.
fn install_fresh_return(n: u32) {
    let mut vm = under(1, ClauseKind::Ctl);
    for _ in 0..n {
        vm.turn(Command::InstallFresh { native: Native::State, returns: false });
        vm.turn(Command::Call);
        vm.turn(Command::Perform { effect: EffectType::PUT, key: None });
        black_box(vm.turn(Command::Return));
        while vm.release().is_some() {}
    }
}

/// One frame of 64 that a `final` clause unwinds.
fn abort(n: u32) {
    const FRAMES: u32 = 64;
    for _ in 0..n / FRAMES {
        let mut vm = under(1, ClauseKind::Final);
        for _ in 1..FRAMES {
            vm.turn(Command::Call);
        }
        vm.turn(Command::Perform { effect: user(0), key: None });
        black_box(vm.turn(Command::Closed { count: FRAMES }));
    }
}

/// A program runs as the root task of a scheduler.
fn scheduled() -> Vm {
    let mut vm = Vm::new();
    vm.turn(Command::Start);
    vm.turn(Command::InstallScheduler { most: 1_000, preempt_every: 0 });
    vm.turn(Command::Call);
    vm
}

fn spawn(vm: &mut Vm) -> Waitable {
    vm.name_subject([1, 0, 0]);
    match vm.turn(Command::Perform { effect: EffectType::SPAWN, key: None }).instruction {
        Instruction::Spawned { task, .. } => Waitable::Task(task),
        other => panic!("a task is spawned, not {other:?}"),
    }
}

/// A task is spawned, waited for, started, and returns.
fn spawn_wait(n: u32) {
    let mut vm = scheduled();
    for _ in 0..n {
        let (index, generation) = spawn(&mut vm).words();
        vm.name_subject([index, generation, 1]);
        vm.turn(Command::Perform { effect: EffectType::WAIT, key: None });
        black_box(vm.turn(Command::Return));
        while vm.release().is_some() {}
    }
}

/// A task is spawned, told afterwards, waited for, started, and returns.
fn spawned_ahead(n: u32) {
    let mut vm = scheduled();
    for _ in 0..n {
        let Some(Named::Waitable { waitable, .. }) = vm.replay(Deed::Spawned { options: 1 }) else {
            panic!("a task is spawned")
        };
        let (index, generation) = waitable.words();
        vm.name_subject([index, generation, 1]);
        vm.turn(Command::Perform { effect: EffectType::WAIT, key: None });
        black_box(vm.turn(Command::Return));
        while vm.release().is_some() {}
    }
}

/// The task that runs waits for a new promise; gives its name.
fn wait_for_new(vm: &mut Vm) -> Waitable {
    vm.name_subject([0, 0, 1]);
    vm.turn(Command::Perform { effect: EffectType::WAIT, key: None });
    let (index, generation) = vm.outcome().named.expect("the promise is named");
    Waitable::from_words(index, generation).expect("a name")
}

/// Two tasks take turns: each settles the promise that the other one waits for, told afterwards, and waits for a new one.
fn hand_off(n: u32) {
    let mut vm = scheduled();
    spawn(&mut vm);
    let mut promise = wait_for_new(&mut vm);
    for _ in 0..n {
        vm.replay(Deed::Settled { promise, failed: false });
        promise = black_box(wait_for_new(&mut vm));
        while vm.release().is_some() {}
    }
}

/// The same, with the waiting told afterwards as well.
fn handed_off_ahead(n: u32) {
    let mut vm = scheduled();
    spawn(&mut vm);
    let mut places = [GeneratorSlot::from_word(1), GeneratorSlot::from_word(2)].map(|slot| slot.expect("a place"));
    let mut promise = wait_for_new(&mut vm);
    for round in 0..n {
        vm.replay(Deed::Settled { promise, failed: false });
        let Some(Named::Waitable { waitable, .. }) = black_box(vm.replay(Deed::HandedOff { to: places[0] })) else {
            panic!("the promise is named")
        };
        promise = waitable;
        places.swap(0, 1);
        if round % 32 == 0 {
            vm.turn(Command::Drain);
            while vm.release().is_some() {}
        }
    }
}

/// A task that waits is cancelled, told afterwards, and closed.
fn cancel(n: u32) {
    let mut vm = scheduled();
    for _ in 0..n {
        let task = spawn(&mut vm);
        vm.turn(Command::Perform { effect: EffectType::YIELD, key: None });
        wait_for_new(&mut vm);
        let Waitable::Task(task) = task else { panic!("a task is cancelled") };
        vm.replay(Deed::Cancelled { task });
        vm.turn(Command::Perform { effect: EffectType::YIELD, key: None });
        black_box(vm.turn(Command::Closed { count: 1 }));
        while vm.release().is_some() {}
    }
}

/// A `fun` clause answers with a program, which returns.
fn fun_program(n: u32) {
    let mut vm = under(1, ClauseKind::Fun);
    for _ in 0..n {
        vm.turn(Command::PerformLate { effect: user(0), key: None });
        vm.turn(Command::FunProgram);
        black_box(vm.turn(Command::Return));
    }
}

/// Gives one leased place after the other.
struct Places(Vec<GeneratorSlot>);

impl Places {
    fn next(&mut self, vm: &mut Vm) -> GeneratorSlot {
        if self.0.is_empty() {
            self.0 = lease(vm);
        }
        self.0.pop().expect("a lease lends places")
    }
}

/// The same, the call of the program told afterwards.
fn fun_program_ahead(n: u32) {
    let mut vm = under(1, ClauseKind::Fun);
    let mut places = Places(Vec::new());
    for _ in 0..n {
        let slot = places.next(&mut vm);
        vm.replay(Deed::Answering { effect: user(0), slot });
        black_box(vm.turn(Command::Return));
    }
}

const SCOPE: Opening = Opening::CancelScope { collects: false };

fn open_scope(vm: &mut Vm) -> CancelScopeId {
    match vm.turn(Command::Open(SCOPE)).instruction {
        Instruction::Opened { scope, .. } => scope,
        other => panic!("a scope is opened, not {other:?}"),
    }
}

/// A cancel scope around a program that returns.
fn scope(n: u32) {
    let mut vm = scheduled();
    for _ in 0..n {
        open_scope(&mut vm);
        vm.turn(Command::Call);
        black_box(vm.turn(Command::Return));
        while vm.release().is_some() {}
    }
}

/// The same, the opening and the call told afterwards.
fn scope_ahead(n: u32) {
    let mut vm = scheduled();
    let mut places = Places(Vec::new());
    for _ in 0..n {
        let slot = places.next(&mut vm);
        vm.replay(Deed::Opened { opening: SCOPE, slot });
        black_box(vm.turn(Command::Return));
        while vm.release().is_some() {}
    }
}

/// A cancel scope whose program waits, until it is cancelled and closed: as by its deadline.
fn scope_cancelled(n: u32) {
    let mut vm = scheduled();
    for _ in 0..n {
        let scope = open_scope(&mut vm);
        vm.turn(Command::Call);
        wait_for_new(&mut vm);
        vm.turn(Command::CancelScope { scope });
        vm.turn(Command::Next { settled: None });
        vm.turn(Command::Closed { count: 1 });
        black_box(vm.turn(Command::Deliver));
        while vm.release().is_some() {}
    }
}

/// The body of a form stands on its boundary.
fn formed() -> (Vm, CancelScopeId) {
    let mut vm = scheduled();
    let form = open_scope(&mut vm);
    vm.turn(Command::Call);
    (vm, form)
}

/// A child of a form that returns at once.
fn child_in_place(n: u32) {
    let (mut vm, _) = formed();
    for _ in 0..n {
        vm.turn(Command::Open(Opening::Child));
        vm.turn(Command::Call);
        black_box(vm.turn(Command::Return));
    }
}

/// The same, the opening and the call told afterwards.
fn child_in_place_ahead(n: u32) {
    let (mut vm, _) = formed();
    let mut places = Places(Vec::new());
    for _ in 0..n {
        let slot = places.next(&mut vm);
        vm.replay(Deed::Opened { opening: Opening::Child, slot });
        black_box(vm.turn(Command::Return));
    }
}

/// A child of a form that yields once, and so becomes a task that its parent joins.
fn child_suspends(n: u32) {
    let (mut vm, form) = formed();
    for _ in 0..n {
        vm.turn(Command::Open(Opening::Child));
        vm.turn(Command::Call);
        vm.turn(Command::Perform { effect: EffectType::YIELD, key: None });
        vm.note_forked();
        vm.turn(Command::Join { scope: form, until: Until::All });
        black_box(vm.turn(Command::Return));
        while vm.release().is_some() {}
    }
}

/// Two tasks take turns.
fn yields(n: u32) {
    let mut vm = scheduled();
    spawn(&mut vm);
    for _ in 0..n {
        black_box(vm.turn(Command::Perform { effect: EffectType::YIELD, key: None }));
    }
}
