//! What is true between any two turns. Each check cites its number; `tests` break each one on purpose.
//!
//! The whole machine is checked after every turn while it is small, and at every 1024th effect once it holds more than
//! [`SMALL`] frames and segments, since a check costs O(machine).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::continuation::Continuation;
use crate::frame::Frame;
use crate::handler::Body;
use crate::id::{ScopeId, ValueSlot};
use crate::segment::{Segment, SegmentId};
use crate::vm::Vm;

const SMALL: usize = 128;

impl Vm {
    /// Checks I1…I8.
    ///
    /// # Panics
    /// When one does not hold: a bug in the heart.
    pub(crate) fn check_invariants(&self) {
        let size = self.segments.len() + self.segments.iter().take(SMALL).map(|(_, s)| s.frames.len()).sum::<usize>();
        if size > SMALL && !self.performed.is_multiple_of(1024) {
            return;
        }
        self.check_chains();
        self.check_frames();
        self.check_unwinding();
        self.check_scopes();
        self.check_values();
    }

    /// I1: parent links lead from the current segment to the root and never form a cycle.
    /// I2: every segment is on exactly one chain: the current one, or one continuation's, which ends at `last`.
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
            if let &Continuation::Captured { first, last } = continuation {
                walk(Some(first), Some(last));
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

    /// I4: only closing segments have doomed frames, and no more than they hold; below a closing segment stands
    /// another one, or a segment whose top frame completes the unwinding.
    fn check_unwinding(&self) {
        for (id, segment) in self.segments.iter() {
            assert!(segment.closing || segment.doomed == 0, "I4: {id:?} is not closing, yet has doomed frames");
            assert!(segment.doomed as usize <= segment.frames.len(), "I4: {id:?} dooms frames it does not hold");
            let parent = segment.parent.filter(|_| segment.closing).and_then(|id| self.segments.get(id));
            if let Some(parent) = parent {
                let completes = matches!(parent.frames.last(), Some(Frame::After(_)));
                assert!(parent.closing || completes, "I4: the unwinding of {id:?} has no completion");
            }
        }
    }

    /// I5: a segment's scope is its parent's scope plus its handler, and a scope is used as often as it is entered.
    fn check_scopes(&self) {
        let mut uses: FxHashMap<ScopeId, u32> = FxHashMap::default();
        for (id, segment) in self.segments.iter() {
            *uses.entry(segment.scope).or_default() += 1;
            let parent = segment.parent.and_then(|parent| self.segments.get(parent));
            self.check_scope_of(id, segment, parent);
        }
        for (scope, count) in uses {
            assert!(self.scopes.uses(scope) >= count, "I5: {scope:?} is used more often than it was entered");
        }
    }

    fn check_scope_of(&self, id: SegmentId, segment: &Segment, parent: Option<&Segment>) {
        let Some(parent) = parent else { return };
        if segment.handler.is_some() {
            assert_eq!(self.scopes.handler(segment.scope), segment.handler, "I5: {id:?} has its handler's scope");
            assert_eq!(
                self.scopes.parent(segment.scope),
                Some(parent.scope),
                "I5: {id:?} is inside its parent's scope"
            );
        } else {
            assert_eq!(segment.scope, parent.scope, "I5: {id:?} without a handler is in its parent's scope");
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
        for &value in &self.lent {
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

    fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.segments.iter().flat_map(|(_, segment)| &segment.frames)
    }
}

/// The value a frame keeps.
fn kept_by(frame: &Frame) -> Option<ValueSlot> {
    match *frame {
        Frame::After(completion) => Some(completion.kept()),
        Frame::Native { .. }
        | Frame::Program(_)
        | Frame::Clause { .. }
        | Frame::RawClause { .. }
        | Frame::Answer(_)
        | Frame::Catch
        | Frame::Ended(_) => None,
    }
}
