//! Switching: tasks start, park, wake, end; the scheduler's life from its first task to its last.

use crate::error::Fault;
use crate::frame::{Completion, Frame};
use crate::handler::Body;
use crate::id::{HandlerId, ScopeId, ValueSlot};
use crate::outcome::Instruction;
use crate::scheduler::link::WaitList;
use crate::scheduler::task::{
    Ending, Priority, Scheduler, SchedulerNumber, Settlement, Task, TaskId, Wait, Waitable, Wake,
};
use crate::segment::SegmentId;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

impl Vm {
    pub(crate) fn scheduler(&self, number: SchedulerNumber) -> &Scheduler {
        self.schedulers[number as usize].as_ref().expect("a scheduler lives as long as its handler (I7)")
    }

    pub(crate) fn scheduler_mut(&mut self, number: SchedulerNumber) -> &mut Scheduler {
        self.schedulers[number as usize].as_mut().expect("a scheduler lives as long as its handler (I7)")
    }

    /// A scheduler with a handler that stands for it.
    pub(crate) fn new_scheduler(&mut self, fresh: bool, most: u32, preempt_every: u32) -> HandlerId {
        let number = self.scheduler_numbers.take();
        let body = Body::Scheduler(number);
        let handler = self.define(crate::handler::Handler { body, returns: false, unowned: fresh, fresh });
        if number as usize >= self.schedulers.len() {
            self.schedulers.resize_with(number as usize + 1, || None);
        }
        self.schedulers[number as usize] = Some(Scheduler::new(most, preempt_every));
        handler
    }

    /// The handler of a scheduler is gone.
    pub(crate) fn free_scheduler(&mut self, number: SchedulerNumber) {
        self.schedulers[number as usize] = None;
        self.scheduler_numbers.give_back(number);
    }

    pub(crate) fn scheduler_of(&self, handler: HandlerId) -> Option<SchedulerNumber> {
        match self.handler(handler).body {
            Body::Scheduler(number) => Some(number),
            _ => None,
        }
    }

    /// The scheduler at work whose boundary the segment is.
    pub(crate) fn scheduler_at(&self, segment: SegmentId) -> Option<SchedulerNumber> {
        let number = self.scheduler_of(self.segment(segment).handler?)?;
        (self.scheduler(number).boundary == Some(segment)).then_some(number)
    }

    /// The handler of a scheduler was installed: what comes next is its root task.
    pub(crate) fn begin_scheduler(&mut self, number: SchedulerNumber) {
        let boundary = self.running();
        let scope = self.top().scope;
        let root = self.push_segment(scope, None);
        let task = self.new_task(number, scope, Priority::Normal, false);
        self.push(Frame::Task(task));
        self.task_mut(task).bottom = Some(root);
        self.task_mut(task).wake = Wake::Never;
        let scheduler = self.scheduler_mut(number);
        scheduler.boundary = Some(boundary);
        scheduler.root = Some(task);
        scheduler.running = Some(task);
        self.set_preemption(number);
    }

    pub(crate) fn new_task(
        &mut self,
        number: SchedulerNumber,
        scope: ScopeId,
        priority: Priority,
        daemon: bool,
    ) -> TaskId {
        let scheduler = self.scheduler_mut(number);
        let own = scheduler.next;
        scheduler.next += 1;
        scheduler.live += 1;
        let base = scheduler.boundary.map_or(scope, |boundary| self.segment(boundary).scope);
        self.tasks.insert(Task {
            scheduler: number,
            number: own,
            handle: None,
            first: None,
            bottom: None,
            scope,
            base,
            wake: Wake::Start,
            wait: Wait::Nothing,
            links: None,
            waiters: WaitList::default(),
            priority,
            daemon,
            cancelled: false,
            unwinding: false,
            ended: None,
            permits: Vec::new(),
        })
    }

    /// The running task parks; somebody else's turn. It must have said before what it waits for. O(1).
    pub(crate) fn suspend(&mut self, number: SchedulerNumber) -> Step {
        let running = self.scheduler_mut(number).running.take();
        let id = running.expect("a task performs the effect (checked by perform)");
        self.park_here(number, id);
        if self.is_to_unwind(id) {
            self.wake(id, Wake::Cancel);
        }
        self.next(number)
    }

    /// Whether the task was cancelled and has not begun to unwind: neither by itself nor with all that is around it.
    pub(crate) fn is_to_unwind(&self, id: TaskId) -> bool {
        self.task(id).cancelled && !self.is_unwinding(id)
    }

    fn is_unwinding(&self, id: TaskId) -> bool {
        let task = self.task(id);
        task.unwinding || task.bottom.is_some_and(|bottom| self.segment(bottom).closing)
    }

