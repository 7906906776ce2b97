//! The journal: what the host has done ahead of the machine, told to it later and in order.
//!
//! Most of what a program does can be foreseen: who takes an effect from the answer of dispatch
//! ([`Evidence`](crate::Evidence)), who goes on from who is ready ([`Foresight`](crate::Foresight)). Much of it is over
//! before anybody but the performer takes an interest. So the host does it on its own account and writes down the deeds
//! that leave something behind; the machine replays them, in the order in which they were done, before its next command.
//!
//! Replaying a deed has the effect of the command it replaces. No deed runs user code or needs an answer besides the name
//! of what it has made.

use crate::continuation::{Continuation, ContinuationId};
use crate::frame::Frame;
use crate::handler::{Answer, ClauseKind, Resolution};
use crate::id::{EffectType, GeneratorSlot, ScopeId, StoreId, ValueSlot};
use crate::outcome::Instruction;
use crate::region::{CancelScopeId, Opening, Region};
use crate::scheduler::task::{SchedulerNumber, TaskId, Waitable};
use crate::segment::SegmentId;
use crate::vm::Vm;

/// One deed of the host. The places of frames are leased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A run was begun.
    Began,
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
    /// A clause that takes the continuation was started. The continuation gets its name.
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
    /// The frames on top have ended, and what they gave has gone to the frames below them: so many, each of a program, or
    /// of a clause that has used its continuation.
    Ended {
        /// How many.
        count: u32,
    },
    /// A message was told to a writer. It gets a slot.
    Told {
        /// The writer's.
        store: StoreId,
    },
    /// `Spawn` was performed. The task gets its name and a handle.
    Spawned {
        /// As in the subject of the effect.
        options: u32,
    },
    /// `CompletePromise` or `FailPromise` was performed.
    Settled {
        /// What somebody waited for.
        promise: Waitable,
        /// Whether it failed.
        failed: bool,
    },
    /// `Cancel` was performed, of a task that was not running.
    Cancelled {
        /// Which one.
        task: TaskId,
    },
    /// `Wait` was performed, for a promise of the program that has no record, and the only task that was ready went on.
    /// The promise gets its name and a handle.
    HandedOff {
        /// The place of the generator that went on, with what it had waited for.
        to: GeneratorSlot,
    },
}

/// The name of what a deed has made.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// What a clause may resume.
    Continuation(ContinuationId),
    /// A cancel scope.
    Scope {
        /// Its name.
        scope: CancelScopeId,
        /// Where the host's object for it is kept.
        handle: ValueSlot,
    },
    /// A task that was spawned, or a promise that is waited for.
    Waitable {
        /// Its name.
        waitable: Waitable,
        /// Where the host's object for it is kept.
        handle: ValueSlot,
    },
    /// Where a message is kept.
    Message(ValueSlot),
}

impl Vm {
    /// Replays a deed, after those before it. Gives the name of what it has made.
    ///
    /// # Panics
    /// When it is nothing that the host can have done: a bug in the host.
    pub fn replay(&mut self, deed: Deed) -> Option<Named> {
        match deed {
            Deed::Began => self.replay_begin(),
            Deed::Called { slot } => {
                self.use_lease();
                self.push(Frame::Program(slot));
            }
            Deed::Answering { effect, slot } => {
                self.use_lease();
                let found = self.resolve_ahead(effect);
                self.push_in_place(found.at);
                self.push(Frame::Program(slot));
            }
            Deed::Opened { opening, slot } => {
                self.use_lease();
                let named = self.replay_opening(opening);
                self.push(Frame::Program(slot));
                return named;
            }
            Deed::Started { effect, slot } => {
                self.use_lease();
                let (found, keeps) = self.resolve_clause(effect);
                return Some(Named::Continuation(self.push_clause(found.at, slot, keeps)));
            }
            Deed::Resumed { effect, slot } => {
                self.use_lease();
                self.push_waiting(effect, slot);
            }
            Deed::Ended { count } => self.replay_ends(count),
            Deed::Told { store } => {
                let value = self.host.take_value();
                self.stores.append(store, value);
                return Some(Named::Message(value));
            }
            Deed::Spawned { options } => {
                let number = self.scheduler_ahead(EffectType::SPAWN);
                let (task, handle) = self.queue_new(number, options);
                return Some(Named::Waitable { waitable: Waitable::Task(task), handle });
            }
            Deed::Settled { promise, failed } => self.settle(promise, failed),
            Deed::Cancelled { task } => {
                assert_ne!(Some(task), self.foresight().running, "a task hears at once that it was cancelled");
                self.cancel(task);
            }
            Deed::HandedOff { to } => {
                let number = self.scheduler_ahead(EffectType::WAIT);
                let (waitable, handle) = self.hand_off(number, to);
                return Some(Named::Waitable { waitable, handle });
            }
        }
        None
    }

    fn replay_begin(&mut self) {
        assert!(self.current.is_none(), "a run begins when no other is under way");
        self.start();
    }

    fn use_lease(&mut self) {
        self.leased = self.leased.checked_sub(1).expect("what is ahead is in a leased place");
    }

    fn replay_opening(&mut self, opening: Opening) -> Option<Named> {
        match opening {
            Opening::CancelScope { collects } => {
                let handle = self.host.take_value();
                let scope = self.open_scope(handle, collects);
                return Some(Named::Scope { scope, handle });
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

    fn replay_ends(&mut self, count: u32) {
        for _ in 0..count {
            let frame = self.top_mut().frames.pop();
            let slot = frame.filter(|&frame| self.returns_plainly(frame)).and_then(Frame::generator);
            self.host.free_generator(slot.expect("what ended ahead is a generator's frame"));
        }
    }

    fn resolve_ahead(&mut self, effect: EffectType) -> Resolution {
        let scope = self.top().scope;
        self.scopes.resolve(scope, effect, &self.handlers).expect("what was answered ahead has a handler")
    }

    fn scheduler_ahead(&mut self, effect: EffectType) -> SchedulerNumber {
        match self.resolve_ahead(effect).answer {
            Answer::Scheduler(number) => number,
            other => panic!("a scheduler takes {effect:?}, not {other:?}"),
        }
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
    /// as long as each of them returns it on, the machine need not be asked, and is told how many have
    /// [ended](Deed::Ended).
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
}
