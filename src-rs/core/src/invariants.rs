//! What is true between any two turns. Each check cites its number; `tests` break each one on purpose.
//!
//! The whole machine is checked after every turn while it is small, and at every 1024th turn once it holds more than
//! [`SMALL`] things, since a check costs O(machine). I9, which is about tasks, and I11, which is about cancel scopes and
//! forms, are in `scheduler/invariants.rs`.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::continuation::Continuation;
use crate::frame::Frame;
use crate::handler::Body;
use crate::id::{ScopeId, ValueSlot};
use crate::region::Region;
use crate::segment::{Segment, SegmentId};
use crate::vm::Vm;

const SMALL: usize = 128;

impl Vm {
    /// Checks I1…I11.
    ///
    /// # Panics
    /// When one does not hold: a bug in the heart.
    pub(crate) fn check_invariants(&self) {
        let tasks = self.tasks.len() + self.promises.len() + self.semaphores.len();
        let size = self.segments.len() + self.host.generators.in_use() + self.host.live_values() + tasks;
        if size > SMALL && !self.turns.is_multiple_of(1024) {
            return;
        }
        self.check_chains();
        self.check_frames();
        self.check_unwinding();
        self.check_scopes();
        self.check_values();
        self.check_tasks();
        self.check_cancel_scopes();
        self.check_rows();
    }

    /// I1: parent links lead from the current segment to the root and never form a cycle.
    /// I2: every segment is on exactly one chain: the current one, one continuation's, which ends at `last`, or a parked
    /// task's, which ends at the segment of its task frame.
    fn check_chains(&self) {
        let mut seen = FxHashSet::default();
        let mut walk = |start: Option<SegmentId>, end: Option<SegmentId>| {
            let mut at = start;
            let mut last = None;
            while let Some(id) = at {
                assert!(seen.insert(id), "I1/I2: {id:?} is on two chains or on a cycle");
                last = Some(id);
                at = self.segments.get(id).expect("I1: a linked segment exists").parent;
            }
            assert!(end.is_none() || end == last, "I2: a continuation ends at its last segment");
        };
        walk(self.current, None);
        for (_, continuation) in self.continuations.iter() {
            if let &Continuation::Captured { first, last, .. } = continuation {
                walk(Some(first), Some(last));
            }
        }
        for (_, task) in self.tasks.iter() {
            let mut at = task.first;
            while let Some(id) = at {
                assert!(seen.insert(id), "I1/I2: {id:?} is on two chains or on a cycle");
                let parent = self.segments.get(id).expect("I1: a linked segment exists").parent;
                at = parent.filter(|_| Some(id) != task.bottom);
            }
        }
        assert_eq!(seen.len(), self.segments.len(), "I2: every segment is on a chain");
    }

    /// I3: a generator's place belongs to exactly one frame.
    fn check_frames(&self) {
        let mut slots = FxHashSet::default();
        for frame in self.frames() {
            if let Some(slot) = frame.generator() {
                assert!(slots.insert(slot), "I3: {slot:?} belongs to two frames");
            }
        }
        let natives = self.frames().filter(|frame| matches!(frame, Frame::Native { .. })).count();
        assert_eq!(natives, self.natives.len(), "I3: every native program has a frame");
        assert_eq!(slots.len() + self.leased, self.host.generators.in_use(), "I3: every place in use has a frame");
    }

    /// I4: only closing segments have doomed frames, and no more than they hold; what is on top of a doomed frame is
    /// cleanup at work.
    fn check_unwinding(&self) {
        for (id, segment) in self.segments.iter() {
            assert!(segment.closing || segment.doomed == 0, "I4: {id:?} is not closing, yet has doomed frames");
            assert!(
                segment.closing || segment.failure.is_none(),
                "I4: {id:?} is not closing, yet its cleanup has failed"
            );
            assert!(segment.doomed as usize <= segment.frames.len(), "I4: {id:?} dooms frames it does not hold");
        }
    }

