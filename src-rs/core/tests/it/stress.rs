//! A million of everything: what is pending costs a frame each and no native stack, what is over leaves nothing.
//!
//! These scripts are commands, without a host, so that only the machine is measured. With debug assertions the machine
//! checks itself all the time, so there it is less than a million.

mod tasks;

use doeff_vm_core::{
    ClauseKind, Command, ContinuationId, EffectType, GeneratorSlot, HandlerId, Instruction, KeyId, Native, Position,
    Stats, Vm,
};

use crate::ast::Typed;
use crate::build::{PICK, STOP};

const MILLION: usize = if cfg!(debug_assertions) { 30_000 } else { 1_000_000 };
/// A check of the machine looks at every kept value.
const KEYS: usize = if cfg!(debug_assertions) { 2_000 } else { MILLION };

/// A run whose releases are dropped as they are told.
struct Machine(Vm);

impl Machine {
    fn start() -> Self {
        let mut machine = Self(Vm::new());
        assert_eq!(machine.turn(Command::Start), Instruction::Ready);
        machine.call();
        machine
    }

    fn turn(&mut self, command: Command) -> Instruction {
        let instruction = self.0.turn(command).instruction;
        while self.0.release().is_some() {}
        instruction
    }

    fn call(&mut self) -> GeneratorSlot {
        match self.turn(Command::Call) {
            Instruction::Begin(slot) => slot,
            other => panic!("a called program begins, not {other:?}"),
        }
    }

    fn define(&mut self, effect: u32, kind: ClauseKind) -> HandlerId {
        let Instruction::Defined { handler, .. } = self.turn(Command::DefineHandler { returns: false }) else {
            panic!("a handler is defined")
        };
        let effect = Some(effect.effect_type());
        assert_eq!(self.turn(Command::DefineClause { handler, effect, kind }), Instruction::Ready);
        handler
    }

    /// Installs the handler and calls its body.
    fn install(&mut self, handler: HandlerId) -> GeneratorSlot {
        assert_eq!(self.turn(Command::Install { handler }), Instruction::Ready);
        self.call()
    }

    fn perform(&mut self, effect: impl Typed) -> Instruction {
        self.turn(Command::Perform { effect: effect.effect_type(), key: None })
    }

    fn perform_ctl(&mut self) -> ContinuationId {
        match self.perform(PICK) {
            Instruction::Ctl { k, .. } => k,
            other => panic!("a clause starts, not {other:?}"),
        }
    }

    fn resume(&mut self, k: ContinuationId, position: Position) -> Instruction {
        self.turn(Command::Resume { k, throws: false, position })
    }

    /// Lets everything return; nothing is left.
    fn finish(mut self, returns: usize) {
        for _ in 1..returns {
            assert!(matches!(self.turn(Command::Return), Instruction::Resume(_)));
        }
        assert_eq!(self.turn(Command::Return), Instruction::Done);
        self.check_empty();
    }

    fn check_empty(mut self) {
        while self.0.has_untold_releases() {
            self.turn(Command::Drain);
        }
        assert_eq!(self.0.stats(), Stats { performed: self.0.stats().performed, ..Stats::default() });
    }
}

#[test]
fn a_million_nested_programs_return() {
    let mut machine = Machine::start();
    for _ in 0..MILLION {
        machine.call();
    }
    let Stats { segments, frames, continuations, .. } = machine.0.stats();
    assert_eq!([segments, frames, continuations], [1, MILLION + 1, 0]);
    machine.finish(MILLION + 1);
}

#[test]
fn a_million_nested_programs_fail() {
    let mut machine = Machine::start();
    for _ in 0..MILLION {
        machine.call();
    }
    for _ in 0..MILLION {
        assert!(matches!(machine.turn(Command::Throw), Instruction::Throw(_)));
    }
    assert_eq!(machine.turn(Command::Throw), Instruction::Failed);
    machine.check_empty();
}

#[test]
fn a_million_nested_programs_are_closed() {
    let mut machine = Machine::start();
    let handler = machine.define(STOP, ClauseKind::Final);
    machine.install(handler);
    for _ in 0..MILLION {
        machine.call();
    }
    let mut closed = 0;
    let mut instruction = machine.perform(STOP);
    while let Instruction::Close(_) = instruction {
        // All but every third frame are closed in batches.
        let ahead = machine.0.doomed_ahead().count().min(closed % 3);
        closed += 1 + ahead;
        let count = u32::try_from(1 + ahead).expect("a batch is small");
        instruction = machine.turn(Command::Closed { count });
    }
    assert_eq!(closed, MILLION + 1);
    assert!(matches!(instruction, Instruction::Final { .. }));
    machine.finish(2);
}

#[test]
fn a_million_pending_resumes_return() {
    let mut machine = Machine::start();
    let handler = machine.define(PICK, ClauseKind::Ctl);
    let body = machine.install(handler);
    for _ in 0..MILLION {
        let k = machine.perform_ctl();
        assert_eq!(machine.resume(k, Position::NonTail), Instruction::Resume(body));
    }
    let Stats { segments, frames, continuations, scopes, .. } = machine.0.stats();
    assert_eq!([segments, frames, continuations, scopes], [2, MILLION + 2, 0, 1]);
    machine.finish(MILLION + 2);
}

