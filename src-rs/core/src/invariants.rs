//! What is true between any two turns. Each check cites its number; `tests` break each one on purpose.
//!
//! The whole machine is checked after every turn while it is small, and at every 1024th turn once it holds more than
//! [`SMALL`] segments, generators and kept values, since a check costs O(machine).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::continuation::Continuation;
use crate::frame::Frame;
use crate::handler::Body;
use crate::id::{ScopeId, ValueSlot};
use crate::scheduler::task::Ending;
use crate::segment::{Segment, SegmentId};
use crate::vm::Vm;

const SMALL: usize = 128;

impl Vm {
    /// Checks I1…I9.
    ///
    /// # Panics
    /// When one does not hold: a bug in the heart.
    pub(crate) fn check_invariants(&self) {
        let size = self.segments.len() + self.host.generators.in_use() + self.host.live_values();
        if size > SMALL && !self.turns.is_multiple_of(1024) {
            return;
        }
        self.check_chains();
        self.check_frames();
        self.check_unwinding();
        self.check_scopes();
        self.check_values();
        self.check_tasks();
        self.check_rows();
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
        for (_, task) in self.tasks.iter() {
            // A parked task's chain ends at its lowest segment; that one's parent is the scheduler's boundary.
            let mut at = task.first;
            while let Some(id) = at {
                assert!(seen.insert(id), "I1/I2: {id:?} is on two chains or on a cycle");
                let parent = self.segments.get(id).expect("I1: a linked segment exists").parent;
                at = if Some(id) == task.bottom { None } else { parent };
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
            assert!(segment.doomed as usize <= segment.frames.len(), "I4: {id:?} dooms frames it does not hold");
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
        if segment.gap {
            let is_task = matches!(segment.frames.first(), Some(Frame::Task(_)))
                || matches!(parent.frames.first(), Some(Frame::Task(_)));
            assert!(is_task, "I5: only the lowest segment of a task has a gap below it");
            return;
        }
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

    /// I9: a task's frame is the lowest of its lowest segment; a ready task is queued once; what waits has a link for
    /// every thing it waits for.
    fn check_tasks(&self) {
        let frames = self.frames().filter_map(|frame| match frame {
            Frame::Task(task) => Some(*task),
            _ => None,
        });
        let mut started = 0;
        for task in frames {
            let task = self.tasks.get(task).expect("I9: a task frame's task exists");
            let bottom =
                task.bottom.and_then(|bottom| self.segments.get(bottom)).expect("I9: a started task has a segment");
            assert!(matches!(bottom.frames.first(), Some(Frame::Task(_))), "I9: the task frame is the lowest");
            started += 1;
        }
        let records = self.tasks.iter().filter(|(_, task)| task.bottom.is_some()).count();
        assert_eq!(started, records, "I9: every started task has one frame");
        let mut queued = FxHashSet::default();
        for scheduler in self.schedulers.iter().flatten() {
            for task in scheduler.ready.iter() {
                assert!(queued.insert(task), "I9: {task:?} is queued twice");
            }
        }
        for (id, task) in self.tasks.iter() {
            let is_ready = task.wake != crate::scheduler::task::Wake::Never;
            assert_eq!(is_ready, queued.contains(&id), "I9: {id:?} is queued if and only if it is ready");
        }
        let links: u32 = self.tasks.iter().map(|(_, task)| self.links.count(task.links)).sum();
        assert_eq!(links as usize, self.links.len(), "I9: every link is a task's");
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

    fn kept_by_tasks(&self) -> Vec<ValueSlot> {
        let mut kept = Vec::new();
        for (_, task) in self.tasks.iter() {
            kept.extend([task.handle, task.wake.kept(), task.wait.kept()].into_iter().flatten());
        }
        kept.extend(self.promises.iter().map(|(_, promise)| promise.handle));
        kept.extend(self.semaphores.iter().map(|(_, semaphore)| semaphore.handle));
        for scheduler in self.schedulers.iter().flatten() {
            if let Some(Ending::Deliver(value) | Ending::Throw(value)) = scheduler.ending {
                kept.push(value);
            }
        }
        kept
    }

    /// I10: a row holds what searching gives.
    fn check_rows(&self) {
        for (scope, effect, known) in self.scopes.rows() {
            let found = self.scopes.search_plainly(scope, effect, &self.handlers);
            assert_eq!(found, Some(known), "I10: the row of {scope:?} answers {effect:?} as the search does");
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
        Frame::Failed(error) => Some(error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::command::{Command, Native};
    use crate::continuation::{Continuation, ContinuationId};
    use crate::frame::{Completion, Frame};
    use crate::handler::ClauseKind;
    use crate::id::{EffectType, HandlerId, ValueSlot};
    use crate::outcome::Instruction;
    use crate::segment::{Segment, SegmentId};
    use crate::vm::Vm;

    /// A program that awaits one under a user's handler, which awaits one under State with one entry.
    fn running() -> (Vm, HandlerId) {
        let mut vm = Vm::new();
        vm.turn(Command::Start);
        vm.turn(Command::Call);
        let Instruction::Defined { handler, .. } = vm.turn(Command::DefineHandler { returns: false }).instruction
        else {
            panic!("a handler is defined")
        };
        let effect = EffectType::from_word(EffectType::FIRST_FREE);
        vm.turn(Command::DefineClause { handler, effect, kind: ClauseKind::Ctl });
        vm.turn(Command::Install { handler });
        vm.turn(Command::Call);
        vm.turn(Command::InstallFresh { native: Native::State, returns: false });
        vm.turn(Command::Call);
        vm.turn(Command::Perform { effect: EffectType::PUT, key: None });
        (vm, handler)
    }

    /// As above, and the user's clause is under way.
    fn captured() -> (Vm, ContinuationId) {
        let (mut vm, _) = running();
        let effect = EffectType::from_word(EffectType::FIRST_FREE).expect("effect types start at 1");
        let Instruction::Ctl { k, .. } = vm.turn(Command::Perform { effect, key: None }).instruction else {
            panic!("a clause starts")
        };
        (vm, k)
    }

    /// As above, and the clause has returned: the body is being closed.
    fn unwinding() -> Vm {
        let (mut vm, _) = captured();
        assert!(matches!(vm.turn(Command::Return).instruction, Instruction::Close(_)));
        vm
    }

    fn parent(vm: &Vm) -> SegmentId {
        vm.top().parent.expect("a handler was installed")
    }

    #[test]
    fn a_machine_at_work_keeps_them_all() {
        running().0.check_invariants();
        captured().0.check_invariants();
        unwinding().check_invariants();
    }

    #[test]
    #[should_panic(expected = "I1")]
    fn i1_parents_form_no_cycle() {
        let (mut vm, _) = running();
        let (top, parent) = (vm.running(), parent(&vm));
        vm.segment_mut(parent).parent = Some(top);
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I1")]
    fn i1_a_linked_segment_exists() {
        let (mut vm, _) = running();
        let parent = parent(&vm);
        vm.segments.remove(parent);
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I2")]
    fn i2_no_segment_is_left_out() {
        let (mut vm, _) = running();
        let root = vm.scopes.root();
        vm.segments.insert(Segment::new(Vec::new(), None, root));
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I2")]
    fn i2_no_segment_is_in_a_continuation_and_on_the_chain() {
        let (mut vm, _) = running();
        let (first, last) = (vm.running(), parent(&vm));
        vm.continuations.insert(Continuation::Captured { first, last });
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I2")]
    fn i2_a_continuation_ends_at_its_last_segment() {
        let (mut vm, k) = captured();
        let Some(Continuation::Captured { first, .. }) = vm.continuations.remove(k) else { panic!("it was captured") };
        vm.continuations.insert(Continuation::Captured { first, last: first });
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I3")]
    fn i3_no_place_belongs_to_two_frames() {
        let (mut vm, _) = running();
        let frame = *vm.top().frames.last().expect("a program was called");
        vm.push(frame);
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I3")]
    fn i3_no_place_in_use_is_without_a_frame() {
        let (mut vm, _) = running();
        vm.top_mut().frames.pop();
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I4")]
    fn i4_only_closing_segments_have_doomed_frames() {
        let (mut vm, _) = running();
        vm.top_mut().doomed = 1;
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I4")]
    fn i4_no_more_frames_are_doomed_than_there_are() {
        let mut vm = unwinding();
        vm.top_mut().doomed = 9;
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I5")]
    fn i5_a_boundarys_scope_is_its_parents_and_its_handler() {
        let (mut vm, _) = running();
        vm.top_mut().scope = vm.scopes.root();
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I5")]
    fn i5_a_segment_without_a_handler_is_in_its_parents_scope() {
        let (mut vm, _) = running();
        vm.top_mut().handler = None;
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I5")]
    fn i5_a_scope_is_used_as_often_as_it_is_entered() {
        let (mut vm, _) = running();
        let scope = vm.top().scope;
        vm.push_segment(scope, None);
        vm.leave(scope);
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I6")]
    fn i6_a_built_in_handlers_store_exists() {
        let (mut vm, _) = running();
        let store = vm.stores.create();
        let other = vm.define(crate::handler::Handler {
            body: crate::handler::Body::Native { native: Native::State, store: Some(store), layer: false },
            returns: false,
            unowned: true,
            fresh: true,
        });
        vm.with_handler(other);
        vm.stores.free(store, &mut vm.host);
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I7")]
    fn i7_a_boundarys_handler_is_defined() {
        let (mut vm, handler) = running();
        vm.handlers[handler.index()] = None;
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I8")]
    fn i8_no_kept_value_is_without_an_owner() {
        let (mut vm, _) = running();
        vm.host.take_value();
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I8")]
    fn i8_every_owner_is_counted() {
        let (mut vm, _) = running();
        let store = vm.stores.iter().next().expect("State has a store");
        let value: ValueSlot = store.entries()[0].1;
        vm.push(Frame::After(Completion::Deliver(value)));
        vm.check_invariants();
    }

    #[test]
    #[should_panic(expected = "I9")]
    fn i9_a_row_holds_what_searching_gives() {
        let (mut vm, handler) = running();
        let effect = EffectType::from_word(EffectType::FIRST_FREE).expect("effect types start at 1");
        vm.turn(Command::Resolve { effect });
        if let Some(crate::handler::Handler { body: crate::handler::Body::Clauses(clauses), .. }) =
            &mut vm.handlers[handler.index()]
        {
            clauses.clear();
        }
        vm.check_invariants();
    }
}
