//! What the host has done ahead of the machine, and tells it later: programs called, clauses started, messages told.
//!
//! Most of what a program does can be foreseen from the answer of dispatch ([`Evidence`](crate::Evidence)), and much of
//! it is over before anybody but the performer takes an interest. So the host does it on its own account, and the machine
//! hears, before its next command, only of what is still there. Replaying a deed has the effect of the command it
//! replaces. No deed runs user code or needs an answer besides the name of a continuation.

use crate::continuation::{Continuation, ContinuationId};
use crate::frame::Frame;
use crate::handler::{Answer, ClauseKind, Resolution};
use crate::id::{EffectType, GeneratorSlot, ScopeId, StoreId, ValueSlot};
use crate::outcome::Instruction;
use crate::region::{CancelScopeId, Opening, Region};
use crate::segment::SegmentId;
use crate::vm::Vm;

/// One deed of the host. The places are leased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ahead {
    /// A program was called.
    Called {
        /// Its place.
        slot: GeneratorSlot,
    },
    /// A `fun` clause answered the effect with a program, which runs on top of the performer, in the scope outside of the
    /// handler.
    Answering {
        /// What was performed.
        effect: EffectType,
        /// The program's place.
        slot: GeneratorSlot,
    },
    /// A region was opened, and a program was called in it. A cancel scope gets its name and a handle.
    Opened {
        /// Which kind; of a cancel scope, the register is not asked for.
        opening: Opening,
        /// The program's place.
        slot: GeneratorSlot,
    },
    /// A clause that takes the continuation was started.
    Started {
        /// What was performed.
        effect: EffectType,
        /// The clause's place.
        slot: GeneratorSlot,
    },
    /// Such a clause was started, and resumed its continuation at once; it waits for the result.
    Resumed {
        /// What was performed.
        effect: EffectType,
        /// The clause's place.
        slot: GeneratorSlot,
    },
}

/// What a deed has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// What a clause may resume.
    Continuation(ContinuationId),
    /// A cancel scope.
    Scope {
        /// Its name.
        scope: CancelScopeId,
        /// Where the host's object for it is kept.
        handle: ValueSlot,
    },
}

impl Vm {
    /// Begins a run that the host has begun already; what it did in it follows.
    ///
    /// # Panics
    /// When a run is under way.
    pub fn begin_ahead(&mut self) {
        assert!(self.current.is_none(), "a run begins when no other is under way");
        self.start();
    }

    /// Catches up with one deed. Gives the name of what it has made.
    ///
    /// # Panics
    /// When it is nothing that the host can have done: a bug in the host.
    pub fn catch_up(&mut self, deed: Ahead) -> Option<Made> {
        self.leased = self.leased.checked_sub(1).expect("what is ahead is in a leased place");
        match deed {
            Ahead::Called { slot } => {
                self.push(Frame::Program(slot));
                None
            }
            Ahead::Answering { effect, slot } => {
                let found = self.resolve_ahead(effect);
                self.push_in_place(found.at);
                self.push(Frame::Program(slot));
                None
            }
            Ahead::Opened { opening, slot } => {
                let made = self.open_ahead(opening);
                self.push(Frame::Program(slot));
                made
            }
            Ahead::Started { effect, slot } => {
                let (found, keeps) = self.resolve_clause(effect);
                Some(Made::Continuation(self.push_clause(found.at, slot, keeps)))
            }
            Ahead::Resumed { effect, slot } => {
                self.push_waiting(effect, slot);
                None
            }
        }
    }

    fn open_ahead(&mut self, opening: Opening) -> Option<Made> {
        match opening {
            Opening::CancelScope { collects } => {
                let handle = self.host.take_value();
                let scope = self.open_scope(handle, collects);
                return Some(Made::Scope { scope, handle });
            }
            Opening::Shield(number) => drop(self.push_region(Region::Shield(number))),
            Opening::Restore(number) => drop(self.push_region(Region::Restore(number))),
            Opening::Child => {
                let _ = self.open_child();
                assert_eq!(self.outcome.instruction, Instruction::Ready, "a child is a form's, in a scheduler");
            }
        }
        None
    }

