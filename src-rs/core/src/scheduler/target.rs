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

/// What a look has seen so far.
#[derive(Default)]
struct Look {
    /// The outermost mark, and the clause that must be closed before it is on the chain.
    found: Option<(Mark, Option<Holder>)>,
    /// The holder of the continuation that is looked at.
    holder: Option<Holder>,
    /// The shields that have a hole here.
    restored: Vec<u32>,
    /// Whether shields count.
    everything: bool,
}

impl Vm {
    /// A task that runs performs something that suspends: if it was told to end, it unwinds at once.
    pub(crate) fn unwind_if_told(&mut self) -> Option<Step> {
        if self.cancelled == 0 && !self.aborting {
            return None;
        }
        let (mark, holder) = self.target_from(self.current)?;
        Some(self.unwind_to(mark, holder))
    }

    /// Whether a task that stands at `from` would unwind.
    pub(crate) fn is_told(&self, from: Option<SegmentId>) -> bool {
        self.cancelled > 0 && self.target_from(from).is_some()
    }

    /// Whether the root of the run would unwind as well as what is on top of `from`.
    pub(crate) fn reaches_root(&self, from: SegmentId) -> bool {
        matches!(self.target_from(Some(from)), Some((Mark::Run, None)))
    }

    fn target_from(&self, from: Option<SegmentId>) -> Option<(Mark, Option<Holder>)> {
        let mut look = Look::default();
        self.look(from, None, &mut look);
        look.found
    }

    /// Whether anything around the current segment was cancelled, shielded or not: then every effect must be heard of.
    pub(crate) fn is_alarmed(&self) -> bool {
        if self.cancelled == 0 {
            return self.aborting;
        }
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
                    look.found = Some((Mark::Task(task), look.holder));
                }
                return true;
            }
            if segment.region.is_some_and(|region| self.ends_look(region, look)) {
                return true;
            }
            if last == Some(id) {
                return false;
            }
            at = segment.parent;
        }
        if self.aborting && last.is_none() {
            look.found = Some((Mark::Run, None));
        }
        true
    }

    /// The continuations that clauses on the segment own, the uppermost first.
    fn look_into_held(&self, segment: SegmentId, look: &mut Look) -> bool {
        let frames = &self.segment(segment).frames;
        let alive = self.segment(segment).doomed as usize;
        for (frame, entry) in frames.iter().enumerate().skip(alive).rev() {
            let &Frame::Clause { k, .. } = entry else { continue };
            let Some(&Continuation::Captured { first, last }) = self.continuations.get(k) else { continue };
            let outer = look.holder;
            look.holder = outer.or(Some(Holder { segment, frame, k }));
            let ends = self.look(Some(first), Some(last), look);
            look.holder = outer;
            if ends {
                return true;
            }
        }
        false
    }

    fn ends_look(&self, region: Region, look: &mut Look) -> bool {
        match region {
            Region::Shield(number) => !look.everything && !look.restored.contains(&number),
            Region::Restore(number) => {
                look.restored.push(number);
                false
            }
            Region::Cancel(id) => {
                let scope = self.cancel_scope(id);
                if scope.ending {
                    return !look.everything;
                }
                if scope.cancelled {
                    look.found = Some((Mark::Scope(id), look.holder));
                }
                false
            }
            Region::Child(_) | Region::InPlace => false,
        }
    }

    /// Unwinds from the current segment to the mark.
    fn unwind_to(&mut self, mark: Mark, holder: Option<Holder>) -> Step {
        match (mark, holder) {
            (_, Some(holder)) => self.close_holder(holder),
            (Mark::Task(task), None) => self.unwind_task(task),
            (Mark::Scope(id), None) => self.unwind_scope(id),
            (Mark::Run, None) => self.unwind_run(),
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
    fn close_holder(&mut self, Holder { segment, frame, k }: Holder) -> Step {
        let k = self.move_out(k);
        let scope = self.segment(segment).scope;
        let above = self.segment_mut(segment).frames.split_off(frame);
        self.segment_mut(segment).frames.push(Frame::After(Completion::PutBack { k }));
        let id = self.insert_segment(scope, segment);
        self.segment_mut(id).frames = above;
        self.segment_mut(id).holds = true;
        let mut at = self.running();
        if at == segment {
            self.current = Some(id);
        }
        while at != segment {
            self.doom_segment(at);
            let parent = self.segment(at).parent.expect("the clause is on the chain (I2)");
            if parent == segment {
                self.segment_mut(at).parent = Some(id);
            }
            at = parent;
        }
        self.doom_segment(id);
        Step::Then(Mode::Unwind)
    }

    /// The clause that answered on behalf of the performer is closed: the performer unwinds.
    pub(crate) fn put_back(&mut self, k: ContinuationId) -> Step {
        match self.take(k) {
            Ok((first, last)) => self.attach(first, last),
            Err(fault) => unreachable!("nobody but the completion knows the continuation: {fault:?}"),
        }
        self.unwind_if_told().expect("what was cancelled stays cancelled (I11)")
    }

    /// Something around `segment` was cancelled: the task that it is of, or, if a clause owns it, whoever answers.
    pub(crate) fn alarm_around(&mut self, segment: SegmentId) {
        let mut at = segment;
        loop {
            let own = self.segment(at);
            if let Some(&Frame::Task(task)) = own.frames.first() {
                return self.alarm(task);
            }
            match own.parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        if self.current.is_some() && self.is_alarmed() {
            self.asks_always = true;
        }
        let mut tasks: Vec<TaskId> = self.tasks.iter().map(|(id, _)| id).collect();
        tasks.sort_by_key(|&id| (self.task(id).scheduler, self.task(id).number));
        for task in tasks {
            self.alarm(task);
        }
    }

    /// Something on the task's chain was cancelled. One that is suspended unwinds when its turn comes, unless it is
    /// shielded; one that was answered is suspended no more, and gets that first, since it may be something to release.
    pub(crate) fn alarm(&mut self, id: TaskId) {
        let task = self.task(id);
        let (first, is_started) = (task.first, task.bottom.is_some());
        if self.scheduler(task.scheduler).running == Some(id) {
            self.asks_always = true;
        } else if !task.wake.is_answer() && task.wake != Wake::Cancel && (!is_started || self.is_told(first)) {
            self.unwind_next(id);
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
