//! Regions: what a segment bounds when it is no prompt boundary. Dispatch does not notice them; a continuation takes them
//! along.
//!
//! Cancel scopes, shields and restores decide how far a cancellation unwinds (`scheduler/target.rs`). A child runs in the
//! turn of its parent until it suspends (`scheduler/children.rs`). What runs in place of an answer sees the handlers
//! outside of the one that took the effect.

use crate::id::{Id, Place, ScopeId};
use crate::outcome::Instruction;
use crate::scheduler::form::CancelScope;
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

/// The name of a cancel scope.
pub type CancelScopeId = Id<CancelScope>;

/// What a segment without a handler bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    /// A cancel scope.
    Cancel(Place<CancelScope>),
    /// Cancellation outside of it is not seen inside. The host's number tells it from others.
    Shield(u32),
    /// Lets through what the shield of that number holds back.
    Restore(u32),
    /// A child of the cancel scope below it, in the turn of its parent.
    Child(Place<CancelScope>),
    /// What a `fun` clause answered with, on top of the performer: in the scope outside of the handler.
    InPlace,
}

/// What the host opens around the program that it calls next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A cancel scope, which the host's object in the register stands for.
    CancelScope {
        /// Whether tasks spawned inside belong to it.
        collects: bool,
    },
    /// A shield with a number of the host's.
    Shield(u32),
    /// A hole in the shield of that number.
    Restore(u32),
    /// A child of the form whose boundary the current segment is.
    Child,
}

impl Vm {
    /// Puts a boundary around what comes next. O(1).
    pub(crate) fn open(&mut self, opening: Opening) -> Step {
        match opening {
            Opening::CancelScope { collects } => {
                let handle = self.keep_register();
                let scope = self.open_scope(handle, collects);
                self.ask(Instruction::Opened { scope, handle })
            }
            Opening::Shield(number) => {
                self.push_region(Region::Shield(number));
                self.ask(Instruction::Ready)
            }
            Opening::Restore(number) => {
                self.push_region(Region::Restore(number));
                self.ask(Instruction::Ready)
            }
            Opening::Child => self.open_child(),
        }
    }

    pub(crate) fn push_region(&mut self, region: Region) -> SegmentId {
        let scope = self.top().scope;
        let id = self.push_segment(scope, None);
        self.segment_mut(id).region = Some(region);
        id
    }

    /// What comes next runs on top of the performer, in the scope outside of the boundary that is in the scope `at`.
    pub(crate) fn push_in_place(&mut self, at: ScopeId) {
        let outside = self.scopes.parent(at).expect("a handler's scope has a parent (I5)");
        let id = self.push_segment(outside, None);
        self.segment_mut(id).region = Some(Region::InPlace);
    }

    /// The register, or the unwinding, leaves the region that the current segment bounds; no frame is left on it. `None`
    /// when nothing stands in the way.
    #[inline]
    pub(crate) fn leave_region(&mut self, mode: Mode) -> Option<Step> {
        match self.top().region? {
            Region::Cancel(scope) => self.leave_scope(self.cancel_scopes.name_at(scope), mode),
            Region::Child(_) => {
                self.in_place -= 1;
                None
            }
            Region::Shield(_) | Region::Restore(_) | Region::InPlace => None,
        }
    }
}
