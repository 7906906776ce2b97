//! The five operations. Everything a program can do to the chain is one of them.
//!
//! | operation | what it does |
//! |---|---|
//! | `with_handler` | a new segment holding the handler, parent = current; it becomes current |
//! | `perform` | find who takes the effect; answer in place, or detach the chain below and including its boundary as `k` |
//! | `resume` | take `k`'s chain, link its last segment to the current one, go on at its first |
//! | `forward` | a handler declined: link `k` to the current segment again and search from there outward |
//! | `segment_return` | the last frame returned: free the segment, map the value by the return clause, go to the parent |

use crate::command::Native;
use crate::continuation::{Continuation, ContinuationId};
use crate::error::Fault;
use crate::frame::{Completion, Frame};
use crate::handler::{Answer, Body, ClauseKind, Handler, Resolution};
use crate::id::{EffectType, GeneratorSlot, HandlerId, KeyId, Place, ScopeId, StoreId};
use crate::native::{reader, state, writer};
use crate::outcome::Instruction;
use crate::region::Region;
use crate::scheduler::task::Task;
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

impl Vm {
    /// Installs a handler around what comes next. O(1).
    pub(crate) fn with_handler(&mut self, handler: HandlerId) {
        let outer = self.top().scope;
        let scheduler = self.scheduler_of(handler);
        if scheduler.is_some_and(|number| self.scheduler(number).boundary.is_some()) {
            // A scheduler at work has one boundary; reinstalled inside of it, it is in scope already.
            self.push_segment(outer, None);
            return;
        }
        let scope = self.scope_of(outer, handler);
        self.push_segment(scope, Some(handler));
        if let Some(number) = scheduler {
            self.begin_scheduler(number);
        }
    }

    /// Installs a built-in handler with a new store of its own.
    pub(crate) fn with_store(&mut self, native: Native, layer: bool, returns: bool) -> (HandlerId, Option<StoreId>) {
        let store = native.has_store().then(|| self.stores.create());
        let handler =
            self.define(Handler { body: Body::Native { native, store, layer }, returns, unowned: true, fresh: true });
        self.with_handler(handler);
        (handler, store)
    }

    /// Performs an effect: the search of the current scope decides. O(1) when the scope's row knows the answer; a
    /// capture walks the boundaries it detaches.
    #[inline]
    pub(crate) fn perform(&mut self, effect: EffectType, key: Option<KeyId>) -> Step {
        match self.dispatch(effect) {
            Ok(found) => self.answer(found, effect, key),
            Err(step) => step,
        }
    }

    /// Who takes an effect that is performed now. Otherwise nobody does, or the task is preempted before it.
    #[inline]
    fn dispatch(&mut self, effect: EffectType) -> Result<Resolution, Step> {
        self.performed += 1;
        if self.performed > self.preempt_at
            && let Some(step) = self.preempt()
        {
            return Err(step);
        }
        if self.aborting
            && let Some(step) = self.unwind_aborted()
        {
            return Err(step);
        }
        self.pending = None;
        let scope = self.top().scope;
        let found = self.scopes.resolve(scope, effect, &self.handlers);
        found.ok_or_else(|| self.ask(Instruction::Fault(Fault::UnhandledEffect)))
    }

    /// The run was told to end: what runs and is not shielded unwinds at its next effect.
    #[cold]
    fn unwind_aborted(&mut self) -> Option<Step> {
        self.end_outermost_scheduler();
        self.unwind_if_told(None)
    }

    /// Performs an effect, postponing the capture for a clause that takes the continuation.
    #[inline]
    pub(crate) fn perform_late(&mut self, effect: EffectType, key: Option<KeyId>) -> Step {
        let found = match self.dispatch(effect) {
            Ok(found) => found,
            Err(step) => return step,
        };
        match found.answer {
            Answer::Clause { kind: ClauseKind::Ctl | ClauseKind::Raw, clause } => {
                self.ask(Instruction::Start { handler: found.handler, clause })
            }
            _ => self.answer(found, effect, key),
        }
    }

