//! What the host does ahead: each deed leaves the machine as the commands in its place would have, and the evidence it
//! acts on is what dispatch answers.

use doeff_vm_core::{
    ClauseKind, Command, Deed, EffectType, GeneratorSlot, HandlerId, Instruction, Named, Native, Position, Stamps,
    Stats, Takes, Vm,
};

fn user(number: u32) -> EffectType {
    EffectType::from_word(EffectType::FIRST_FREE + number).expect("effect types start at 1")
}

fn begun(vm: &mut Vm) -> GeneratorSlot {
    match vm.turn(Command::Call).instruction {
        Instruction::Begin(slot) => slot,
        other => panic!("a called program begins, not {other:?}"),
    }
}

fn define(vm: &mut Vm, clauses: &[(EffectType, ClauseKind)]) -> HandlerId {
    let Instruction::Defined { handler, .. } = vm.turn(Command::DefineHandler { returns: false }).instruction else {
        panic!("a handler is defined")
    };
    for &(effect, kind) in clauses {
        vm.turn(Command::DefineClause { handler, effect: Some(effect), kind });
    }
    handler
}

/// A program that awaits one under a handler of `kind` for the first effect, inside of one for the second effect.
struct Nested {
    vm: Vm,
    program: GeneratorSlot,
    body: GeneratorSlot,
    places: Vec<GeneratorSlot>,
}

fn nested(kind: ClauseKind) -> Nested {
    let mut vm = Vm::new();
    let inner = define(&mut vm, &[(user(0), kind)]);
    let outer = define(&mut vm, &[(user(1), kind)]);
    vm.turn(Command::Start);
    let program = begun(&mut vm);
    vm.turn(Command::Install { handler: inner });
    vm.turn(Command::Install { handler: outer });
    let body = begun(&mut vm);
    vm.turn(Command::Lease);
    let places = vm.listing().iter().filter_map(|&word| GeneratorSlot::from_word(word)).collect();
    Nested { vm, program, body, places }
}

fn held(vm: &Vm) -> [usize; 3] {
    let Stats { segments, frames, continuations, .. } = vm.stats();
    [segments, frames, continuations]
}

fn resumes(vm: &mut Vm, command: Command) -> GeneratorSlot {
    match vm.turn(command).instruction {
        Instruction::Resume(slot) => slot,
        other => panic!("a generator goes on, not {other:?}"),
    }
}

#[test]
fn a_program_that_answers_runs_outside_and_its_result_goes_to_the_performer() {
    let Nested { mut vm, body, places, .. } = nested(ClauseKind::Fun);
    vm.replay(Deed::Answering { effect: user(0), slot: places[0] });

    let mut twin = nested(ClauseKind::Fun).vm;
    twin.turn(Command::Perform { effect: user(0), key: None });
    twin.turn(Command::FunProgram);

    assert_eq!(held(&vm), held(&twin));
    assert_eq!(vm.turn(Command::Perform { effect: user(1), key: None }).instruction, twin_fault(&mut twin));
    assert_eq!(resumes(&mut vm, Command::Return), body);
}

/// The second effect has no handler outside of the first one's.
fn twin_fault(twin: &mut Vm) -> Instruction {
    let instruction = twin.turn(Command::Perform { effect: user(1), key: None }).instruction;
    assert!(matches!(instruction, Instruction::Fault(_)));
    instruction
}

#[test]
fn a_clause_that_resumed_ahead_waits_for_the_result() {
    for kind in [ClauseKind::Ctl, ClauseKind::Raw] {
        let Nested { mut vm, program, places, .. } = nested(kind);
        vm.replay(Deed::Resumed { effect: user(0), slot: places[0] });
        vm.replay(Deed::Resumed { effect: user(1), slot: places[1] });
        vm.replay(Deed::Resumed { effect: user(0), slot: places[2] });

        let Nested { vm: mut twin, .. } = nested(kind);
        for number in [0, 1, 0] {
            let instruction = twin.turn(Command::Perform { effect: user(number), key: None }).instruction;
            let Instruction::Ctl { k, .. } = instruction else { panic!("a clause starts, not {instruction:?}") };
            twin.turn(Command::Resume { k, throws: false, position: Position::NonTail });
        }

        assert_eq!(held(&vm), held(&twin));
        assert_eq!(resumes(&mut vm, Command::Return), places[1], "the body is over: the outer effect's clause goes on");
        assert_eq!(resumes(&mut vm, Command::Return), places[2]);
        assert_eq!(resumes(&mut vm, Command::Return), places[0]);
        assert_eq!(resumes(&mut vm, Command::Return), program);
    }
}

#[test]
fn a_continuation_resumed_ahead_is_used_up() {
    let Nested { mut vm, places, .. } = nested(ClauseKind::Ctl);
    vm.replay(Deed::Resumed { effect: user(0), slot: places[0] });
    vm.turn(Command::Return);
    assert_eq!(vm.turn(Command::GetContinuation).instruction, Instruction::Callsite(places[0]));
    assert!(matches!(vm.turn(Command::Delegate { position: Position::Tail }).instruction, Instruction::Fault(_)));
}