    /// The task's chain, up to the current segment, stays on the boundary while others run.
    fn park_here(&mut self, number: SchedulerNumber, id: TaskId) -> &mut Task {
        let boundary = self.scheduler(number).boundary.expect("a scheduler with a task is at work (I9)");
        // An outer handler may have moved the whole scheduler since the task's turn began.
        let base = self.segment(boundary).scope;
        let current = self.current;
        let task = self.task_mut(id);
        task.first = current;
        task.base = base;
        task
    }

    /// The next ready task goes on, or nobody does.
    pub(crate) fn next(&mut self, number: SchedulerNumber) -> Step {
        let boundary = self.scheduler(number).boundary;
        self.current = boundary;
        self.asks_always = false;
        self.scheduler_mut(number).running = None;
        let Some(id) = self.scheduler_mut(number).ready.pop() else {
            return self.nobody_is_ready(number);
        };
        let priority = self.task(id).priority;
        if self.outcome.settled.is_some() && self.ends_at_once(id) {
            // The host is told of one end per turn.
            self.scheduler_mut(number).ready.put_back(id, priority);
            return self.ask(Instruction::Again);
        }
        self.scheduler_mut(number).running = Some(id);
        self.set_preemption(number);
        let base = self.top().scope;
        if self.task(id).base != base {
            self.rebase(id, base);
        }
        let wake = std::mem::replace(&mut self.task_mut(id).wake, Wake::Never);
        self.go_on(id, wake)
    }

    /// Whether the task never started and never will.
    fn ends_at_once(&self, id: TaskId) -> bool {
        let task = self.task(id);
        task.wake == Wake::Cancel && task.bottom.is_none()
    }

    fn go_on(&mut self, id: TaskId, wake: Wake) -> Step {
        if self.task(id).bottom.is_some() {
            self.current = self.task_mut(id).first.take();
        }
        match wake {
            Wake::Start => self.start_task(id),
            Wake::Deliver => {
                self.outcome.load = Some(ValueSlot::UNDEFINED);
                Step::Then(Mode::Deliver)
            }
            Wake::Answer(handle) => {
                self.host.drop_value(handle);
                let slot = self.performing_slot();
                self.ask(Instruction::Answer { slot, handle })
            }
            Wake::Throw(error) => {
                self.fill_register(error);
                Step::Then(Mode::Throw)
            }
            Wake::Perform(effect) => {
                self.fill_register(effect);
                let slot = self.performing_slot();
                self.ask(Instruction::Perform(slot))
            }
            Wake::Cancel => self.cancel_now(id),
            Wake::Inner => Step::Then(Mode::Deliver),
            Wake::Never => unreachable!("only a task that was woken is ready (I9)"),
        }
    }

    /// The place of the generator that performed the effect which parked the task.
    fn performing_slot(&self) -> crate::id::GeneratorSlot {
        let frame = self.top().frames.last().copied();
        frame.and_then(Frame::generator).expect("a generator performed the effect (I3)")
    }

    fn start_task(&mut self, id: TaskId) -> Step {
        let scope = self.task(id).scope;
        let base = self.top().scope;
        let bottom = self.push_segment(scope, None);
        self.leave(scope);
        self.segment_mut(bottom).gap = scope != base;
        self.push(Frame::Task(id));
        let slot = self.push_program();
        let task = self.task_mut(id);
        task.bottom = Some(bottom);
        let handle = task.handle.expect("a spawned task has a handle");
        self.ask(Instruction::StartTask { slot, handle })
    }

    // --- the end of a task ---------------------------------------------------------------------------------------

    /// The task of the frame on top has ended; its result is in the register.
    pub(crate) fn end_task(&mut self, id: TaskId, how: Settlement) -> Step {
        let mode = if how == Settlement::Threw { Mode::Throw } else { Mode::Deliver };
        let number = self.task(id).scheduler;
        if self.task(id).handle.is_some() && how != Settlement::Cancelled && self.outcome.load.is_some() {
            // The result was kept while something unwound: the host fills the register first.
            self.task_mut(id).ended = Some(how);
            return self.ask(Instruction::Again);
        }
        if self.scheduler(number).root == Some(id) && self.scheduler(number).ending.is_none() {
            if let Some(step) = self.close_kept(mode) {
                return step;
            }
            let result = self.keep_register();
            self.top_mut().frames.pop();
            self.pop_segment();
            self.forget_task(id, how);
            let ending = if how == Settlement::Threw { Ending::Throw(result) } else { Ending::Deliver(result) };
            return self.end_scheduler(number, ending);
        }
        let was_root = self.scheduler(number).root == Some(id);
        self.top_mut().frames.pop();
        self.pop_segment();
        self.forget_task(id, how);
        if was_root && how == Settlement::Threw {
            // The scheduler is unwound, and the cleanup of its root task has failed.
            return self.fail_unwinding();
        }
        self.next(number)
    }