    /// Captures up to the boundary in the scope `at` and pushes the clause's frame there.
    pub(crate) fn push_clause(&mut self, at: ScopeId, slot: GeneratorSlot, keeps: bool) -> ContinuationId {
        let (first, last, across) = self.detach(at);
        // Of a task that has inherited the handler, nobody but the clause can resume it: there is nothing to keep it for.
        let owned = !keeps || across.is_some();
        let k = self.continuations.insert(Continuation::Captured { first, last, owned, across });
        let segment = self.top_mut();
        if owned {
            segment.hold();
            segment.frames.push(Frame::Clause { slot, k });
        } else {
            segment.frames.push(Frame::RawClause { slot, k });
            self.keep_until_end(k);
        }
        k
    }

    /// Who takes `effect` outside of the boundary that `found` names. O(1) when the row there knows.
    pub(crate) fn resolve_outside(&mut self, found: Resolution, effect: EffectType) -> Option<Resolution> {
        let outer = self.scopes.parent(found.at)?;
        self.scopes.resolve(outer, effect, &self.handlers)
    }

    /// The handler under way only looked on: the search goes on outside of it.
    pub(crate) fn perform_onward(&mut self, effect: EffectType, key: Option<KeyId>) -> Step {
        let found = self.pending.take().expect("a handler is under way (checked by turn)");
        match self.resolve_outside(found, effect) {
            Some(outer) => self.answer(outer, effect, key),
            None => self.ask(Instruction::Fault(Fault::UnhandledEffect)),
        }
    }

    #[inline]
    pub(crate) fn answer(&mut self, found: Resolution, effect: EffectType, key: Option<KeyId>) -> Step {
        match found.answer {
            Answer::Native { native: Native::State, store, .. } => state::answer(self, store, effect, key),
            Answer::Native { native: Native::Reader, .. } => reader::answer(self, found, effect, key),
            Answer::Native { native: Native::Writer, .. } => writer::answer(self, found, effect),
            Answer::Native { native: Native::Try, .. } => {
                self.push(Frame::Catch);
                self.ask(Instruction::Enter)
            }
            Answer::Scheduler(number) => self.schedule(number, effect),
            Answer::Program => self.start_native(found, effect, key),
            Answer::Clause { kind, clause } => self.call_clause(found, kind, clause),
        }
    }

    fn call_clause(&mut self, found: Resolution, kind: ClauseKind, clause: u32) -> Step {
        let handler = found.handler;
        match kind {
            ClauseKind::Val => self.ask(Instruction::Val { handler, clause }),
            ClauseKind::Fun => {
                self.pending = Some(found);
                self.ask(Instruction::Fun { handler, clause })
            }
            ClauseKind::Ctl | ClauseKind::Raw => {
                let slot = self.host.take_generator();
                let k = self.push_clause(found.at, slot, kind == ClauseKind::Raw);
                self.ask(Instruction::Ctl { handler, clause, slot, k })
            }
            ClauseKind::Final => self.call_final(handler, found.at, clause),
        }
    }

    /// A `final` clause takes the effect in the register: the body is unwound first.
    pub(crate) fn call_final(&mut self, handler: HandlerId, at: ScopeId, clause: u32) -> Step {
        self.become_tasks_within(at);
        if let Some(step) = self.leave_by_effect(at, clause) {
            return step;
        }
        let captured = self.capture(at);
        let effect = self.keep_register();
        self.own_handler(handler);
        self.unwind(captured, Completion::Final { handler, clause, effect })
    }

    /// Detaches the chain from the current segment up to and including the boundary in the scope `at`, which is the nearest
    /// one in that scope; the boundary's parent becomes current. O(segments on the way).
    pub(crate) fn capture(&mut self, at: ScopeId) -> Continuation {
        let (first, last, across) = self.detach(at);
        Continuation::Captured { first, last, owned: false, across }
    }

