//! Tasks, promises and schedulers: what each record holds. How they move is in the other files.

use crate::id::{Id, Place, ScopeId, ValueSlot};
use crate::region::CancelScopeId;
use crate::scheduler::link::{Link, WaitList};
use crate::scheduler::ready::Ready;
use crate::scheduler::semaphore::Permit;
use crate::segment::SegmentId;

/// The name of a task.
pub type TaskId = Id<Task>;
/// The name of a promise somebody waits for.
pub type PromiseId = Id<Promise>;
/// The number of a scheduler.
pub(crate) type SchedulerNumber = u32;

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waitable {
    /// A task: its end.
    Task(TaskId),
    /// A promise: its settlement.
    Promise(PromiseId),
}

/// Which ready tasks go first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Priority {
    /// Only when nobody else is ready.
    Idle = 0,
    /// The usual one.
    #[default]
    Normal = 1,
    /// Before all others.
    High = 2,
}

/// How a task or promise has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Settlement {
    /// With the value in the register.
    Returned = 1,
    /// With the error in the register.
    Threw = 2,
    /// It was cancelled.
    Cancelled = 3,
}

impl Settlement {
    /// Every settlement with its name, for the generated host copy.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("RETURNED", Self::Returned), ("THREW", Self::Threw), ("CANCELLED", Self::Cancelled)];
}

/// What happens to a task when it is its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Nothing: it is parked or runs.
    Never,
    /// Its program starts.
    Start,
    /// The top frame receives no value.
    Deliver,
    /// A child of its has become a task; the top frame, the body of the form, receives no value. Unless the child has ended
    /// by itself without having suspended, the task is suspended as well, and unwinds if it was told to.
    Forked,
    /// The permit that it waited for is its own, or its form has what it waited for; the top frame receives no value.
    Granted,
    /// The top frame is answered from what the slot holds. Owns the slot.
    Answer(ValueSlot),
    /// The kept error is thrown into the top frame. Owns the slot.
    Throw(ValueSlot),
    /// The kept effect is performed again: the task was preempted before it. Owns the slot.
    Perform(ValueSlot),
    /// It unwinds.
    Cancel,
    /// A scheduler inside of it has something ready.
    Inner,
}

impl Wake {
    /// The value that this wake keeps.
    pub(crate) fn kept(self) -> Option<ValueSlot> {
        match self {
            Self::Answer(slot) | Self::Throw(slot) | Self::Perform(slot) => Some(slot),
            Self::Never | Self::Start | Self::Deliver | Self::Forked | Self::Granted | Self::Cancel | Self::Inner => {
                None
            }
        }
    }

    /// Whether what the task waited for is there: it gets that before it can be told anything else. What a form goes on to
    /// depends on its child.
    pub(crate) fn is_answer(self) -> bool {
        matches!(self, Self::Answer(_) | Self::Throw(_) | Self::Granted | Self::Forked)
    }
}

/// What a parked task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Nothing: it is ready or runs.
    Nothing,
    /// The one thing it is linked to.
    One,
    /// All it is linked to, `pending` of them still; or the first failure. Owns the effect's slot.
    All { pending: u32, effect: ValueSlot },
    /// The first of all it is linked to. Owns the effect's slot.
    First { effect: ValueSlot },
    /// A permit.
    Permit,
    /// A scheduler inside of it, which has nothing ready.
    Inner,
    /// The tasks of a form that it runs.
    Members(CancelScopeId),
}

impl Wait {
    /// The effect that this wait keeps.
    pub(crate) fn kept(self) -> Option<ValueSlot> {
        match self {
            Self::All { effect, .. } | Self::First { effect } => Some(effect),
            Self::Nothing | Self::One | Self::Permit | Self::Inner | Self::Members(_) => None,
        }
    }
}

/// One task that has not ended.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on one another")]
pub struct Task {
    pub(crate) scheduler: SchedulerNumber,
    /// Counts the tasks of a scheduler in the order of their spawning; the root task is 0.
    pub(crate) number: u32,
    /// Who has spawned it; none for the root task. It may have ended.
    pub(crate) spawner: Option<TaskId>,
    /// What the host holds for it; none for the root task. Owned.
    pub(crate) handle: Option<ValueSlot>,
    /// The top of its chain while it is parked or ready; none before it has started.
    pub(crate) first: Option<SegmentId>,
    /// The segment with its `Task` frame, once it has started.
    pub(crate) bottom: Option<SegmentId>,
    /// The scope of its program. Used once more than its segments do, until it starts.
    pub(crate) scope: ScopeId,
    /// The scope of the scheduler's boundary that `scope` was made for.
    pub(crate) base: ScopeId,
    pub(crate) wake: Wake,
    pub(crate) wait: Wait,
    /// The links to what it waits for.
    pub(crate) links: Option<Link>,
    /// Who waits for its end.
    pub(crate) waiters: WaitList,
    pub(crate) priority: Priority,
    pub(crate) daemon: bool,
    /// The cancel scope that it belongs to, and its neighbours there.
    pub(crate) member_of: Option<CancelScopeId>,
    pub(crate) previous_member: Option<Place<Task>>,
    pub(crate) next_member: Option<Place<Task>>,
    /// The scope that it belongs to has cancelled it, because it ends.
    pub(crate) told_to_end: bool,
    /// Its scheduler has, because its root task is over.
    pub(crate) left_over: bool,
    /// Somebody has cancelled it, and it may not have begun to unwind.
    pub(crate) cancelled: bool,
    /// It unwinds; further cancellation is masked.
    pub(crate) unwinding: bool,
    /// It has ended thus, and the host is filling the register with its result.
    pub(crate) ended: Option<Settlement>,
    /// The permits it holds, the one taken first in front.
    pub(crate) permits: Vec<Permit>,
}

/// A promise that somebody waits for.
#[derive(Debug)]
pub struct Promise {
    pub(crate) handle: ValueSlot,
    pub(crate) external: bool,
    pub(crate) waiters: WaitList,
}

/// How a scheduler ends once its root task has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With the kept value. Owns the slot.
    Deliver(ValueSlot),
    /// With the kept error. Owns the slot.
    Throw(ValueSlot),
    /// Its boundary is being unwound.
    Unwind,
}

/// One scheduler.
#[derive(Debug)]
pub(crate) struct Scheduler {
    /// Its prompt boundary while it is at work.
    pub(crate) boundary: Option<SegmentId>,
    pub(crate) root: Option<TaskId>,
    pub(crate) running: Option<TaskId>,
    pub(crate) ready: Ready,
    /// Tasks that have not ended, the root task included.
    pub(crate) live: u32,
    /// The number of the next task.
    pub(crate) next: u32,
    pub(crate) ending: Option<Ending>,
    /// How many tasks the ending has cancelled.
    pub(crate) left_over: u32,
    /// The task of an outer scheduler that is parked because nothing is ready here.
    pub(crate) parked_in: Option<TaskId>,
    /// No more than this many tasks.
    pub(crate) most: u32,
    /// A task is switched after this many effects; 0 for never.
    pub(crate) preempt_every: u32,
    /// Since it began, a handler outside has put it into another scope, or the stamps of scopes were taken back.
    pub(crate) moved: bool,
}

impl Scheduler {
    pub(crate) fn new(most: u32, preempt_every: u32) -> Self {
        Self {
            boundary: None,
            root: None,
            running: None,
            ready: Ready::default(),
            live: 0,
            next: 0,
            ending: None,
            left_over: 0,
            parked_in: None,
            most,
            preempt_every,
            moved: false,
        }
    }
}
