//! Targets: how far a task that is told to end unwinds.
//!
//! A cancellation is a mark, on a cancel scope or on a task, and a task looks for marks where it suspends. It looks from
//! where it is outward along its *effective chain*: its own segments and, where a clause runs on them that still owns its
//! continuation, those of that continuation, because who answers an effect works on behalf of the performer. A shield ends
//! the look unless it has a hole there, and so does whatever the machine is closing. The outermost mark seen is the target.

use crate::continuation::{Continuation, ContinuationId};
use crate::frame::{Completion, Frame};
use crate::region::{CancelScopeId, Region};
use crate::scheduler::task::{TaskId, Wait, Wake};
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

/// A clause that owns a continuation: its segment, and its place among the frames there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Holder {
    segment: SegmentId,
    frame: usize,
    k: ContinuationId,
}

/// Where an unwinding ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Task(TaskId),
    Scope(CancelScopeId),
    /// The root of the run.
    Run,
}

/// The outermost mark, and the clauses that own the continuations through which it lies, the outermost first.
#[derive(Debug)]
pub(crate) struct Found {
    mark: Mark,
    through: Vec<Holder>,
}

/// A look outward, and what it has seen so far.
#[derive(Default)]
struct Look {
    /// The task whose root ends the look; that of the run when there is none.
    of: Option<TaskId>,
    found: Option<Found>,
    /// The holders of the continuation that is looked at.
    through: Vec<Holder>,
    /// The shields that have a hole here.
    restored: Vec<u32>,
    /// Whether shields are looked through.
    everything: bool,
}

impl Look {
    fn find(&mut self, mark: Mark) {
        self.found = Some(Found { mark, through: self.through.clone() });
    }
}

impl Vm {
    /// The task, which runs, performs something that suspends: if it was told to end, it unwinds at once. Without a task
    /// the whole run is looked at.
    #[inline]
    pub(crate) fn unwind_if_told(&mut self, of: Option<TaskId>) -> Option<Step> {
        if self.cancelled == 0 { None } else { self.look_and_unwind(of) }
    }

    #[cold]
    fn look_and_unwind(&mut self, of: Option<TaskId>) -> Option<Step> {
        let mut found = self.target_from(self.current, of)?;
        self.pin(&mut found);
        Some(self.unwind_to(found))
    }

    /// Whether the task, which stands at `from`, would unwind.
    pub(crate) fn is_told(&self, from: Option<SegmentId>, task: TaskId) -> bool {
        self.cancelled > 0 && self.target_from(from, Some(task)).is_some()
    }

    /// Whether the root of the run would unwind as well as what is on top of `from`.
    pub(crate) fn reaches_root(&self, from: SegmentId) -> bool {
        self.target_from(Some(from), None).is_some_and(|found| found.mark == Mark::Run)
    }

    fn target_from(&self, from: Option<SegmentId>, of: Option<TaskId>) -> Option<Found> {
        let mut look = Look { of, ..Look::default() };
        self.look(from, None, &mut look);
        look.found
    }

    /// Whether anything around the current segment was cancelled, shielded or not: then every effect must be heard of.
    #[inline]
    pub(crate) fn is_alarmed(&self) -> bool {
        self.cancelled > 0 && self.look_at_everything()
    }

    #[cold]
    fn look_at_everything(&self) -> bool {
        let mut look = Look { everything: true, ..Look::default() };
        self.look(self.current, None, &mut look);
        look.found.is_some() || self.aborting
    }

    /// Looks outward from `from`, to `last` if there is one. Gives whether something has ended the look.
    fn look(&self, from: Option<SegmentId>, last: Option<SegmentId>, look: &mut Look) -> bool {
        let mut at = from;
        while let Some(id) = at {
            let segment = self.segment(id);
            if segment.holds && self.look_into_held(id, look) {
                return true;
            }
            if segment.closing && !look.everything {
                return true;
            }
            if let Some(&Frame::Task(task)) = segment.frames.first() {
                let own = self.task(task);
                if own.cancelled && !own.unwinding {
                    look.find(Mark::Task(task));
                }
                // Farther out may be the task of another scheduler, of which this one is a part.
                if look.of == Some(task) {
                    return true;
                }
            }
            if segment.region.is_some_and(|region| self.ends_look(region, look)) {
                return true;
            }
            if last == Some(id) {
                return false;
            }
            at = segment.parent;
        }
        if self.aborting {
            look.find(Mark::Run);
        }
        true
    }

