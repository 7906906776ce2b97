//! Handlers: which effects they take, and how each is answered.
//!
//! The heart knows a user's clause only by its handler and number; the function itself is the host's. Built-in
//! handlers are entries of the same table, so dispatch has one meaning for all.

use crate::command::Native;
use crate::id::{EffectType, HandlerId, ScopeId, StoreId};
use crate::native::program::NativeHandler;
use crate::scheduler::task::SchedulerNumber;

/// How a user's clause takes an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ClauseKind {
    /// A constant.
    Val = 1,
    /// A plain function, answered in place.
    Fun = 2,
    /// A generator with the continuation, which is closed when the clause ends without having consumed it.
    Ctl = 3,
    /// As `Ctl`, but the continuation may outlive the clause.
    Raw = 4,
    /// Never resumes: the body is unwound first.
    Final = 5,
}

impl ClauseKind {
    /// Every kind with its name, for the generated host copy.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("VAL", Self::Val), ("FUN", Self::Fun), ("CTL", Self::Ctl), ("RAW", Self::Raw), ("FINAL", Self::Final)];
}

/// One clause of a user's handler; `effect` is `None` for a catch-all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clause {
    pub(crate) effect: Option<EffectType>,
    pub(crate) kind: ClauseKind,
}

/// What a handler is made of.
pub(crate) enum Body {
    Clauses(Vec<Clause>),
    /// A built-in handler. A `layer` declines what it does not hold, so the search goes on outside of it: `Local` and
    /// `Listen` install one around their program.
    Native {
        native: Native,
        store: Option<StoreId>,
        layer: bool,
    },
    /// Stands for a scheduler.
    Scheduler(SchedulerNumber),
    /// Written in Rust by somebody else.
    Program(Box<dyn NativeHandler>),
}

/// A handler as the heart knows it.
pub(crate) struct Handler {
    pub(crate) body: Body,
    pub(crate) returns: bool,
    /// Nobody owns the definition yet; the first owner takes it over.
    pub(crate) unowned: bool,
    /// Made by one installation, with a store of its own that ends with it.
    pub(crate) fresh: bool,
}

/// How one handler answers one effect type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Clause { kind: ClauseKind, clause: u32 },
    Native { native: Native, store: Option<StoreId>, layer: bool },
    Scheduler(SchedulerNumber),
    Program,
}

/// The answer of dispatch: who takes the effect, how, and where their boundary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolution {
    pub(crate) handler: HandlerId,
    pub(crate) answer: Answer,
    /// The scope of the handler's boundary, which is the nearest one in that scope.
    pub(crate) at: ScopeId,
}

impl Handler {
    /// How this handler answers `effect`; `None` when it has no clause for it.
    pub(crate) fn answer(&self, effect: EffectType) -> Option<Answer> {
        match &self.body {
            // Nobody performs that one: it finds the scheduler, whatever takes everything inside of it.
            Body::Clauses(_) | Body::Program(_) if effect == EffectType::SCHEDULER => None,
            Body::Clauses(clauses) => clauses
                .iter()
                .zip(0..)
                .find(|(clause, _)| clause.effect.is_none_or(|own| own == effect))
                .map(|(clause, number)| Answer::Clause { kind: clause.kind, clause: number }),
            &Body::Scheduler(number) => effect.is_scheduling().then_some(Answer::Scheduler(number)),
            Body::Program(handler) => handler.takes(effect).then_some(Answer::Program),
            &Body::Native { native, store, layer } => {
                native.takes(effect).then_some(Answer::Native { native, store, layer })
            }
        }
    }
}

impl Native {
    /// Every built-in handler with its name and number on the wire.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("STATE", Self::State), ("READER", Self::Reader), ("WRITER", Self::Writer), ("TRY", Self::Try)];

    /// Whether this built-in handler has a clause for the effect.
    pub(crate) fn takes(self, effect: EffectType) -> bool {
        match self {
            Self::State => matches!(effect, EffectType::GET | EffectType::PUT | EffectType::MODIFY),
            Self::Reader => matches!(effect, EffectType::ASK | EffectType::LOCAL),
            Self::Writer => matches!(effect, EffectType::TELL | EffectType::LISTEN),
            Self::Try => effect == EffectType::TRY,
        }
    }

    /// Whether the handler needs a store.
    pub(crate) fn has_store(self) -> bool {
        self != Self::Try
    }
}
