//! Evidence for the host: the answer of dispatch in a form that can be kept outside of the machine.
//!
//! Dispatch is a pure function of (scope, effect type), so an answer once given holds as long as the scope exists. A
//! *stamp* is what the host knows a scope or a store by: it is given on demand and never twice, so that an answer kept
//! under it can outlive what it is about without ever being mistaken for another's, and needs no withdrawing.

use std::num::NonZeroU32;

use crate::command::Native;
use crate::handler::{Answer, ClauseKind};
use crate::id::{EffectType, HandlerId, KeyId, StoreId, ValueSlot};
use crate::vm::Vm;

/// What the host knows a scope or a store by.
pub type Stamp = NonZeroU32;

/// Gives out stamps; shared by all machines whose answers are kept in one place.
#[derive(Debug, Default)]
pub struct Stamps {
    last: u32,
}

impl Stamps {
    /// Stamps that go on after `last`.
    #[must_use]
    pub fn after(last: u32) -> Self {
        Self { last }
    }

    /// Whether nearly all of them are given out: then every machine must [forget](Vm::forget_stamps) its own, every
    /// answer kept must be dropped, and they start anew.
    #[must_use]
    pub fn are_used_up(&self) -> bool {
        // One answer needs three at most.
        self.last > i32::MAX.unsigned_abs() - 4
    }

    fn next(&mut self) -> Stamp {
        self.last += 1;
        NonZeroU32::new(self.last).expect("stamps count up from 1")
    }

    fn give(&mut self, to: &mut Option<Stamp>) -> Stamp {
        *to.get_or_insert_with(|| self.next())
    }
}

/// Who takes an effect performed in a scope, and how: for answers that need nothing from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The scope.
    pub scope: Stamp,
    /// The scope outside of the handler's boundary.
    pub outside: Stamp,
    /// How the effect is answered.
    pub takes: Takes,
}

/// How an effect is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// By a user's clause. A `final` one needs the machine, but what it ends may be closed before it is asked.
    Clause {
        /// Its kind.
        kind: ClauseKind,
        /// The handler.
        handler: HandlerId,
        /// The clause's number.
        clause: u32,
    },
    /// From an entry of State or Reader, or by an entry more of a Writer.
    Store {
        /// The store.
        store: StoreId,
        /// Its stamp.
        stamp: Stamp,
    },
    /// By the scheduler, without looking at any task.
    Scheduler,
}

impl Vm {
    /// The answer for `effect`, performed now, if the host can keep it.
    pub fn evidence(&mut self, effect: EffectType, stamps: &mut Stamps) -> Option<Evidence> {
        let scope = self.segment(self.current?).scope;
        let found = self.scopes.resolve(scope, effect, &self.handlers)?;
        let takes = match found.answer {
            Answer::Clause { kind, clause } => Takes::Clause { kind, handler: found.handler, clause },
            // What a layer lacks it declines, so its answer depends on the key.
            Answer::Native { store: Some(store), layer: false, native } if native.is_entry(effect) => {
                Takes::Store { store, stamp: stamps.give(self.stores.stamp(store)) }
            }
            Answer::Scheduler(_) if effect.is_at_once() => Takes::Scheduler,
            Answer::Native { .. } | Answer::Scheduler(_) | Answer::Program => return None,
        };
        let outside = self.scopes.parent(found.at)?;
        Some(Evidence {
            scope: stamps.give(self.scopes.stamp(scope)),
            outside: stamps.give(self.scopes.stamp(outside)),
            takes,
        })
    }

    /// The stamp of the current scope, if it has one.
    #[must_use]
    #[inline]
    pub fn scope_stamp(&self) -> Option<Stamp> {
        self.current.and_then(|id| self.scopes.stamped(self.segment(id).scope))
    }

    /// The slot of an entry.
    #[must_use]
    pub fn entry(&self, store: StoreId, key: KeyId) -> Option<ValueSlot> {
        self.stores.get(store)?.get(key)
    }

    /// Takes every stamp back.
    pub fn forget_stamps(&mut self) {
        self.scopes.forget_stamps();
        self.stores.forget_stamps();
        // What the host knows of parked tasks is by their scopes' stamps.
        self.schedulers.iter_mut().flatten().for_each(|scheduler| scheduler.moved = true);
    }
}

impl Native {
    /// Whether the effect reads or writes one entry of the handler's store.
    fn is_entry(self, effect: EffectType) -> bool {
        match self {
            Self::State => self.takes(effect),
            Self::Reader => effect == EffectType::ASK,
            Self::Writer => effect == EffectType::TELL,
            Self::Try => false,
        }
    }
}
