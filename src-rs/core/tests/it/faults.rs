//! Every fault has a way to get it, and leaves the machine as it was.

use doeff_vm_core::{ClauseKind, Command, EffectType, Fault, Instruction, Native, Position};

use crate::ast::Typed;
use crate::commands::{begin, check_ends, check_refused, install, perform, running, turn, unknown};

#[test]
fn an_effect_that_nobody_takes_is_unhandled() {
    let (mut vm, slot) = running();
    check_refused(&mut vm, perform(0), Fault::UnhandledEffect);
    assert_eq!(turn(&mut vm, Command::Raise), Instruction::Throw(slot));
    check_ends(vm);
}

#[test]
fn a_continuation_that_is_not_there_is_refused_in_every_use() {
    let (mut vm, _) = running();
    let k = unknown();
    for position in [Position::NonTail, Position::Tail, Position::Closing] {
        check_refused(&mut vm, Command::Resume { k, throws: false, position }, Fault::OneShotViolation);
        check_refused(&mut vm, Command::Resume { k, throws: true, position }, Fault::OneShotViolation);
    }
    check_refused(&mut vm, Command::Discontinue { k }, Fault::OneShotViolation);
    check_refused(&mut vm, Command::StartContinuation { k }, Fault::OneShotViolation);
    check_refused(&mut vm, Command::Chain { k: Some(k) }, Fault::OneShotViolation);
    check_refused(&mut vm, Command::Forward { k, effect: 0.effect_type(), key: None }, Fault::OneShotViolation);
    check_ends(vm);
}

#[test]
fn a_continuation_of_a_run_that_is_over_is_not_there_in_the_next_one() {
    let (mut vm, _) = running();
    install(&mut vm, 0, ClauseKind::Raw);
    let Instruction::Ctl { k, .. } = turn(&mut vm, perform(0)) else { panic!("the clause starts") };
    // The clause and the program return; the kept body is closed; the run is over.
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::Resume(_)));
    assert!(matches!(turn(&mut vm, Command::Return), Instruction::Close(_)));
    assert_eq!(turn(&mut vm, Command::Return), Instruction::Done);
    turn(&mut vm, Command::Start);
    begin(&mut vm);
    install(&mut vm, 0, ClauseKind::Raw);
    assert!(matches!(turn(&mut vm, perform(0)), Instruction::Ctl { .. }));
    check_refused(&mut vm, Command::Resume { k, throws: false, position: Position::NonTail }, Fault::OneShotViolation);
    check_ends(vm);
}

#[test]
fn an_unstarted_continuation_is_not_resumed_and_a_captured_one_not_started() {
    let (mut vm, _) = running();
    let Instruction::Created(k) = turn(&mut vm, Command::CreateContinuation) else { panic!("it is created") };
    for position in [Position::NonTail, Position::Tail, Position::Closing] {
        check_refused(&mut vm, Command::Resume { k, throws: false, position }, Fault::UnstartedContinuation);
    }
    check_refused(&mut vm, Command::Forward { k, effect: 0.effect_type(), key: None }, Fault::UnstartedContinuation);
    install(&mut vm, 0, ClauseKind::Ctl);
    let Instruction::Ctl { k, .. } = turn(&mut vm, perform(0)) else { panic!("the clause starts") };
    check_refused(&mut vm, Command::StartContinuation { k }, Fault::OutOfOrder);
    check_ends(vm);
}

#[test]
fn outside_of_a_clause_there_is_nothing_to_decline() {
    let (mut vm, _) = running();
    check_refused(&mut vm, Command::GetContinuation, Fault::NoHandlerContext);
    for position in [Position::Tail, Position::Closing] {
        check_refused(&mut vm, Command::Delegate { position }, Fault::NoHandlerContext);
    }
    check_ends(vm);
}

#[test]
fn a_missing_environment_key_is_a_fault() {
    let (mut vm, _) = running();
    turn(&mut vm, Command::InstallFresh { native: Native::Reader, returns: false });
    begin(&mut vm);
    check_refused(&mut vm, Command::Perform { effect: EffectType::ASK, key: None }, Fault::MissingEnvKey);
    check_ends(vm);
}

#[test]
fn every_fault_has_a_name_and_a_number_of_its_own() {
    let numbers: Vec<u32> = Fault::ALL.iter().map(|&(_, fault)| fault as u32).collect();
    assert_eq!(numbers, (1..=9).collect::<Vec<_>>());
}