    /// As [`Self::capture`]: the first and the last segment, and the task that has inherited the boundary.
    #[expect(clippy::inline_always, reason = "its three results go through memory otherwise")]
    #[inline(always)]
    fn detach(&mut self, at: ScopeId) -> (SegmentId, SegmentId, Option<Place<Task>>) {
        self.become_tasks_within(at);
        let first = self.running();
        let mut last = first;
        loop {
            let segment = self.segment(last);
            if segment.handler.is_some() && segment.scope == at {
                break;
            }
            if segment.gap {
                self.fill_gap(last);
            }
            last = self.segment(last).parent.expect("a resolved handler's boundary is on the chain (I7)");
        }
        let across = if self.segment(last).inherited { Some(self.inheritor_of(last)) } else { None };
        self.current = self.segment_mut(last).parent.take();
        (first, last, across)
    }

    /// Links a detached chain to the current segment and makes its first segment current. O(1) when the new parent is
    /// in the same scope as the old one; otherwise the scopes of its segments are found again, O(segments).
    #[inline]
    pub(crate) fn attach(&mut self, first: SegmentId, last: SegmentId) {
        let parent = self.running();
        self.segment_mut(last).parent = Some(parent);
        let outer = self.segment(parent).scope;
        let own = self.segment(last).scope;
        let same = match self.segment(last).handler {
            Some(_) => self.scopes.parent(own) == Some(outer),
            None => own == outer,
        };
        if !same {
            self.rescope(first, last, parent);
        }
        self.current = Some(first);
    }

    fn rescope(&mut self, first: SegmentId, last: SegmentId, parent: SegmentId) {
        let scope = self.segment(parent).scope;
        let own = self.segment(last).scope;
        let old = match self.segment(last).handler {
            Some(_) => self.scopes.parent(own).expect("a boundary's scope has a parent (I5)"),
            None => own,
        };
        self.rescope_from(first, last, scope, old);
    }

    /// Moves the chain from `first` to `last`, made for the scope `old`, to `scope`. O(segments).
    pub(crate) fn rescope_from(&mut self, first: SegmentId, last: SegmentId, mut scope: ScopeId, mut old: ScopeId) {
        let mut chain = vec![first];
        let mut at = first;
        while at != last {
            at = self.segment(at).parent.expect("a detached chain is linked up to its last segment (I2)");
            chain.push(at);
        }
        // The old scopes stay known until all is moved.
        let mut left = Vec::with_capacity(chain.len());
        for id in chain.into_iter().rev() {
            let segment = self.segment(id);
            let own = segment.scope;
            if segment.region == Some(Region::InPlace) {
                scope = self.scopes.outward(scope, self.scopes.levels(old, own));
            } else if segment.gap {
                let handlers = self.handlers_between(own, old);
                scope = self.scope_inside(scope, &handlers);
            } else if let Some(handler) = segment.handler {
                scope = self.scope_of(scope, handler);
            }
            self.scopes.enter(scope);
            left.push(std::mem::replace(&mut self.segment_mut(id).scope, scope));
            if let Some(number) = self.scheduler_at(id) {
                self.scheduler_mut(number).moved = true;
            }
            old = own;
        }
        for scope in left {
            self.leave(scope);
        }
    }

    /// Takes a captured continuation; a second take finds nothing.
    #[inline]
    pub(crate) fn take(&mut self, k: ContinuationId) -> Result<(SegmentId, SegmentId), Fault> {
        match self.continuations.get(k) {
            Some(&Continuation::Captured { first, last, owned, .. }) => {
                self.forget_continuation(k, owned);
                Ok((first, last))
            }
            Some(Continuation::Unstarted) => Err(Fault::UnstartedContinuation),
            None => Err(Fault::OneShotViolation),
        }
    }

