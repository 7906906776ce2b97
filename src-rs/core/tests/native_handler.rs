//! A third party's handler, written in Rust against the public interface only, driven through whole turns.

use std::num::NonZeroU32;

use doeff_vm_core::{
    Action, Command, EffectType, GeneratorSlot, HandlerId, Instruction, NativeContext, NativeHandler, NativeProgram,
    Outcome, Performed, ValueSlot, Vm,
};

/// Answers each `draw` with the draws left; ends the computation when none is. It also keeps the last result it saw.
struct Quota {
    draw: EffectType,
    left: i32,
    waits: bool,
}

impl NativeHandler for Quota {
    fn takes(&self, effect: EffectType) -> bool {
        effect == self.draw
    }

    fn handle(&mut self, _effect: Performed) -> Box<dyn NativeProgram> {
        self.left -= 1;
        Box::new(Draw { left: self.left, waits: self.waits, kept: None })
    }
}

struct Draw {
    left: i32,
    waits: bool,
    kept: Option<ValueSlot>,
}

impl NativeProgram for Draw {
    fn start(&mut self, context: &mut NativeContext<'_>) -> Action {
        if self.left < 0 {
            return Action::Return;
        }
        if self.waits {
            self.kept = Some(context.keep());
            return Action::ResumeAndWait;
        }
        Action::ResumeInteger(self.left)
    }

    fn resume(&mut self, context: &mut NativeContext<'_>) -> Action {
        self.close(context);
        Action::Return
    }

    fn throw(&mut self, context: &mut NativeContext<'_>) -> Action {
        self.close(context);
        Action::Throw
    }

    fn close(&mut self, context: &mut NativeContext<'_>) {
        if let Some(slot) = self.kept.take() {
            context.forget(slot);
        }
    }
}

struct Started {
    vm: Vm,
    draw: EffectType,
    body: GeneratorSlot,
}

fn effect_type(number: u32) -> EffectType {
    EffectType::from_word(number).expect("effect types start at 1")
}

fn begun(outcome: &Outcome) -> GeneratorSlot {
    match outcome.instruction {
        Instruction::Begin(slot) => slot,
        other => panic!("a called program begins, not {other:?}"),
    }
}

/// A run with a program that awaits a program under the quota.
fn start(left: i32, waits: bool) -> Started {
    let draw = effect_type(EffectType::FIRST_FREE);
    let mut vm = Vm::new();
    let handler: HandlerId = vm.define_native(Box::new(Quota { draw, left, waits }));
    assert_eq!(vm.turn(Command::Start).instruction, Instruction::Ready);
    begun(vm.turn(Command::Call));
    assert_eq!(vm.turn(Command::Install { handler }).instruction, Instruction::Ready);
    let body = begun(vm.turn(Command::Call));
    Started { vm, draw, body }
}

/// Ends the program on top, then the outer one; the machine holds nothing afterwards.
fn finish(mut vm: Vm) {
    while vm.turn(Command::Return).instruction != Instruction::Done {}
    vm.turn(Command::Drain);
    while vm.release().is_some() {}
    let stats = vm.stats();
    let held = [stats.segments, stats.frames, stats.continuations, stats.handlers, stats.scopes, stats.values];
    assert_eq!(held, [0; 6]);
}

#[test]
fn a_native_program_answers_the_performer_with_an_integer() {
    let Started { mut vm, draw, body } = start(3, false);
    for left in [2, 1, 0] {
        let outcome = *vm.turn(Command::Perform { effect: draw, key: None });
        assert_eq!((outcome.integer, outcome.instruction), (Some(left), Instruction::Resume(body)));
    }
    finish(vm);
}

#[test]
fn a_native_program_that_returns_unwinds_the_performer_and_gives_the_result() {
    let Started { mut vm, draw, body } = start(0, false);
    let outcome = *vm.turn(Command::Perform { effect: draw, key: None });
    assert_eq!(outcome.instruction, Instruction::Close(body));
    let result = outcome.park.expect("the register is the result, kept while the body is closed");
    let outcome = *vm.turn(Command::Return);
    assert_eq!(outcome.load, Some(result));
    assert!(matches!(outcome.instruction, Instruction::Resume(slot) if slot != body));
    finish(vm);
}

#[test]
fn a_native_program_may_wait_for_the_resumed_computation() {
    let Started { mut vm, draw, body } = start(1, true);
    let outcome = *vm.turn(Command::Perform { effect: draw, key: None });
    assert_eq!(outcome.instruction, Instruction::Resume(body));
    assert!(outcome.park.is_some());
    // The body returns through the boundary to the waiting program, which returns to the outer one.
    let outcome = *vm.turn(Command::Return);
    assert!(matches!(outcome.instruction, Instruction::Resume(slot) if slot != body));
    finish(vm);
}

#[test]
fn a_waiting_native_program_is_closed_when_the_run_is_aborted() {
    let Started { mut vm, draw, body } = start(1, true);
    vm.turn(Command::Perform { effect: draw, key: None });
    assert_eq!(vm.turn(Command::Abort { waits: true }).instruction, Instruction::Close(body));
    assert!(matches!(vm.turn(Command::Return).instruction, Instruction::Close(_)));
    finish(vm);
}

#[test]
fn other_effects_pass_a_native_handler_by() {
    let Started { mut vm, draw, .. } = start(1, false);
    let other = effect_type(NonZeroU32::from(draw_number(draw)).get() + 1);
    let outcome = *vm.turn(Command::Perform { effect: other, key: None });
    assert!(matches!(outcome.instruction, Instruction::Fault(_)));
    vm.turn(Command::Return);
    finish(vm);
}

fn draw_number(draw: EffectType) -> NonZeroU32 {
    NonZeroU32::new(draw.word()).expect("effect types start at 1")
}
