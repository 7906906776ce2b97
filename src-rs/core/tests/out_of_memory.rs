//! When memory runs out, the process ends with Rust's own message, at whichever allocation that happens: nothing goes on
//! with half a machine. A child of this very program runs a script with an allocator that fails at the k-th allocation,
//! for every k until the script gets through.

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::Command as Process;
use std::sync::atomic::{AtomicU64, Ordering};

use doeff_vm_core::{ClauseKind, Command, EffectType, Instruction, Native, Position, Vm, Waitable};

/// Allocations until one fails.
static LEFT: AtomicU64 = AtomicU64::new(u64::MAX);

/// More allocations than the script makes.
const MANY: u64 = 10_000;

struct Failing;

impl Failing {
    fn may_allocate() -> bool {
        LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

// SAFETY: every call goes to the system's allocator as it is, or fails as an allocator may.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is handed on.
        if Self::may_allocate() { unsafe { System.alloc(layout) } } else { std::ptr::null_mut() }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `alloc` above, so from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Failing = Failing;

fn main() {
    if let Some(k) = std::env::args().nth(1).and_then(|word| word.parse().ok()) {
        LEFT.store(k, Ordering::Relaxed);
        script();
        LEFT.store(u64::MAX, Ordering::Relaxed);
        return;
    }
    let this = std::env::current_exe().expect("this program has a path");
    let failed = (0..MANY).take_while(|&k| fails_at(&this, k)).count();
    assert!((20..10_000).contains(&failed), "the script allocates, and gets through in the end");
    println!("test result: ok. {failed} failing allocations ended the process with a message");
}

/// Whether the script ran out of memory at its k-th allocation; it must have said so.
fn fails_at(this: &std::path::Path, k: u64) -> bool {
    let output = Process::new(this).arg(k.to_string()).output().expect("a child can be started");
    if output.status.success() {
        return false;
    }
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("memory allocation of"), "allocation {k}: {} {message}", output.status);
    true
}

/// A little of everything: handlers, a capture, a store, an unwinding, tasks.
fn script() {
    let mut vm = Vm::new();
    let effect = EffectType::from_word(EffectType::FIRST_FREE).expect("effect types start at 1");
    let Instruction::Defined { handler, .. } = vm.turn(Command::DefineHandler { returns: false }).instruction else {
        panic!("a handler is defined")
    };
    vm.turn(Command::DefineClause { handler, effect: Some(effect), kind: ClauseKind::Ctl });
    vm.turn(Command::Start);
    vm.turn(Command::InstallScheduler { most: 10, preempt_every: 0 });
    vm.turn(Command::Call);
    vm.turn(Command::Install { handler });
    vm.turn(Command::Call);
    vm.turn(Command::InstallFresh { native: Native::State, returns: false });
    vm.turn(Command::Call);
    for _ in 0..20 {
        vm.turn(Command::Perform { effect: EffectType::PUT, key: None });
    }
    let Instruction::Ctl { k, .. } = vm.turn(Command::Perform { effect, key: None }).instruction else {
        panic!("a clause starts")
    };
    vm.turn(Command::Resume { k, throws: false, position: Position::NonTail });
    vm.name_subject([1, 0, 0]);
    let Instruction::Spawned { task, .. } =
        vm.turn(Command::Perform { effect: EffectType::SPAWN, key: None }).instruction
    else {
        panic!("a task is spawned")
    };
    let (index, generation) = Waitable::Task(task).words();
    vm.name_subject([index, generation, 1]);
    vm.turn(Command::Perform { effect: EffectType::WAIT, key: None });
    vm.turn(Command::Perform { effect, key: None });
    vm.turn(Command::Abort { waits: true });
    while vm.release().is_some() {}
}