    pub(crate) fn resolve_ahead(&mut self, effect: EffectType) -> Resolution {
        let scope = self.top().scope;
        self.scopes.resolve(scope, effect, &self.handlers).expect("what was answered ahead has a handler")
    }

    /// Who takes the effect with its continuation, and whether it may keep it.
    fn resolve_clause(&mut self, effect: EffectType) -> (Resolution, bool) {
        let found = self.resolve_ahead(effect);
        match found.answer {
            Answer::Clause { kind: ClauseKind::Ctl, .. } => (found, false),
            Answer::Clause { kind: ClauseKind::Raw, .. } => (found, true),
            other => panic!("a clause that takes the continuation was started, not {other:?}"),
        }
    }

    /// To capture, start a clause and resume comes to this: the clause's frame is below the chain that it resumed, and
    /// its continuation is used up.
    fn push_waiting(&mut self, effect: EffectType, slot: GeneratorSlot) {
        let (found, keeps) = self.resolve_clause(effect);
        let k = self.continuations.insert(Continuation::Unstarted);
        self.continuations.remove(k);
        let outside = self.outside_of(found.at);
        let frame = if keeps { Frame::RawClause { slot, k } } else { Frame::Clause { slot, k } };
        self.segment_mut(outside).frames.push(frame);
    }

    /// The segment outside of the boundary in the scope `scope`. O(segments on the way).
    fn outside_of(&mut self, scope: ScopeId) -> SegmentId {
        let mut at = self.running();
        loop {
            let segment = self.segment(at);
            let is_found = segment.handler.is_some() && segment.scope == scope;
            if segment.gap && !is_found {
                self.fill_gap(at);
            }
            at = self.segment(at).parent.expect("a resolved handler's boundary is on the chain (I7)");
            if is_found {
                return at;
            }
        }
    }

    /// A message was told to the writer that owns `store`; gives the slot to keep it in.
    ///
    /// # Panics
    /// When there is no such store.
    pub fn told_ahead(&mut self, store: StoreId) -> ValueSlot {
        let value = self.host.take_value();
        self.stores.append(store, value);
        value
    }

    /// So many effects were performed ahead.
    pub fn performed_ahead(&mut self, effects: u32) {
        self.performed += u64::from(effects);
    }

    /// How many effects may be performed ahead before the machine must hear of one.
    #[must_use]
    pub fn budget(&self) -> u32 {
        // A task that may be preempted or was cancelled performs none ahead; else only the counter's own width asks for one.
        if self.preempt_at == u64::MAX && !self.asks_always { i32::MAX.unsigned_abs() } else { 0 }
    }

    /// The places of the frames below the top one that a returning generator's value goes to in turn, innermost first:
    /// as long as each of them returns it on, the machine need not be asked, and is told how many have by
    /// [`Vm::returned_ahead`].
    pub fn below(&self) -> impl Iterator<Item = GeneratorSlot> {
        let segment = self.current.map(|id| self.segment(id)).filter(|segment| !segment.closing);
        let frames = segment.map_or(&[][..], |segment| &segment.frames);
        let plain = move |&&frame: &&Frame| self.returns_plainly(frame);
        frames.iter().rev().take_while(plain).skip(1).filter_map(|frame| frame.generator())
    }

    /// Whether nothing but its generator ends with this frame.
    fn returns_plainly(&self, frame: Frame) -> bool {
        match frame {
            Frame::Program(_) | Frame::RawClause { .. } => true,
            Frame::Clause { k, .. } => self.continuations.get(k).is_none(),
            _ => false,
        }
    }

    /// So many frames at the top, all among those that were [below](Vm::below) but for the first, have returned.
    ///
    /// # Panics
    /// When the frames at the top are others.
    pub fn returned_ahead(&mut self, count: u32) {
        for _ in 0..count {
            let frame = self.top_mut().frames.pop();
            let slot = frame.filter(|&frame| self.returns_plainly(frame)).and_then(Frame::generator);
            self.host.free_generator(slot.expect("what returned ahead is a generator's frame"));
        }
    }
}