    /// I5: a segment's scope is its parent's scope plus its handler, and a scope is used as often as it is entered. The
    /// lowest segment of a parked task goes by the scope that its scheduler's boundary had when it parked. A segment with
    /// a gap below it, which is a task's lowest or next to it, has more handlers than its parent; what runs in place of an
    /// answer has fewer.
    fn check_scopes(&self) {
        let mut uses: FxHashMap<ScopeId, u32> = FxHashMap::default();
        let parked = self.tasks.iter().filter(|(_, task)| task.first.is_some());
        let bases: FxHashMap<_, _> = parked.filter_map(|(_, task)| Some((task.bottom?, task.base))).collect();
        for (id, segment) in self.segments.iter() {
            *uses.entry(segment.scope).or_default() += 1;
            let parent = segment.parent.and_then(|parent| self.segments.get(parent));
            let outer = bases.get(&id).copied().or_else(|| parent.map(|parent| parent.scope));
            if segment.gap {
                let lowest = [Some(segment), parent].into_iter().flatten().filter_map(|near| near.frames.first());
                let is_task = lowest.into_iter().any(|frame| matches!(frame, Frame::Task(_)));
                assert!(is_task, "I5: only the lowest segment of a task has a gap below it");
            } else if let Some(outer) = outer {
                self.check_scope_of(id, segment, outer);
            }
        }
        for (_, task) in self.tasks.iter().filter(|(_, task)| task.bottom.is_none()) {
            *uses.entry(task.scope).or_default() += 1;
        }
        for (scope, count) in uses {
            assert!(self.scopes.uses(scope) >= count, "I5: {scope:?} is used more often than it was entered");
        }
    }

    fn check_scope_of(&self, id: SegmentId, segment: &Segment, outer: ScopeId) {
        if segment.region == Some(Region::InPlace) {
            self.scopes.levels(outer, segment.scope);
        } else if segment.handler.is_some() {
            assert_eq!(self.scopes.handler(segment.scope), segment.handler, "I5: {id:?} has its handler's scope");
            assert_eq!(self.scopes.parent(segment.scope), Some(outer), "I5: {id:?} is inside its parent's scope");
        } else {
            assert_eq!(segment.scope, outer, "I5: {id:?} without a handler is in its parent's scope");
        }
    }

    /// I6: a built-in handler's store exists. I7: a boundary's handler is defined.
    /// I8: every kept value has as many owners as there are store entries and frames that hold it.
    fn check_values(&self) {
        let mut owners: FxHashMap<ValueSlot, u32> = FxHashMap::default();
        for store in self.stores.iter() {
            for &(_, value) in store.entries() {
                *owners.entry(value).or_default() += 1;
            }
        }
        for value in self.frames().filter_map(kept_by) {
            *owners.entry(value).or_default() += 1;
        }
        for value in self.segments.iter().filter_map(|(_, segment)| segment.failure) {
            *owners.entry(value).or_default() += 1;
        }
        for &value in &self.lent {
            *owners.entry(value).or_default() += 1;
        }
        for value in self.kept_by_tasks() {
            *owners.entry(value).or_default() += 1;
        }
        owners.remove(&ValueSlot::UNDEFINED);
        for (&value, &count) in &owners {
            assert_eq!(self.host.value_owners(value), count, "I8: {value:?} has other owners than are counted");
        }
        assert_eq!(owners.len(), self.host.live_values(), "I8: every kept value has an owner");
        for handler in self.segments.iter().filter_map(|(_, segment)| segment.handler) {
            let handler = self.handlers[handler.index()].as_ref();
            let Some(handler) = handler else { panic!("I7: a boundary's handler is defined") };
            if let Body::Native { store: Some(store), .. } = handler.body {
                assert!(self.stores.get(store).is_some(), "I6: a built-in handler's store exists");
            }
        }
    }

    /// I10: a row holds what searching gives.
    fn check_rows(&self) {
        for (scope, effect, known) in self.scopes.rows() {
            let found = self.scopes.search_plainly(scope, effect, &self.handlers);
            assert_eq!(found, Some(known), "I10: the row of {scope:?} answers {effect:?} as the search does");
        }
    }

    pub(crate) fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.segments.iter().flat_map(|(_, segment)| &segment.frames)
    }
}

/// The value a frame keeps.
fn kept_by(frame: &Frame) -> Option<ValueSlot> {
    match *frame {
        Frame::After(completion) => Some(completion.kept()),
        Frame::Failed(error) => Some(error),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
