//! Segments: stacks of frames, linked by parent into chains.
//!
//! A segment that was created by installing a handler is that handler's prompt boundary; one that bounds something else
//! has a [`Region`]. While a segment is being
//! unwound its lowest `doomed` frames wait to be closed; frames above them (cleanup at work) run as usual.

use crate::frame::Frame;
use crate::id::{HandlerId, Id, ScopeId, ValueSlot};
use crate::region::Region;

/// The name of a segment.
pub(crate) type SegmentId = Id<Segment>;

/// A stack of frames with one parent link.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on one another")]
pub(crate) struct Segment {
    pub(crate) frames: Vec<Frame>,
    pub(crate) parent: Option<SegmentId>,
    /// The handler whose prompt boundary this is.
    pub(crate) handler: Option<HandlerId>,
    /// What it bounds otherwise.
    pub(crate) region: Option<Region>,
    /// The handler stack seen from here, this segment's own handler included.
    pub(crate) scope: ScopeId,
    /// Set once unwinding has started: the segment ends without its return clause.
    pub(crate) closing: bool,
    /// A boundary that a task has inherited: it has no return clause.
    pub(crate) inherited: bool,
    /// The lowest segment of a task, in a larger scope than its parent's and one more handler: the boundaries between
    /// them are put in when a capture needs them.
    pub(crate) gap: bool,
    /// Right outside of a boundary that a task has inherited: what runs on it above so many frames are clauses of that
    /// handler.
    pub(crate) border: Option<u32>,
    /// A clause that owns its continuation was started on it: there may be one now.
    pub(crate) holds: bool,
    /// The clause that is the lowest frame above the doomed ones is being closed itself.
    pub(crate) closes_clause: bool,
    /// What the cleanup of a frame of it has thrown; whoever is next outside hears of it. Owned. None unless `closing`.
    pub(crate) failure: Option<ValueSlot>,
    /// How many frames, from the bottom, are to be closed instead of resumed. 0 unless `closing`.
    pub(crate) doomed: u32,
}

impl Segment {
    pub(crate) fn new(frames: Vec<Frame>, parent: Option<SegmentId>, scope: ScopeId) -> Self {
        Self {
            frames,
            parent,
            handler: None,
            region: None,
            scope,
            closing: false,
            inherited: false,
            gap: false,
            border: None,
            holds: false,
            closes_clause: false,
            failure: None,
            doomed: 0,
        }
    }

    /// Whether the next thing to happen here is to close the top frame, or the segment itself when no frame is left.
    pub(crate) fn is_doomed(&self) -> bool {
        self.closing && self.frames.len() == self.doomed as usize
    }

    /// An inherited boundary is right inside of here.
    pub(crate) fn set_border(&mut self) {
        self.border = Some(u32::try_from(self.frames.len()).expect("a segment holds at most 2^32 frames"));
    }

    /// Whether what was on it besides clauses of an inherited handler is all that is left. Not in the cleanup of what is
    /// being closed.
    pub(crate) fn is_at_border(&self) -> bool {
        let is_left = self.border.is_some_and(|border| border as usize == self.frames.len());
        is_left && !self.closing && !self.frames.iter().any(|frame| matches!(frame, Frame::After(_)))
    }

    /// How many of the lowest frames are doomed or being closed.
    pub(crate) fn closed_up_to(&self) -> usize {
        self.doomed as usize + usize::from(self.closes_clause)
    }

    /// A clause that owns its continuation is the next frame.
    pub(crate) fn hold(&mut self) {
        self.holds = true;
        self.closes_clause &= self.frames.len() > self.doomed as usize;
    }

    /// Starts unwinding: every frame present is to be closed.
    pub(crate) fn doom(&mut self) {
        self.closing = true;
        self.closes_clause = false;
        self.doomed = u32::try_from(self.frames.len()).expect("a segment holds at most 2^32 frames");
    }
}