    /// Resumes `k` on top of the current segment.
    pub(crate) fn resume(&mut self, k: ContinuationId, throws: bool) -> Step {
        match self.take(k) {
            Ok((first, last)) => self.resume_chain(first, last, throws),
            Err(fault) => self.ask(Instruction::Fault(fault)),
        }
    }

    #[inline]
    pub(crate) fn resume_chain(&mut self, first: SegmentId, last: SegmentId, throws: bool) -> Step {
        self.attach(first, last);
        Step::Then(if throws { Mode::Throw } else { Mode::Deliver })
    }

    /// A handler declined: its boundary is part of `k`; the search goes on outside of it, for the same performer.
    pub(crate) fn forward(&mut self, k: ContinuationId, effect: EffectType, key: Option<KeyId>) -> Step {
        let (first, last) = match self.take(k) {
            Ok(chain) => chain,
            Err(fault) => return self.ask(Instruction::Fault(fault)),
        };
        let outer = self.top().scope;
        let found = self.scopes.resolve(outer, effect, &self.handlers);
        self.attach(first, last);
        match found {
            Some(found) => self.answer(found, effect, key),
            None => self.ask(Instruction::Fault(Fault::UnhandledEffect)),
        }
    }

    /// The last frame of the current segment returned the register.
    pub(crate) fn segment_return(&mut self) -> Step {
        let Some(handler) = self.top().handler else {
            return self.leave_region(Mode::Deliver).unwrap_or_else(|| self.plain_return());
        };
        let entry = self.handler(handler);
        if let Body::Scheduler(number) = entry.body {
            debug_assert_ne!(self.scheduler(number).boundary, self.current, "a scheduler at work is not over (I7)");
        }
        if !entry.returns || self.top().inherited {
            return self.plain_return();
        }
        match entry.body {
            Body::Scheduler(_) => unreachable!("a scheduler has no return clause"),
            Body::Clauses(_) | Body::Program(_) => {
                self.pop_segment();
                let slot = self.push_program();
                self.ask(Instruction::Returns { handler, slot })
            }
            Body::Native { store, .. } => {
                let store = store.expect("only a handler with a store has its result mapped");
                // The store must outlive its boundary until the host has read it.
                self.own_handler(handler);
                self.pop_segment();
                self.push(Frame::Ended(handler));
                self.ask(Instruction::Ended { handler, store })
            }
        }
    }

    pub(crate) fn plain_return(&mut self) -> Step {
        if self.top().parent.is_none() {
            return self.finish(Instruction::Done);
        }
        self.pop_segment();
        Step::Then(Mode::Deliver)
    }

    /// The program of the run has ended: before its handlers end too, continuations still kept are closed under them,
    /// the youngest first. `None` when there are none left.
    pub(crate) fn close_kept(&mut self, mode: Mode) -> Option<Step> {
        if self.current == self.base { self.close_youngest(mode) } else { None }
    }

    fn close_youngest(&mut self, mode: Mode) -> Option<Step> {
        while let Some(k) = self.kept.pop() {
            if self.continuations.get(k).is_some() {
                return Some(self.abandon(k, mode));
            }
        }
        None
    }

    /// The root segment ended, and with it the run. What is still kept, because an installed handler has ended the
    /// program, is closed here.
    pub(crate) fn finish(&mut self, end: Instruction) -> Step {
        let mode = if end == Instruction::Failed { Mode::Throw } else { Mode::Deliver };
        if let Some(step) = self.close_youngest(mode) {
            return step;
        }
        self.pop_segment();
        self.end_run();
        self.ask(end)
    }

    /// Remembers a continuation that may outlive its clause. Amortised O(1).
    pub(crate) fn keep_until_end(&mut self, k: ContinuationId) {
        if self.kept.len() > 64 && self.kept.len() > 2 * self.continuations.len() {
            let continuations = &self.continuations;
            self.kept.retain(|&kept| continuations.get(kept).is_some());
        }
        self.kept.push(k);
    }
}