#[test]
fn a_million_tail_resumes_run_in_flat_memory() {
    for position in [Position::Tail, Position::Closing] {
        let mut machine = Machine::start();
        let handler = machine.define(PICK, ClauseKind::Ctl);
        let body = machine.install(handler);
        for _ in 0..MILLION {
            let k = machine.perform_ctl();
            let mut instruction = machine.resume(k, position);
            if position == Position::Closing {
                assert!(matches!(instruction, Instruction::Close(_)));
                instruction = machine.turn(Command::Return);
            }
            assert_eq!(instruction, Instruction::Resume(body));
            let Stats { segments, frames, continuations, handlers, scopes, stores, values, .. } = machine.0.stats();
            let live = [segments, frames, continuations, handlers, scopes, stores, values];
            assert_eq!(live, [2, 2, 0, 1, 1, 0, 0]);
        }
        machine.finish(2);
    }
}

#[test]
fn a_million_tail_called_bodies_of_one_handler_run_in_flat_memory() {
    // Each body ends by performing; the clause abandons it and calls the next one.
    let mut machine = Machine::start();
    let handler = machine.define(STOP, ClauseKind::Final);
    for _ in 0..MILLION {
        machine.install(handler);
        assert!(matches!(machine.perform(STOP), Instruction::Close(_)));
        assert!(matches!(machine.turn(Command::Return), Instruction::Final { .. }));
        assert!(matches!(machine.turn(Command::Return), Instruction::Resume(_)));
        let Stats { segments, frames, handlers, scopes, values, .. } = machine.0.stats();
        assert!(segments == 1 && frames == 1 && handlers == 1 && scopes <= 1 && values == 0);
    }
    machine.finish(1);
}

#[test]
fn fifty_thousand_nested_handlers_answer_from_the_outermost() {
    const DEPTH: usize = if cfg!(debug_assertions) { 5_000 } else { 50_000 };
    let mut machine = Machine::start();
    let outermost = machine.define(PICK, ClauseKind::Fun);
    machine.install(outermost);
    let body = (0..DEPTH).map(|_| {
        let handler = machine.define(STOP, ClauseKind::Ctl);
        machine.install(handler)
    });
    let body = body.last().expect("the innermost body runs");
    for _ in 0..MILLION {
        assert!(matches!(machine.perform(PICK), Instruction::Fun { handler, .. } if handler == outermost));
    }
    // The clause turns out to need control: all of it is captured, and linked again.
    for _ in 0..10 {
        assert!(matches!(machine.perform(PICK), Instruction::Fun { .. }));
        assert!(matches!(machine.turn(Command::FunProgram), Instruction::Begin(_)));
        assert_eq!(machine.turn(Command::Return), Instruction::Resume(body));
    }
    let Stats { segments, frames, scopes, .. } = machine.0.stats();
    assert_eq!([segments, frames, scopes], [DEPTH + 2, DEPTH + 2, DEPTH + 1]);
    machine.finish(DEPTH + 2);
}

#[test]
fn a_million_handlers_come_and_go_in_flat_memory() {
    let mut machine = Machine::start();
    for round in 0..MILLION {
        if round % 2 == 0 {
            let handler = machine.define(PICK, ClauseKind::Fun);
            machine.install(handler);
        } else {
            let fresh = Command::InstallFresh { native: Native::State, returns: false };
            assert!(matches!(machine.turn(fresh), Instruction::Defined { .. }));
            machine.call();
            assert!(matches!(machine.perform(EffectType::PUT), Instruction::Keep { new_key: Some(_), .. }));
        }
        assert!(matches!(machine.turn(Command::Return), Instruction::Resume(_)));
        let Stats { segments, frames, handlers, scopes, stores, values, .. } = machine.0.stats();
        assert!(segments == 1 && frames == 1 && handlers <= 2 && scopes <= 2 && stores == 0 && values == 0);
    }
    machine.finish(1);
}

#[test]
fn a_million_keys_are_found_and_given_back() {
    let mut machine = Machine::start();
    let fresh = Command::InstallFresh { native: Native::State, returns: false };
    assert!(matches!(machine.turn(fresh), Instruction::Defined { .. }));
    machine.call();
    let mut keys: Vec<KeyId> = Vec::new();
    for _ in 0..KEYS {
        match machine.perform(EffectType::PUT) {
            Instruction::Keep { new_key: Some(key), .. } => keys.push(key),
            other => panic!("a new key is kept, not {other:?}"),
        }
    }
    for key in keys.into_iter().map(Some) {
        assert!(matches!(machine.turn(Command::Perform { effect: EffectType::GET, key }), Instruction::Load(_)));
    }
    assert_eq!(machine.0.stats().values, KEYS);
    machine.finish(2);
}

#[test]
fn a_million_parked_continuations_are_closed_at_the_end() {
    let mut machine = Machine::start();
    let handler = machine.define(PICK, ClauseKind::Raw);
    for _ in 0..MILLION {
        machine.install(handler);
        machine.perform_ctl();
        assert!(matches!(machine.turn(Command::Return), Instruction::Resume(_)));
    }
    assert_eq!(machine.0.stats().continuations, MILLION);
    let mut instruction = machine.turn(Command::Return);
    for _ in 0..MILLION {
        assert!(matches!(instruction, Instruction::Close(_)));
        instruction = machine.turn(Command::Return);
    }
    assert_eq!(instruction, Instruction::Done);
    machine.check_empty();
}

#[test]
fn a_million_parked_and_resumed_continuations_do_not_pile_up() {
    let mut machine = Machine::start();
    let handler = machine.define(PICK, ClauseKind::Raw);
    for _ in 0..MILLION {
        machine.install(handler);
        let k = machine.perform_ctl();
        assert!(matches!(machine.turn(Command::Return), Instruction::Resume(_)));
        assert!(matches!(machine.resume(k, Position::NonTail), Instruction::Resume(_)));
        assert!(matches!(machine.turn(Command::Return), Instruction::Resume(_)));
        assert_eq!(machine.0.stats().continuations, 0);
    }
    machine.finish(1);
}
