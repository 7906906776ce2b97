//! Inheritance: a task runs under the handlers of the place where it was spawned, at no cost per handler.
//!
//! Which handlers are in scope is a matter of the scope, which is shared: the task's lowest segment is simply in the
//! scope of the spawn site, although its parent, the scheduler's boundary, is in a smaller one. The segment is then said
//! to have a *gap* below it. Dispatch does not notice. Only a capture needs the prompt boundaries themselves; the first
//! one that comes by fills the gap with them.
//!
//! An inherited boundary has no return clause: that one maps the result of the computation it was written around, not
//! the results of the tasks in it.

use crate::frame::Frame;
use crate::id::{HandlerId, ScopeId};
use crate::scheduler::task::TaskId;
use crate::segment::{Segment, SegmentId};
use crate::vm::Vm;

impl Vm {
    /// The handlers between two scopes, outermost first.
    pub(crate) fn handlers_between(&self, mut inner: ScopeId, outer: ScopeId) -> Vec<HandlerId> {
        let mut handlers = Vec::new();
        while inner != outer {
            handlers.extend(self.scopes.handler(inner));
            inner = self.scopes.parent(inner).expect("the outer scope is around the inner one (I5)");
        }
        handlers.reverse();
        handlers
    }

    /// The scope of `handlers`, outermost first, inside `outer`. The caller must `enter` it.
    pub(crate) fn scope_inside(&mut self, outer: ScopeId, handlers: &[HandlerId]) -> ScopeId {
        handlers.iter().fold(outer, |scope, &handler| self.scope_of(scope, handler))
    }

    /// Puts the prompt boundaries that a task inherits below the segment that has the gap, above the one with the task's
    /// frame. O(handlers inherited), once per task.
    pub(crate) fn fill_gap(&mut self, top: SegmentId) {
        if matches!(self.segment(top).frames.first(), Some(Frame::Task(_))) {
            self.separate_task_frame(top);
        }
        let segment = self.segment(top);
        let (scope, closing) = (segment.scope, segment.closing);
        let mut below = segment.parent.expect("a gap is above a task's lowest segment (I5)");
        let mut inside = self.segment(below).scope;
        for handler in self.handlers_between(scope, inside) {
            inside = self.scope_of(inside, handler);
            below = self.insert_segment(inside, below);
            let boundary = self.segment_mut(below);
            boundary.handler = Some(handler);
            boundary.inherited = true;
            boundary.closing = closing;
            let outside = self.segment(below).parent.expect("it was just put on top of something");
            self.segment_mut(outside).set_border();
        }
        let segment = self.segment_mut(top);
        segment.parent = Some(below);
        segment.gap = false;
    }

    /// The boundary on top stands for one that the task would have inherited.
    pub(crate) fn mark_inherited(&mut self) {
        let boundary = self.top_mut();
        boundary.inherited = true;
        if let Some(outside) = boundary.parent {
            self.segment_mut(outside).set_border();
        }
    }

    /// Gives the task frame of `top` a segment of its own below it, in the scope of the scheduler's boundary. A gap stays
    /// where it is, between the two.
    pub(crate) fn separate_task_frame(&mut self, top: SegmentId) {
        let boundary = self.segment(top).parent.expect("a task is on top of a scheduler's boundary (I1)");
        let bottom = self.insert_segment(self.segment(boundary).scope, boundary);
        let segment = self.segment_mut(top);
        segment.parent = Some(bottom);
        let frame = segment.frames.remove(0);
        let was_doomed = segment.doomed > 0;
        segment.doomed -= u32::from(was_doomed);
        let closing = segment.closing;
        let Frame::Task(task) = frame else {
            unreachable!("the lowest frame of a task is its own (I9), not {frame:?}")
        };
        let lowest = self.segment_mut(bottom);
        lowest.frames.push(frame);
        lowest.closing = closing;
        lowest.doomed = u32::from(was_doomed);
        self.task_mut(task).bottom = Some(bottom);
    }

    pub(crate) fn insert_segment(&mut self, scope: ScopeId, parent: SegmentId) -> SegmentId {
        self.scopes.enter(scope);
        let frames = self.take_frames();
        self.segments.insert(Segment::new(frames, Some(parent), scope))
    }

    /// The scheduler's boundary was moved to another scope while the task was parked: moves the task after it.
    pub(crate) fn rebase(&mut self, id: TaskId, base: ScopeId) {
        let task = self.task_mut(id);
        let old = std::mem::replace(&mut task.base, base);
        let scope = task.scope;
        if let (Some(first), Some(bottom)) = (task.first, task.bottom) {
            self.rescope_from(first, bottom, base, old);
            return;
        }
        let handlers = self.handlers_between(scope, old);
        let moved = self.scope_inside(base, &handlers);
        self.scopes.enter(moved);
        self.leave(scope);
        self.task_mut(id).scope = moved;
    }
}
