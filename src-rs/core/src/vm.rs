//! The machine: every entity it owns, and the small named moves on them that the operations are made of.
//!
//! Nothing here decides anything; the five operations are in `ops.rs`, unwinding in `unwind.rs`, the modes in
//! `turn.rs`.

use crate::arena::Arena;
use crate::continuation::{Continuation, ContinuationId};
use crate::frame::Frame;
use crate::handler::{Body, Handler, Resolution};
use crate::id::{GeneratorSlot, HandlerId, ScopeId, ValueSlot};
use crate::native::programs::Programs;
use crate::numbers::{Host, Numbers, Release};
use crate::outcome::{Instruction, Outcome};
use crate::scheduler::children::Forked;
use crate::scheduler::form::CancelScope;
use crate::scheduler::link::Links;
use crate::scheduler::perform::Subject;
use crate::scheduler::semaphore::Semaphore;
use crate::scheduler::target::Found;
use crate::scheduler::task::{Promise, Scheduler, SchedulerNumber, Task, TaskId};
use crate::scope::{Handlers, Scopes};
use crate::segment::{Segment, SegmentId};
use crate::store::Stores;

/// Frame stacks of freed segments are kept for reuse, if not longer than this many frames, up to this many in all.
const SPARE_LENGTH: usize = 1024;
const SPARE_ROOM: usize = 16 * SPARE_LENGTH;

/// How many places one lease lends.
const LEASE: usize = 256;

/// One virtual machine.
pub struct Vm {
    pub(crate) segments: Arena<Segment>,
    pub(crate) continuations: Arena<Continuation>,
    pub(crate) scopes: Scopes,
    pub(crate) handlers: Handlers,
    pub(crate) stores: Stores,
    pub(crate) host: Host,
    /// The machine's one register: the segment that runs. `None` between runs.
    pub(crate) current: Option<SegmentId>,
    /// The segment that the program of the run was started on; the installed handlers are outside of it.
    pub(crate) base: Option<SegmentId>,
    /// Handlers installed around every run, outermost first.
    pub(crate) installed: Vec<HandlerId>,
    /// Continuations that may outlive their clause, oldest first; consumed ones are weeded out now and then.
    pub(crate) kept: Vec<ContinuationId>,
    /// Who answers the `fun` clause call under way, should it throw or return a program.
    pub(crate) pending: Option<Resolution>,
    /// Handlers handed out as values, kept until the run ends.
    pub(crate) pinned: Vec<HandlerId>,
    /// What the last listing command found.
    pub(crate) listing: Vec<u32>,
    /// The tasks that are being listed page by page.
    pub(crate) listed: Vec<TaskId>,
    /// What the host has offered and no command has taken: two words for each name.
    pub(crate) offered: Vec<u32>,
    /// The outcome of the turn, as far as it is known.
    pub(crate) outcome: Outcome,
    /// Handlers whose boundary an error has left in this turn, innermost first.
    pub(crate) crossed: Vec<HandlerId>,
    /// Programs of native handlers under way, and the values they keep.
    pub(crate) natives: Programs,
    pub(crate) lent: Vec<ValueSlot>,
    pub(crate) schedulers: Vec<Option<Scheduler>>,
    pub(crate) scheduler_numbers: Numbers,
    pub(crate) tasks: Arena<Task>,
    pub(crate) promises: Arena<Promise>,
    pub(crate) semaphores: Arena<Semaphore>,
    pub(crate) links: Links,
    pub(crate) cancel_scopes: Arena<CancelScope>,
    /// How many living tasks and open cancel scopes were cancelled, and the run itself: while none was, nobody looks for one.
    pub(crate) cancelled: u32,
    /// Continuations that are put back once the clause that owned them is closed, and how far they unwind then.
    pub(crate) put_back_for: Vec<(ContinuationId, Found)>,
    /// How many children run in the turn of their parents, on the running chain.
    pub(crate) in_place: u32,
    /// Children that have become tasks, with their handles, until the host has noted them.
    pub(crate) forked: Vec<Forked>,
    /// The run was told to end, and what is not shielded unwinds.
    pub(crate) aborting: bool,
    /// Room for the tasks that one settlement wakes.
    pub(crate) woken: Vec<TaskId>,
    /// How many links hang on external promises.
    pub(crate) waiting_outside: u32,
    /// When the host will know of every promise that nobody waits for any more.
    pub(crate) forgotten: u64,
    /// Which scheduler has handed the effect of this segment to the host.
    pub(crate) asking: Option<(SegmentId, SchedulerNumber)>,
    /// What the effect about to be performed is about.
    pub(crate) subject: Subject,
    /// The running task is preempted when this many effects were performed.
    pub(crate) preempt_at: u64,
    /// The running task was cancelled: every effect must be heard of.
    pub(crate) asks_always: bool,
    /// Places lent to the host and not yet in a frame.
    pub(crate) leased: usize,
    /// Turns so far.
    #[cfg(debug_assertions)]
    pub(crate) turns: u64,
    /// Effects performed so far.
    pub(crate) performed: u64,
    spare: Vec<Vec<Frame>>,
    /// How many frames they have room for.
    spare_room: usize,
}