    /// The continuations that clauses on the segment own, the uppermost first.
    fn look_into_held(&self, id: SegmentId, look: &mut Look) -> bool {
        let segment = self.segment(id);
        for (frame, entry) in segment.frames.iter().enumerate().skip(segment.closed_up_to()).rev() {
            let (&Frame::Clause { k, .. }, Some((first, last))) = (entry, self.owned_by(*entry)) else { continue };
            look.through.push(Holder { segment: id, frame, k });
            let ends = self.look(Some(first), Some(last), look);
            look.through.pop();
            if ends {
                return true;
            }
        }
        false
    }

    /// The continuation that the frame owns, if it is a clause's and has not been used.
    pub(crate) fn owned_by(&self, frame: Frame) -> Option<(SegmentId, SegmentId)> {
        let Frame::Clause { k, .. } = frame else { return None };
        match self.continuations.get(k) {
            Some(&Continuation::Captured { first, last, .. }) => Some((first, last)),
            _ => None,
        }
    }

    fn ends_look(&self, region: Region, look: &mut Look) -> bool {
        match region {
            Region::Shield(number) => !look.everything && !look.restored.contains(&number),
            Region::Restore(number) => {
                look.restored.push(number);
                false
            }
            Region::Cancel(place) => {
                let id = self.cancel_scopes.name_at(place);
                let scope = self.cancel_scope(id);
                if scope.ending {
                    return !look.everything;
                }
                if scope.cancelled {
                    look.find(Mark::Scope(id));
                }
                false
            }
            Region::Child(_) | Region::InPlace => false,
        }
    }

    /// Unwinds from the current segment to the mark.
    fn unwind_to(&mut self, mut found: Found) -> Step {
        if !found.through.is_empty() {
            let holder = found.through.remove(0);
            return self.close_holder(holder, found);
        }
        match found.mark {
            Mark::Task(task) => self.unwind_task(task),
            Mark::Scope(id) => self.unwind_scope(id),
            Mark::Run => self.unwind_run(),
        }
    }

    fn unwind_scope(&mut self, id: CancelScopeId) -> Step {
        let scope = self.cancel_scope_mut(id);
        let boundary = scope.segment;
        let completion = match scope.handle.take() {
            Some(handle) => Completion::Expired(handle),
            None => unreachable!("an unwinding that ends at a boundary is not overtaken by another (I11)"),
        };
        let mut at = self.running();
        loop {
            self.doom_segment(at);
            let parent = self.segment(at).parent.expect("a scope is inside of a run (I1)");
            if at == boundary {
                self.segment_mut(parent).frames.push(Frame::After(completion));
                return Step::Then(Mode::Unwind);
            }
            at = parent;
        }
    }

    /// The mark is in a continuation that a clause owns: the clause is closed, and whatever runs on top of it; then the
    /// continuation is put back in its place.
    fn close_holder(&mut self, Holder { segment, frame, k }: Holder, found: Found) -> Step {
        let k = self.move_out(k);
        self.put_back_for.push((k, found));
        self.unwind_from(segment, frame, Completion::PutBack { k })
    }

    /// The clause that answered on behalf of the performer is closed: the performer unwinds. It fails with the register if
    /// the clause has.
    pub(crate) fn put_back(&mut self, k: ContinuationId, failed: bool) -> Step {
        let found = self.forget_put_back(k);
        match self.take(k) {
            Ok((first, last)) => self.attach(first, last),
            Err(fault) => unreachable!("nobody but the completion knows the continuation: {fault:?}"),
        }
        let step = self.unwind_to(found);
        if failed { self.fail_unwinding() } else { step }
    }

    /// How far the performer was to unwind once the continuation is put back.
    pub(crate) fn forget_put_back(&mut self, k: ContinuationId) -> Found {
        let at = self.put_back_for.iter().position(|&(own, _)| own == k);
        self.put_back_for.swap_remove(at.expect("a clause was closed for it (I11)")).1
    }