#[test]
fn frames_end_ahead_as_long_as_nothing_but_their_generators_end_with_them() {
    let Nested { mut vm, program, places, body } = nested(ClauseKind::Ctl);
    for &slot in &places[..3] {
        vm.replay(Deed::Called { slot });
    }
    assert_eq!(vm.below().collect::<Vec<_>>(), [places[1], places[0], body]);
    vm.replay(Deed::Ended { count: 2 });
    assert_eq!(resumes(&mut vm, Command::Return), body);
    assert_eq!(vm.below().count(), 0);
    assert_eq!(resumes(&mut vm, Command::Return), program);
}

#[test]
fn a_clause_that_owns_its_continuation_does_not_end_ahead() {
    let Nested { mut vm, program, places, .. } = nested(ClauseKind::Ctl);
    vm.replay(Deed::Started { effect: user(0), slot: places[0] });
    assert_eq!(vm.below().count(), 0, "the clause closes the body when it ends");
    vm.replay(Deed::Called { slot: places[1] });
    assert_eq!(vm.below().count(), 0, "so nothing below the program it calls is certain");
    let Nested { mut vm, places, .. } = nested(ClauseKind::Ctl);
    vm.replay(Deed::Resumed { effect: user(0), slot: places[0] });
    vm.turn(Command::Return);
    assert_eq!(vm.below().collect::<Vec<_>>(), [program], "one that has used it does");
}

#[test]
#[should_panic(expected = "what ended ahead is a generator's frame")]
fn no_more_frames_end_ahead_than_there_are() {
    nested(ClauseKind::Ctl).vm.replay(Deed::Ended { count: 2 });
}

#[test]
fn a_run_may_begin_ahead() {
    let mut vm = Vm::new();
    vm.turn(Command::Lease);
    let slot = GeneratorSlot::from_word(vm.listing()[0]).expect("a lease lends places");
    vm.replay(Deed::Began);
    vm.replay(Deed::Called { slot });
    assert_eq!(vm.turn(Command::Return).instruction, Instruction::Done);
    assert_eq!(held(&vm), [0; 3]);
}

#[test]
fn messages_told_ahead_are_in_the_log_in_order() {
    let mut vm = Vm::new();
    let Instruction::Defined { store: Some(store), .. } =
        vm.turn(Command::DefineNative { native: Native::Writer }).instruction
    else {
        panic!("a writer has a store")
    };
    let [first, second] = [(); 2].map(|()| match vm.replay(Deed::Told { store }) {
        Some(Named::Message(slot)) => slot,
        other => panic!("a message gets a slot, not {other:?}"),
    });
    vm.turn(Command::Entries { store, from: 0 });
    assert_eq!(vm.listing(), [0, first.word(), 0, second.word()]);
}

#[test]
fn evidence_is_the_answer_of_dispatch_under_stamps_that_stay() {
    for kind in [ClauseKind::Val, ClauseKind::Fun, ClauseKind::Ctl, ClauseKind::Raw, ClauseKind::Final] {
        let Nested { mut vm, .. } = nested(kind);
        let mut stamps = Stamps::default();
        assert_eq!(vm.scope_stamp(), None, "a scope is stamped when an answer is given for it");
        let inner = vm.evidence(user(0), &mut stamps).expect("the inner handler takes it");
        let outer = vm.evidence(user(1), &mut stamps).expect("the outer handler takes it");
        assert_eq!(vm.scope_stamp(), Some(inner.scope));
        assert_eq!(inner.scope, outer.scope, "both were asked for in one scope");
        assert_ne!(inner.outside, outer.outside);
        assert!(matches!(inner.takes, Takes::Clause { kind: own, clause: 0, .. } if own == kind));
        assert_eq!(vm.evidence(user(0), &mut stamps), Some(inner));
        vm.forget_stamps();
        assert_eq!(vm.scope_stamp(), None);
    }
}

#[test]
fn there_is_no_evidence_for_what_needs_the_machine() {
    let Nested { mut vm, .. } = nested(ClauseKind::Ctl);
    let mut stamps = Stamps::default();
    assert_eq!(vm.evidence(user(2), &mut stamps), None, "nobody takes it");
    vm.turn(Command::InstallFresh { native: Native::Reader, returns: false });
    assert!(vm.evidence(EffectType::ASK, &mut stamps).is_some());
    assert_eq!(vm.evidence(EffectType::LOCAL, &mut stamps), None, "Local installs a layer");
    vm.turn(Command::Call);
    vm.turn(Command::Perform { effect: EffectType::LOCAL, key: None });
    assert_eq!(vm.evidence(EffectType::ASK, &mut stamps), None, "a layer may decline");
    assert_eq!(Vm::new().evidence(EffectType::ASK, &mut stamps), None, "nothing runs");
}

#[test]
fn a_scope_made_anew_has_a_new_stamp() {
    let mut vm = Vm::new();
    let mut stamps = Stamps::default();
    vm.turn(Command::Start);
    vm.turn(Command::Call);
    let mut seen = Vec::new();
    for _ in 0..3 {
        vm.turn(Command::InstallFresh { native: Native::State, returns: false });
        vm.turn(Command::Call);
        let evidence = vm.evidence(EffectType::GET, &mut stamps).expect("State takes it");
        seen.push(evidence.scope);
        vm.turn(Command::Return);
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[test]
fn stamps_say_when_they_are_used_up() {
    assert!(!Stamps::default().are_used_up());
    assert!(Stamps::after(u32::MAX / 2 - 2).are_used_up());
}