/// What a segment that has ended leaves to whoever ended it.
pub(crate) struct Ended {
    pub(crate) handler: Option<HandlerId>,
    /// Owned.
    pub(crate) failure: Option<ValueSlot>,
}

/// Counts of what a VM holds; all but `performed` are 0 when nothing runs and nothing persists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Segments on a chain or in a continuation.
    pub segments: usize,
    /// Frames on those segments.
    pub frames: usize,
    /// Continuations not consumed.
    pub continuations: usize,
    /// Handlers known.
    pub handlers: usize,
    /// Scopes besides the root.
    pub scopes: usize,
    /// Stores.
    pub stores: usize,
    /// Values kept.
    pub values: usize,
    /// Tasks that have not ended.
    pub tasks: usize,
    /// Effects performed since the VM was made.
    pub performed: u64,
}

impl Default for Vm {
    fn default() -> Self {
        Self::new()
    }
}

impl Vm {
    /// A machine with nothing installed and nothing running.
    #[must_use]
    pub fn new() -> Self {
        Self {
            segments: Arena::new(),
            continuations: Arena::new(),
            scopes: Scopes::new(),
            handlers: Vec::new(),
            stores: Stores::new(),
            host: Host::new(),
            current: None,
            base: None,
            installed: Vec::new(),
            kept: Vec::new(),
            pending: None,
            pinned: Vec::new(),
            listing: Vec::new(),
            listed: Vec::new(),
            offered: Vec::new(),
            outcome: Outcome::from(Instruction::Ready),
            crossed: Vec::new(),
            natives: Programs::new(),
            lent: Vec::new(),
            schedulers: Vec::new(),
            scheduler_numbers: Numbers::from(0),
            tasks: Arena::new(),
            promises: Arena::new(),
            semaphores: Arena::new(),
            links: Links::new(),
            cancel_scopes: Arena::new(),
            cancelled: 0,
            put_back_for: Vec::new(),
            in_place: 0,
            forked: Vec::new(),
            aborting: false,
            woken: Vec::new(),
            waiting_outside: 0,
            forgotten: 0,
            asking: None,
            subject: [0; 3],
            preempt_at: u64::MAX,
            asks_always: false,
            leased: 0,
            #[cfg(debug_assertions)]
            turns: 0,
            performed: 0,
            spare: Vec::new(),
            spare_room: 0,
        }
    }