    /// Something around `segment` was cancelled: the task that it is a part of is told, or whoever answers on its behalf.
    pub(crate) fn alarm_around(&mut self, segment: SegmentId) {
        let mut at = segment;
        loop {
            let own = self.segment(at);
            if let Some(&Frame::Task(task)) = own.frames.first()
                && self.scheduler(self.task(task).scheduler).running != Some(task)
            {
                return self.alarm(task);
            }
            match own.parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        if self.current.is_some_and(|current| self.root_of(current) == at) {
            self.asks_always = true;
            return;
        }
        // It is in a continuation: who owns that is found by looking.
        self.asks_always |= self.current.is_some() && self.is_alarmed();
        self.alarm_all();
    }

    fn alarm_all(&mut self) {
        let mut tasks: Vec<TaskId> = self.tasks.iter().map(|(id, _)| id).collect();
        tasks.sort_by_key(|&id| (self.task(id).scheduler, self.task(id).number));
        for task in tasks {
            self.alarm(task);
        }
    }

    /// Takes a continuation out. If a clause of a task that waits owned it, what was in it hides no cancellation from that
    /// task any more.
    #[inline]
    pub(crate) fn take_out(&mut self, k: ContinuationId) -> Option<Continuation> {
        let taken = self.continuations.remove(k)?;
        self.uncover(k, matches!(taken, Continuation::Captured { owned: true, .. }));
        Some(taken)
    }

    /// As above, of one that is there.
    #[inline]
    pub(crate) fn forget_continuation(&mut self, k: ContinuationId, owned: bool) {
        self.continuations.free(k);
        self.uncover(k, owned);
    }

    #[inline]
    fn uncover(&mut self, k: ContinuationId, owned: bool) {
        if owned && self.cancelled > 0 {
            self.alarm_uncovered(k);
        }
    }

    #[cold]
    fn alarm_uncovered(&mut self, k: ContinuationId) {
        if !self.is_clause_around(k) {
            self.alarm_all();
        }
    }

    /// Whether the clause of the continuation is on the running chain.
    fn is_clause_around(&self, k: ContinuationId) -> bool {
        let mut chain = std::iter::successors(self.current, |&id| self.segment(id).parent);
        chain.any(|id| self.segment(id).frames.iter().any(|frame| frame.callsite() == Some(k)))
    }

    /// Something that the task is inside of was cancelled. If it is suspended, it unwinds when its turn comes, unless it is
    /// shielded; if it was answered, it gets that first, since it may be something to release.
    pub(crate) fn alarm(&mut self, id: TaskId) {
        let task = self.task(id);
        if task.wake.is_answer() || task.wake == Wake::Cancel {
            return;
        }
        let Some(first) = task.first else {
            if task.bottom.is_none() && task.cancelled {
                self.unwind_next(id);
            }
            return;
        };
        if let Some(mut found) = self.target_from(Some(first), Some(id)) {
            self.pin(&mut found);
            self.unwind_next(id);
        }
    }

    /// The continuations through which the mark lies belong to the unwinding: whoever knows their names cannot use them.
    fn pin(&mut self, found: &mut Found) {
        for holder in &mut found.through {
            let continuation = self.continuations.remove(holder.k).expect("it was looked into");
            holder.k = self.continuations.insert(continuation);
            let Frame::Clause { k, .. } = &mut self.segment_mut(holder.segment).frames[holder.frame] else {
                unreachable!("only a clause owns a continuation");
            };
            *k = holder.k;
        }
    }

    /// A task was cancelled.
    pub(crate) fn alarm_task(&mut self, id: TaskId) {
        let task = self.task(id);
        match task.bottom {
            Some(bottom) if self.scheduler(task.scheduler).running == Some(id) => self.alarm_around(bottom),
            _ => self.alarm(id),
        }
    }

    /// When it is the task's turn, it unwinds.
    pub(crate) fn unwind_next(&mut self, id: TaskId) {
        let task = self.task(id);
        if task.wait == Wait::Inner {
            let inner = task.first.and_then(|segment| self.scheduler_at(segment));
            let inner = inner.expect("a task that waits for a scheduler inside is parked on its boundary (I9)");
            self.scheduler_mut(inner).parked_in = None;
        }
        self.wake(id, Wake::Cancel);
    }
}
