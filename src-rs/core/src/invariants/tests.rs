//! Each invariant is broken on purpose.

use crate::command::{Command, Native};
use crate::continuation::{Continuation, ContinuationId};
use crate::frame::{Completion, Frame};
use crate::handler::ClauseKind;
use crate::id::{EffectType, HandlerId, ValueSlot};
use crate::outcome::Instruction;
use crate::segment::{Segment, SegmentId};
use crate::vm::Vm;

/// A program that awaits one under a user's handler, which awaits one under State with one entry.
fn running() -> (Vm, HandlerId) {
    let mut vm = Vm::new();
    vm.turn(Command::Start);
    vm.turn(Command::Call);
    let Instruction::Defined { handler, .. } = vm.turn(Command::DefineHandler { returns: false }).instruction else {
        panic!("a handler is defined")
    };
    let effect = EffectType::from_word(EffectType::FIRST_FREE);
    vm.turn(Command::DefineClause { handler, effect, kind: ClauseKind::Ctl });
    vm.turn(Command::Install { handler });
    vm.turn(Command::Call);
    vm.turn(Command::InstallFresh { native: Native::State, returns: false });
    vm.turn(Command::Call);
    vm.turn(Command::Perform { effect: EffectType::PUT, key: None });
    (vm, handler)
}

/// As above, and the user's clause is under way.
fn captured() -> (Vm, ContinuationId) {
    let (mut vm, _) = running();
    let effect = EffectType::from_word(EffectType::FIRST_FREE).expect("effect types start at 1");
    let Instruction::Ctl { k, .. } = vm.turn(Command::Perform { effect, key: None }).instruction else {
        panic!("a clause starts")
    };
    (vm, k)
}

/// As above, and the clause has returned: the body is being closed.
fn unwinding() -> Vm {
    let (mut vm, _) = captured();
    assert!(matches!(vm.turn(Command::Return).instruction, Instruction::Close(_)));
    vm
}

fn parent(vm: &Vm) -> SegmentId {
    vm.top().parent.expect("a handler was installed")
}

#[test]
fn a_machine_at_work_keeps_them_all() {
    running().0.check_invariants();
    captured().0.check_invariants();
    unwinding().check_invariants();
}

#[test]
#[should_panic(expected = "I1")]
fn i1_parents_form_no_cycle() {
    let (mut vm, _) = running();
    let (top, parent) = (vm.running(), parent(&vm));
    vm.segment_mut(parent).parent = Some(top);
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I1")]
fn i1_a_linked_segment_exists() {
    let (mut vm, _) = running();
    let parent = parent(&vm);
    vm.segments.remove(parent);
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I2")]
fn i2_no_segment_is_left_out() {
    let (mut vm, _) = running();
    let root = vm.scopes.root();
    vm.segments.insert(Segment::new(Vec::new(), None, root));
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I2")]
fn i2_no_segment_is_in_a_continuation_and_on_the_chain() {
    let (mut vm, _) = running();
    let (first, last) = (vm.running(), parent(&vm));
    vm.continuations.insert(Continuation::Captured { first, last, owned: false, across: None });
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I2")]
fn i2_a_continuation_ends_at_its_last_segment() {
    let (mut vm, k) = captured();
    let Some(Continuation::Captured { first, .. }) = vm.continuations.remove(k) else { panic!("it was captured") };
    vm.continuations.insert(Continuation::Captured { first, last: first, owned: false, across: None });
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I3")]
fn i3_no_place_belongs_to_two_frames() {
    let (mut vm, _) = running();
    let frame = *vm.top().frames.last().expect("a program was called");
    vm.push(frame);
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I3")]
fn i3_no_place_in_use_is_without_a_frame() {
    let (mut vm, _) = running();
    vm.top_mut().frames.pop();
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I4")]
fn i4_only_closing_segments_have_doomed_frames() {
    let (mut vm, _) = running();
    vm.top_mut().doomed = 1;
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I4")]
fn i4_no_more_frames_are_doomed_than_there_are() {
    let mut vm = unwinding();
    vm.top_mut().doomed = 9;
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I5")]
fn i5_a_boundarys_scope_is_its_parents_and_its_handler() {
    let (mut vm, _) = running();
    vm.top_mut().scope = vm.scopes.root();
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I5")]
fn i5_a_segment_without_a_handler_is_in_its_parents_scope() {
    let (mut vm, _) = running();
    vm.top_mut().handler = None;
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I5")]
fn i5_a_scope_is_used_as_often_as_it_is_entered() {
    let (mut vm, _) = running();
    let scope = vm.top().scope;
    vm.push_segment(scope, None);
    vm.leave(scope);
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I6")]
fn i6_a_built_in_handlers_store_exists() {
    let (mut vm, _) = running();
    let store = vm.stores.create();
    let other = vm.define(crate::handler::Handler {
        body: crate::handler::Body::Native { native: Native::State, store: Some(store), layer: false },
        returns: false,
        unowned: true,
        fresh: true,
    });
    vm.with_handler(other);
    vm.stores.free(store, &mut vm.host);
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I7")]
fn i7_a_boundarys_handler_is_defined() {
    let (mut vm, handler) = running();
    vm.handlers[handler.index()] = None;
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I8")]
fn i8_no_kept_value_is_without_an_owner() {
    let (mut vm, _) = running();
    vm.host.take_value();
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I8")]
fn i8_every_owner_is_counted() {
    let (mut vm, _) = running();
    let store = vm.stores.iter().next().expect("State has a store");
    let value: ValueSlot = store.entries()[0].1;
    vm.push(Frame::After(Completion::Deliver(value)));
    vm.check_invariants();
}

#[test]
#[should_panic(expected = "I10")]
fn i10_a_row_holds_what_searching_gives() {
    let (mut vm, handler) = running();
    let effect = EffectType::from_word(EffectType::FIRST_FREE).expect("effect types start at 1");
    vm.turn(Command::Resolve { effect });
    if let Some(crate::handler::Handler { body: crate::handler::Body::Clauses(clauses), .. }) =
        &mut vm.handlers[handler.index()]
    {
        clauses.clear();
    }
    vm.check_invariants();
}