    /// What the machine holds now. O(segments).
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats {
            segments: self.segments.len(),
            frames: self.segments.iter().map(|(_, segment)| segment.frames.len()).sum(),
            continuations: self.continuations.len(),
            handlers: self.host.live_handlers(),
            scopes: self.scopes.len(),
            stores: self.stores.len(),
            values: self.host.live_values(),
            tasks: self.tasks.len(),
            performed: self.performed,
        }
    }

    /// The next thing the host must drop its reference to, if any; call it until it answers `None`.
    pub fn release(&mut self) -> Option<Release> {
        let release = self.host.tell()?;
        if let Release::Handler(handler) = release {
            self.handlers[handler.index()] = None;
        }
        Some(release)
    }

    /// Whether releases wait that only a later turn may tell.
    #[must_use]
    pub fn has_untold_releases(&self) -> bool {
        self.host.untold() > 0
    }

    /// The outcome of the last turn.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The handlers whose boundary an error has left in the last turn, innermost first.
    #[must_use]
    pub fn crossed(&self) -> &[HandlerId] {
        &self.crossed
    }

    /// What the last listing command found; its layout is the command's.
    #[must_use]
    pub fn listing(&self) -> &[u32] {
        &self.listing
    }

    // --- the current segment -------------------------------------------------------------------------------------

    pub(crate) fn running(&self) -> SegmentId {
        self.current.expect("a run is under way (checked by turn)")
    }

    pub(crate) fn segment(&self, id: SegmentId) -> &Segment {
        self.segments.get(id).expect("a linked segment exists (I1)")
    }

    pub(crate) fn segment_mut(&mut self, id: SegmentId) -> &mut Segment {
        self.segments.get_mut(id).expect("a linked segment exists (I1)")
    }

    pub(crate) fn top(&self) -> &Segment {
        self.segment(self.running())
    }

    pub(crate) fn top_mut(&mut self) -> &mut Segment {
        self.segment_mut(self.running())
    }

    pub(crate) fn push(&mut self, frame: Frame) {
        self.top_mut().frames.push(frame);
    }

    /// Pushes a program frame with a new place for its generator.
    pub(crate) fn push_program(&mut self) -> GeneratorSlot {
        let slot = self.host.take_generator();
        self.push(Frame::Program(slot));
        slot
    }

    /// Lends places for generators to the host; they stay lent until frames are pushed in them.
    pub(crate) fn lease(&mut self) -> Instruction {
        self.listing.clear();
        for _ in 0..LEASE {
            let slot = self.host.take_generator();
            self.listing.push(slot.word());
        }
        self.leased += LEASE;
        Instruction::Listed { more: false }
    }

    /// Pushes a segment in `scope` on top of the current one and makes it current.
    pub(crate) fn push_segment(&mut self, scope: ScopeId, handler: Option<HandlerId>) -> SegmentId {
        let frames = self.take_frames();
        let mut segment = Segment::new(frames, self.current, scope);
        segment.handler = handler;
        self.scopes.enter(scope);
        let id = self.segments.insert(segment);
        self.current = Some(id);
        id
    }

    /// Frees the current segment, which holds no frame any more, and makes its parent current.
    pub(crate) fn pop_segment(&mut self) -> Ended {
        let id = self.running();
        let segment = self.segment_mut(id);
        debug_assert!(segment.frames.is_empty(), "only an empty segment ends");
        let ended = Ended { handler: segment.handler, failure: segment.failure };
        let (parent, scope, frames) = (segment.parent, segment.scope, std::mem::take(&mut segment.frames));
        self.segments.free(id);
        self.current = parent;
        self.leave(scope);
        let room = frames.capacity();
        if room > 0 && room <= SPARE_LENGTH && self.spare_room + room <= SPARE_ROOM {
            self.spare_room += room;
            self.spare.push(frames);
        }
        ended
    }

    /// An empty stack of frames.
    pub(crate) fn take_frames(&mut self) -> Vec<Frame> {
        let frames = self.spare.pop().unwrap_or_default();
        self.spare_room -= frames.capacity();
        frames
    }

    // --- scopes and handlers -------------------------------------------------------------------------------------

    /// The scope of `handler` inside `parent`; a new scope becomes an owner of the handler.
    pub(crate) fn scope_of(&mut self, parent: ScopeId, handler: HandlerId) -> ScopeId {
        let (scope, new) = self.scopes.intern(parent, handler);
        if new {
            self.own_handler(handler);
        }
        scope
    }

    /// Becomes an owner of a handler; the first one takes over the definition.
    pub(crate) fn own_handler(&mut self, handler: HandlerId) {
        let entry = self.handlers[handler.index()].as_mut().expect("an installed handler is defined (I5)");
        if entry.unowned {
            entry.unowned = false;
        } else {
            self.host.share_handler(handler);
        }
    }

    pub(crate) fn disown_handler(&mut self, handler: HandlerId) {
        if !self.host.drop_handler(handler) {
            return;
        }
        let entry = self.handlers[handler.index()].as_mut().expect("an owned handler is defined (I7)");
        match &entry.body {
            &Body::Scheduler(number) => self.free_scheduler(number),
            &Body::Native { store: Some(store), .. } if entry.fresh => self.stores.free(store, &mut self.host),
            Body::Program(_) => {
                // It cannot be found again, so it ends now; the number is free once the host was told.
                let body = std::mem::replace(&mut entry.body, Body::Clauses(Vec::new()));
                if let Body::Program(native) = body {
                    self.close_native_handler(native);
                }
            }
            Body::Native { .. } | Body::Clauses(_) => {}
        }
    }

    /// Makes a handler known; it lives until its last owner gives it up.
    pub(crate) fn define(&mut self, handler: Handler) -> HandlerId {
        let id = self.host.take_handler();
        if id.index() >= self.handlers.len() {
            self.handlers.resize_with(id.index() + 1, || None);
        }
        self.handlers[id.index()] = Some(handler);
        id
    }

    pub(crate) fn handler(&self, id: HandlerId) -> &Handler {
        self.handlers[id.index()].as_ref().expect("a handler in use is defined (I5)")
    }

    /// One segment less is in `scope`.
    #[inline]
    pub(crate) fn leave(&mut self, scope: ScopeId) {
        if !self.scopes.leave_to_others(scope) {
            self.leave_last(scope);
        }
    }

    fn leave_last(&mut self, scope: ScopeId) {
        let mut dropped = Vec::new();
        self.scopes.leave(scope, &self.handlers, &mut dropped);
        for handler in dropped {
            self.disown_handler(handler);
        }
    }

    /// Forgets what was kept for the run only.
    pub(crate) fn end_run(&mut self) {
        self.current = None;
        self.base = None;
        self.pending = None;
        self.cancelled -= u32::from(std::mem::take(&mut self.aborting));
        self.asking = None;
        self.asks_always = false;
        self.kept.clear();
        self.end_tasks();
        for handler in std::mem::take(&mut self.pinned) {
            self.disown_handler(handler);
        }
        let mut dropped = Vec::new();
        self.scopes.free_idle(&mut dropped);
        for handler in dropped {
            self.disown_handler(handler);
        }
    }

    // --- the register --------------------------------------------------------------------------------------------

    /// Asks the host to keep the register; the caller becomes the owner of the slot.
    pub(crate) fn keep_register(&mut self) -> ValueSlot {
        if let Some(slot) = self.outcome.load.take() {
            // The register was about to be filled from here: leave the value where it is.
            self.host.share_value(slot);
            return slot;
        }
        assert!(self.outcome.integer.is_none(), "an integer goes straight to a generator");
        assert!(self.outcome.park.is_none(), "the register is kept at most once per turn (I8)");
        let slot = self.host.take_value();
        self.outcome.park = Some(slot);
        slot
    }

    /// Asks the host to fill the register from a slot and gives the slot up.
    pub(crate) fn fill_register(&mut self, slot: ValueSlot) {
        self.outcome.load = Some(slot);
        self.host.drop_value(slot);
    }
}
