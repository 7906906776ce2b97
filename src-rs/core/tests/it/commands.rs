//! Commands that make no sense are refused and change nothing; what else a host may ask outside of a program.

use doeff_vm_core::{
    CancelScopeId, ClauseKind, Command, ContinuationId, EffectType, Fault, GeneratorSlot, HandlerId, Instruction,
    KeyId, Native, Opening, Position, Stats, StoreId, Until, ValueSlot, Vm,
};

use crate::ast::Typed;

pub(crate) fn turn(vm: &mut Vm, command: Command) -> Instruction {
    let instruction = vm.turn(command).instruction;
    while vm.release().is_some() {}
    instruction
}

pub(crate) fn begin(vm: &mut Vm) -> GeneratorSlot {
    match turn(vm, Command::Call) {
        Instruction::Begin(slot) => slot,
        other => panic!("a called program begins, not {other:?}"),
    }
}

/// A run with one program on top.
pub(crate) fn running() -> (Vm, GeneratorSlot) {
    let mut vm = Vm::new();
    assert_eq!(turn(&mut vm, Command::Start), Instruction::Ready);
    let slot = begin(&mut vm);
    (vm, slot)
}

pub(crate) fn define(vm: &mut Vm, effect: u32, kind: ClauseKind) -> HandlerId {
    let Instruction::Defined { handler, store: None } = turn(vm, Command::DefineHandler { returns: false }) else {
        panic!("a handler is defined")
    };
    let effect = Some(effect.effect_type());
    assert_eq!(turn(vm, Command::DefineClause { handler, effect, kind }), Instruction::Ready);
    handler
}

pub(crate) fn install(vm: &mut Vm, effect: u32, kind: ClauseKind) -> GeneratorSlot {
    let handler = define(vm, effect, kind);
    assert_eq!(turn(vm, Command::Install { handler }), Instruction::Ready);
    begin(vm)
}

pub(crate) fn perform(effect: u32) -> Command {
    Command::Perform { effect: effect.effect_type(), key: None }
}

/// A name that nothing has.
pub(crate) fn unknown() -> ContinuationId {
    ContinuationId::from_words(7, 7).expect("generations start at 1")
}

/// The refused command changed nothing.
#[track_caller]
pub(crate) fn check_refused(vm: &mut Vm, command: Command, fault: Fault) {
    let before = vm.stats();
    let outcome = *vm.turn(command);
    assert_eq!(outcome.instruction, Instruction::Fault(fault), "{command:?}");
    assert_eq!((outcome.park, outcome.load), (None, None), "{command:?}");
    assert_eq!(vm.stats(), Stats { performed: vm.stats().performed, ..before }, "{command:?}");
    assert!(!vm.has_untold_releases(), "{command:?}");
}

/// Ends the run; nothing is left of it.
#[track_caller]
pub(crate) fn check_ends(mut vm: Vm) {
    let mut instruction = turn(&mut vm, Command::Abort { waits: true });
    while let Instruction::Close(_) = instruction {
        instruction = turn(&mut vm, Command::Return);
    }
    assert_eq!(instruction, Instruction::Done);
    turn(&mut vm, Command::Drain);
    assert_eq!(vm.stats(), Stats { performed: vm.stats().performed, ..Stats::default() });
}

/// Every command that concerns a run.
fn commands_of_a_run() -> Vec<Command> {
    let (k, effect) = (unknown(), 0.effect_type());
    let handler = HandlerId::from_word(1).expect("handlers are numbered from 1");
    let scope = CancelScopeId::from_words(7, 7).expect("generations start at 1");
    vec![
        Command::Call,
        Command::Return,
        Command::Throw,
        Command::Deliver,
        Command::Raise,
        Command::Perform { effect, key: None },
        Command::FunProgram,
        Command::Onward { effect, key: None },
        Command::Delegate { position: Position::Tail },
        Command::Forward { k, effect, key: None },
        Command::Install { handler },
        Command::InstallFresh { native: Native::State, returns: false },
        Command::Resume { k, throws: false, position: Position::NonTail },
        Command::Discontinue { k },
        Command::GetContinuation,
        Command::GetHandlers { callsite: false },
        Command::Resolve { effect },
        Command::Closed { count: 1 },
        Command::CreateContinuation,
        Command::StartContinuation { k },
        Command::InstallScheduler { most: 1, preempt_every: 0 },
        Command::Watch { waitable: None, external: false },
        Command::WatchOffered,
        Command::Park { every: None },
        Command::Next { settled: None },
        Command::Interrupt { task: None },
        Command::Open(Opening::Shield(1)),
        Command::CancelScope { scope },
        Command::Join { scope, until: Until::All },
        Command::Abort { waits: true },
    ]
}

#[test]
fn commands_of_a_run_are_out_of_order_before_it_starts() {
    let mut vm = Vm::new();
    for command in commands_of_a_run() {
        check_refused(&mut vm, command, Fault::OutOfOrder);
    }
}

#[test]
fn commands_of_a_run_are_out_of_order_after_it_is_over() {
    let (mut vm, _) = running();
    assert_eq!(turn(&mut vm, Command::Return), Instruction::Done);
    for command in commands_of_a_run() {
        check_refused(&mut vm, command, Fault::OutOfOrder);
    }
    let (mut vm, _) = running();
    assert_eq!(turn(&mut vm, Command::Throw), Instruction::Failed);
    for command in commands_of_a_run() {
        check_refused(&mut vm, command, Fault::OutOfOrder);
    }
}