    /// The host has filled the register with the result of the task that has ended on top; `None` when there is none.
    pub(crate) fn end_filled(&mut self) -> Option<Step> {
        let Some(&Frame::Task(id)) = self.current.and_then(|segment| self.segment(segment).frames.last()) else {
            return None;
        };
        let how = self.task_mut(id).ended.take()?;
        Some(self.end_task(id, how))
    }

    /// The task's last frame was closed, because the scheduler's boundary is being unwound.
    pub(crate) fn close_task(&mut self, id: TaskId) -> Step {
        self.forget_task(id, Settlement::Cancelled);
        Step::Then(Mode::Unwind)
    }

    /// Wakes who waits for the task's end, tells the host, and drops the record.
    fn forget_task(&mut self, id: TaskId, how: Settlement) {
        self.settle(Waitable::Task(id), how != Settlement::Returned);
        let task = self.tasks.remove(id).expect("a task ends once (I9)");
        let scheduler = self.scheduler_mut(task.scheduler);
        scheduler.live -= 1;
        if scheduler.root == Some(id) {
            scheduler.root = None;
        }
        if scheduler.running == Some(id) {
            scheduler.running = None;
        }
        if let Some(handle) = task.handle {
            self.outcome.settled = Some((handle, how));
            self.host.drop_value(handle);
        }
        if task.bottom.is_none() {
            self.leave(task.scope);
        }
        self.forget_holder(task.permits, how == Settlement::Cancelled || task.unwinding);
    }

    // --- cancellation --------------------------------------------------------------------------------------------

    /// Asks a task to unwind: at its next suspension if it runs, else when it is its turn. Once; then it is masked.
    pub(crate) fn cancel(&mut self, id: TaskId) {
        if self.tasks.get(id).is_none_or(|task| task.cancelled) || self.is_unwinding(id) {
            return;
        }
        let task = self.task_mut(id);
        task.cancelled = true;
        let (number, wait, first) = (task.scheduler, task.wait, task.first);
        if self.scheduler(number).running == Some(id) {
            self.asks_always = true;
            return;
        }
        if wait == Wait::Inner {
            let inner = first.and_then(|segment| self.scheduler_at(segment));
            let inner = inner.expect("a task that waits for a scheduler inside is parked on its boundary (I9)");
            self.scheduler_mut(inner).parked_in = None;
        }
        self.wake(id, Wake::Cancel);
    }

    /// It is the cancelled task's turn: it unwinds down to its task frame.
    fn cancel_now(&mut self, id: TaskId) -> Step {
        let Some(bottom) = self.task(id).bottom else {
            let number = self.task(id).scheduler;
            self.forget_task(id, Settlement::Cancelled);
            return self.next(number);
        };
        self.task_mut(id).unwinding = true;
        if self.segment(bottom).frames.len() > 1 || self.segment(bottom).gap {
            self.separate_task_frame(bottom);
        }
        let bottom = self.task(id).bottom.expect("it has started");
        let lowest = self.segment_mut(bottom);
        // It is not doomed itself, even if its chain was: the cancellation ends in it.
        (lowest.closing, lowest.doomed) = (false, 0);
        lowest.frames.push(Frame::After(Completion::Cancelled));
        let mut at = self.running();
        while at != bottom {
            let segment = self.segment_mut(at);
            segment.doom();
            at = segment.parent.expect("a task's chain leads to its lowest segment (I2)");
        }
        Step::Then(Mode::Unwind)
    }

    // --- the end of a scheduler ----------------------------------------------------------------------------------

    /// Its root task has ended, or its boundary is unwound: whoever is left is cancelled, in the order of spawning.
    pub(crate) fn end_scheduler(&mut self, number: SchedulerNumber, ending: Ending) -> Step {
        let scheduler = self.scheduler_mut(number);
        let earlier = scheduler.ending.replace(ending);
        self.current = self.scheduler(number).boundary;
        if let Some(Ending::Deliver(kept) | Ending::Throw(kept)) = earlier {
            self.host.drop_value(kept);
        }
        let left = self.tasks_in_order(number);
        self.listing.clear();
        for &id in &left {
            let task = self.task(id);
            if !task.daemon && !task.cancelled && ending != Ending::Unwind {
                self.listing.extend(task.handle.map(ValueSlot::word));
            }
            self.cancel(id);
        }
        self.listing.truncate(crate::scheduler::snapshot::PAGE);
        if self.listing.is_empty() { self.next(number) } else { self.ask(Instruction::Leftover) }
    }

    pub(crate) fn tasks_in_order(&self, number: SchedulerNumber) -> Vec<TaskId> {
        let mut tasks: Vec<TaskId> =
            self.tasks.iter().filter(|(_, task)| task.scheduler == number).map(|(id, _)| id).collect();
        tasks.sort_by_key(|&id| self.task(id).number);
        tasks
    }

