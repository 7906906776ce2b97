//! A clause started before anything is captured: the two ways it can go on, and what must not happen.

use doeff_vm_core::{
    ClauseKind, Command, ContinuationId, Deed, EffectType, Fault, GeneratorSlot, HandlerId, Instruction, Named,
    Position, Vm,
};

struct Started {
    vm: Vm,
    effect: EffectType,
    body: GeneratorSlot,
    places: Vec<GeneratorSlot>,
}

fn begun(vm: &mut Vm) -> GeneratorSlot {
    match vm.turn(Command::Call).instruction {
        Instruction::Begin(slot) => slot,
        other => panic!("a called program begins, not {other:?}"),
    }
}

/// A run with a body under a handler that has one clause of this kind, and some leased places.
fn start(kind: ClauseKind) -> Started {
    let effect = EffectType::from_word(EffectType::FIRST_FREE).expect("effect types start at 1");
    let mut vm = Vm::new();
    let handler: HandlerId = match vm.turn(Command::DefineHandler { returns: false }).instruction {
        Instruction::Defined { handler, .. } => handler,
        other => panic!("a handler is defined, not {other:?}"),
    };
    vm.turn(Command::DefineClause { handler, effect: Some(effect), kind });
    vm.turn(Command::Start);
    begun(&mut vm);
    vm.turn(Command::Install { handler });
    let body = begun(&mut vm);
    vm.turn(Command::Lease);
    let places = vm.listing().iter().filter_map(|&word| GeneratorSlot::from_word(word)).collect();
    Started { vm, effect, body, places }
}

fn captured(vm: &mut Vm, effect: EffectType, slot: GeneratorSlot) -> ContinuationId {
    match vm.replay(Deed::Started { effect, slot }) {
        Some(Named::Continuation(k)) => k,
        other => panic!("a continuation is captured for a clause, not {other:?}"),
    }
}

fn finish(mut vm: Vm) {
    while vm.turn(Command::Return).instruction != Instruction::Done {}
    vm.turn(Command::Drain);
    while vm.release().is_some() {}
    let stats = vm.stats();
    assert_eq!([stats.segments, stats.frames, stats.continuations, stats.scopes], [0; 4]);
}

#[test]
fn a_clause_that_resumes_at_once_needs_no_capture() {
    let Started { mut vm, effect, .. } = start(ClauseKind::Ctl);
    for _ in 0..3 {
        let instruction = vm.turn(Command::PerformLate { effect, key: None }).instruction;
        assert!(matches!(instruction, Instruction::Start { clause: 0, .. }));
        assert_eq!(vm.stats().continuations, 0);
    }
    finish(vm);
}

#[test]
fn a_late_capture_is_the_capture_that_performing_would_have_made() {
    let Started { mut vm, effect, body, places } = start(ClauseKind::Ctl);
    vm.turn(Command::PerformLate { effect, key: None });
    let k = captured(&mut vm, effect, places[0]);
    let outcome = *vm.turn(Command::Resume { k, throws: false, position: Position::NonTail });
    assert_eq!(outcome.instruction, Instruction::Resume(body));
    assert_eq!(vm.turn(Command::Return).instruction, Instruction::Resume(places[0]));
    finish(vm);
}

#[test]
fn a_clause_that_ends_after_a_late_capture_abandons_the_body() {
    let Started { mut vm, effect, body, places } = start(ClauseKind::Ctl);
    vm.turn(Command::PerformLate { effect, key: None });
    captured(&mut vm, effect, places[0]);
    assert_eq!(vm.turn(Command::Return).instruction, Instruction::Close(body));
    finish(vm);
}

#[test]
fn a_raw_clause_keeps_what_was_captured_late() {
    let Started { mut vm, effect, places, .. } = start(ClauseKind::Raw);
    vm.turn(Command::PerformLate { effect, key: None });
    let k = captured(&mut vm, effect, places[0]);
    assert!(matches!(vm.turn(Command::Return).instruction, Instruction::Resume(_)));
    assert_eq!(vm.stats().continuations, 1);
    vm.turn(Command::Resume { k, throws: false, position: Position::NonTail });
    finish(vm);
}

#[test]
fn effects_that_need_no_capture_are_answered_as_usual() {
    let Started { mut vm, effect, .. } = start(ClauseKind::Fun);
    assert!(matches!(vm.turn(Command::PerformLate { effect, key: None }).instruction, Instruction::Fun { .. }));
    let other = EffectType::from_word(effect.word() + 1).expect("effect types start at 1");
    let outcome = *vm.turn(Command::PerformLate { effect: other, key: None });
    assert_eq!(outcome.instruction, Instruction::Fault(Fault::UnhandledEffect));
    finish(vm);
}

#[test]
#[should_panic(expected = "a clause that takes the continuation was started")]
fn nothing_is_captured_late_for_a_clause_of_another_kind() {
    let Started { mut vm, effect, places, .. } = start(ClauseKind::Fun);
    captured(&mut vm, effect, places[0]);
}