#[test]
fn a_run_starts_once() {
    let (mut vm, _) = running();
    check_refused(&mut vm, Command::Start, Fault::OutOfOrder);
    check_ends(vm);
}

#[test]
fn what_answers_a_fun_clause_or_a_listener_is_out_of_order_without_one() {
    let (mut vm, _) = running();
    for command in [Command::FunProgram, Command::Onward { effect: EffectType::TELL, key: None }] {
        check_refused(&mut vm, command, Fault::OutOfOrder);
    }
    check_ends(vm);
}

#[test]
fn nothing_returns_before_anything_was_called() {
    let mut vm = Vm::new();
    turn(&mut vm, Command::Start);
    check_refused(&mut vm, Command::Return, Fault::OutOfOrder);
    check_refused(&mut vm, Command::Throw, Fault::OutOfOrder);
    check_ends(vm);
}

#[test]
fn only_a_generators_frame_returns_or_throws() {
    // Between the perform of Try and the call of its program, the frame on top is the machine's own.
    let (mut vm, _) = running();
    assert!(matches!(
        turn(&mut vm, Command::InstallFresh { native: Native::Try, returns: false }),
        Instruction::Defined { .. }
    ));
    begin(&mut vm);
    assert_eq!(turn(&mut vm, Command::Perform { effect: EffectType::TRY, key: None }), Instruction::Enter);
    check_refused(&mut vm, Command::Return, Fault::OutOfOrder);
    check_refused(&mut vm, Command::Throw, Fault::OutOfOrder);
    check_ends(vm);
}

#[test]
fn only_a_generators_frame_resumes_or_declines_in_the_tail() {
    let (mut vm, _) = running();
    install(&mut vm, 0, ClauseKind::Ctl);
    let Instruction::Ctl { k, .. } = turn(&mut vm, perform(0)) else { panic!("the clause starts") };
    assert!(matches!(
        turn(&mut vm, Command::InstallFresh { native: Native::Try, returns: false }),
        Instruction::Defined { .. }
    ));
    check_refused(&mut vm, Command::Resume { k, throws: false, position: Position::Tail }, Fault::OutOfOrder);
    check_refused(&mut vm, Command::Resume { k, throws: false, position: Position::Closing }, Fault::OutOfOrder);
    check_ends(vm);
}

#[test]
fn what_was_never_defined_or_created_is_refused() {
    let (mut vm, _) = running();
    let handler = HandlerId::from_word(9).expect("not 0");
    let store = StoreId::from_word(9).expect("not 0");
    let key = KeyId::from_word(9);
    let value = ValueSlot::from_word(9).expect("not 0");
    for command in [
        Command::Install { handler },
        Command::SetInstalled { handler, installed: true },
        Command::DefineClause { handler, effect: None, kind: ClauseKind::Ctl },
        Command::Entries { store, from: 0 },
        Command::Clear { store },
        Command::Write { store, key: None },
        Command::Write { store, key },
        Command::Forget { value },
    ] {
        check_refused(&mut vm, command, Fault::OutOfOrder);
    }
    check_ends(vm);
}

#[test]
fn clauses_are_added_to_users_handlers_only() {
    let mut vm = Vm::new();
    let Instruction::Defined { handler, .. } = turn(&mut vm, Command::DefineNative { native: Native::State }) else {
        panic!("a handler is defined")
    };
    check_refused(&mut vm, Command::DefineClause { handler, effect: None, kind: ClauseKind::Ctl }, Fault::OutOfOrder);
}

#[test]
fn an_error_leaves_boundaries_innermost_first() {
    let (mut vm, _) = running();
    let handlers = [0, 1].map(|effect| {
        let handler = define(&mut vm, effect, ClauseKind::Ctl);
        turn(&mut vm, Command::Install { handler });
        handler
    });
    begin(&mut vm);
    assert!(matches!(vm.turn(Command::Throw).instruction, Instruction::Throw(_)));
    assert_eq!(vm.crossed(), [handlers[1], handlers[0]]);
    assert!(matches!(vm.turn(Command::Deliver).instruction, Instruction::Resume(_)));
    assert!(vm.crossed().is_empty());
    check_ends(vm);
}

#[test]
fn it_can_be_asked_who_would_take_an_effect() {
    let (mut vm, _) = running();
    let outer = define(&mut vm, 0, ClauseKind::Ctl);
    turn(&mut vm, Command::Install { handler: outer });
    install(&mut vm, 1, ClauseKind::Ctl);
    for (effect, expected) in [(0, vec![outer.word()]), (2, vec![])] {
        let resolve = Command::Resolve { effect: effect.effect_type() };
        assert_eq!(vm.turn(resolve).instruction, Instruction::Listed { more: false });
        assert_eq!(vm.listing(), expected);
    }
    check_ends(vm);
}

#[test]
fn frames_are_closed_in_batches_only_while_they_are_being_closed() {
    let (mut vm, _) = running();
    begin(&mut vm);
    for count in 0..4 {
        check_refused(&mut vm, Command::Closed { count }, Fault::OutOfOrder);
    }
    assert!(matches!(turn(&mut vm, Command::Abort { waits: true }), Instruction::Close(_)));
    assert_eq!(vm.doomed_ahead().count(), 1);
    for count in [0, 3] {
        check_refused(&mut vm, Command::Closed { count }, Fault::OutOfOrder);
    }
    assert_eq!(turn(&mut vm, Command::Closed { count: 2 }), Instruction::Done);
}