    fn nobody_is_ready(&mut self, number: SchedulerNumber) -> Step {
        let scheduler = self.scheduler(number);
        if let (Some(ending), 0) = (scheduler.ending, scheduler.live) {
            return self.finish_scheduler(number, ending);
        }
        if let Some((outer, id)) = self.enclosing_task() {
            self.scheduler_mut(number).parked_in = Some(id);
            self.scheduler_mut(outer).running = None;
            self.park_here(outer, id).wait = Wait::Inner;
            if self.is_to_unwind(id) {
                self.task_mut(id).cancelled = false;
                self.cancel(id);
            }
            return self.next(outer);
        }
        let is_idle = self.waiting_outside > 0;
        self.ask(if is_idle { Instruction::Idle } else { Instruction::Deadlock })
    }

    /// The task of an outer scheduler that the current one is a part of. O(segments to that scheduler's boundary).
    fn enclosing_task(&self) -> Option<(SchedulerNumber, TaskId)> {
        let mut at = self.top().parent;
        while let Some(id) = at {
            if let Some(number) = self.scheduler_at(id) {
                return Some((number, self.scheduler(number).running?));
            }
            at = self.segment(id).parent;
        }
        None
    }

    fn finish_scheduler(&mut self, number: SchedulerNumber, ending: Ending) -> Step {
        let scheduler = self.scheduler_mut(number);
        scheduler.ending = None;
        scheduler.boundary = None;
        scheduler.next = 0;
        if scheduler.preempt_every > 0 {
            self.preempt_at = u64::MAX;
            if let Some(outer) = self.preempting() {
                self.set_preemption(outer);
            }
        }
        match ending {
            Ending::Deliver(value) => {
                self.fill_register(value);
                self.plain_return()
            }
            Ending::Throw(error) => {
                self.fill_register(error);
                self.segment_throw()
            }
            Ending::Unwind => Step::Then(Mode::Unwind),
        }
    }

    /// Nothing can go on: the register, an error, is thrown into the root task of the scheduler on top, or into the
    /// oldest task that is left. If that one waits for a scheduler inside of it, it is the same there.
    pub(crate) fn interrupt(&mut self) -> Step {
        let number = self.current.and_then(|segment| self.scheduler_at(segment));
        let (Some(number), Some(target)) = (number, number.and_then(|number| self.oldest_task(number))) else {
            return self.ask(Instruction::Fault(Fault::OutOfOrder));
        };
        let error = self.keep_register();
        self.wake(target, Wake::Throw(error));
        self.next(number)
    }

    /// The oldest task of a scheduler, or the oldest one of the scheduler that it waits for.
    fn oldest_task(&self, number: SchedulerNumber) -> Option<TaskId> {
        let own = self.tasks.iter().filter(|(_, task)| task.scheduler == number);
        let (oldest, task) = own.min_by_key(|(_, task)| task.number)?;
        match (task.wait, task.first) {
            (Wait::Inner, Some(first)) => self.scheduler_at(first).and_then(|inner| self.oldest_task(inner)),
            _ => Some(oldest),
        }
    }

    /// The run is over, and with it every scheduler; semaphores whose permits were never given back end here.
    pub(crate) fn end_tasks(&mut self) {
        let forgotten: Vec<_> = self.semaphores.iter().map(|(id, semaphore)| (id, semaphore.handle)).collect();
        for (id, handle) in forgotten {
            self.semaphores.remove(id);
            self.host.drop_value(handle);
        }
    }

    // --- preemption ----------------------------------------------------------------------------------------------

    /// The turn of a task begins. A scheduler that does not preempt leaves the count of the one around it alone.
    fn set_preemption(&mut self, number: SchedulerNumber) {
        let every = self.scheduler(number).preempt_every;
        if every > 0 {
            self.preempt_at = self.performed + u64::from(every);
        }
    }

    /// The innermost scheduler on the chain that preempts. O(segments).
    fn preempting(&self) -> Option<SchedulerNumber> {
        let mut at = self.current;
        while let Some(id) = at {
            if let Some(number) = self.scheduler_at(id).filter(|&number| self.scheduler(number).preempt_every > 0) {
                return Some(number);
            }
            at = self.segment(id).parent;
        }
        None
    }

    /// Enough effects were performed: the one in the register is put off, and the next task goes on. `None` when the
    /// scheduler is not on the chain now, or nobody else is ready.
    pub(crate) fn preempt(&mut self) -> Option<Step> {
        let number = self.preempting()?;
        self.set_preemption(number);
        let running = self.scheduler(number).running?;
        self.performed -= 1;
        let effect = self.keep_register();
        self.wake(running, Wake::Perform(effect));
        Some(self.suspend(number))
    }
}
