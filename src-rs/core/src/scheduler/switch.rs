//! Switching: tasks start, park and go on.

use crate::frame::Frame;
use crate::handler::{Answer, Body};
use crate::id::{EffectType, HandlerId, ScopeId, ValueSlot};
use crate::outcome::Instruction;
use crate::scheduler::link::WaitList;
use crate::scheduler::task::{Priority, Scheduler, SchedulerNumber, Task, TaskId, Wait, Wake};
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
        scheduler.moved = false;
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
            spawner: None,
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
            member_of: None,
            previous_member: None,
            next_member: None,
            told_to_end: false,
            left_over: false,
            cancelled: false,
            unwinding: false,
            ended: None,
            permits: Vec::new(),
        })
    }

    /// The running task parks; somebody else's turn. It must have said before what it waits for. O(1).
    pub(crate) fn suspend(&mut self, number: SchedulerNumber) -> Step {
        let running = self.scheduler(number).running;
        let id = running.expect("a task performs the effect (checked by perform)");
        self.leave_strand(id);
        self.park_here(number, id);
        self.next(number)
    }

    /// The task's chain, up to the current segment, stays on the boundary while others run.
    #[inline]
    pub(crate) fn park_here(&mut self, number: SchedulerNumber, id: TaskId) -> &mut Task {
        // An outer handler may have moved the whole scheduler since the task's turn began.
        let base = self.scope_of_scheduler(number);
        let current = self.current;
        let task = self.task_mut(id);
        task.first = current;
        task.base = base;
        task
    }

    /// The next ready task goes on, or nobody does.
    pub(crate) fn next(&mut self, number: SchedulerNumber) -> Step {
        self.asks_always = false;
        let scheduler = self.scheduler_mut(number);
        let boundary = scheduler.boundary;
        scheduler.running = scheduler.ready.pop();
        let next = scheduler.running;
        self.current = boundary;
        let Some(id) = next else {
            return self.nobody_is_ready(number);
        };
        if self.outcome.settled.is_some() && self.ends_at_once(id) {
            // The host is told of one end per turn.
            let priority = self.task(id).priority;
            let scheduler = self.scheduler_mut(number);
            scheduler.ready.put_back(id, priority);
            scheduler.running = None;
            return self.ask(Instruction::Again);
        }
        self.set_preemption(number);
        let base = self.top().scope;
        let task = self.task_mut(id);
        let wake = std::mem::replace(&mut task.wake, Wake::Never);
        if task.base != base {
            self.rebase(id, base);
        }
        self.go_on(id, wake)
    }

    /// Whether the task never started and never will.
    fn ends_at_once(&self, id: TaskId) -> bool {
        let task = self.task(id);
        task.wake == Wake::Cancel && task.bottom.is_none()
    }

    #[inline]
    fn go_on(&mut self, id: TaskId, wake: Wake) -> Step {
        self.enter_strand(id);
        let task = self.task_mut(id);
        let first = task.first.take();
        if first.is_some() {
            self.current = first;
        }
        self.asks_always = wake == Wake::Cancel || self.is_alarmed();
        match wake {
            Wake::Start => self.start_task(id),
            Wake::Deliver | Wake::Granted => {
                self.outcome.load = Some(ValueSlot::UNDEFINED);
                Step::Then(Mode::Deliver)
            }
            Wake::Forked => self.go_on_after_child(id),
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
            Wake::Cancel => self.unwind_now(id),
            Wake::Inner => {
                // Not this strand, but one inside of it.
                self.outcome.goes_on = None;
                let inner = self.scheduler_at(self.running());
                self.next(inner.expect("a task that waits for a scheduler inside is parked on its boundary (I9)"))
            }
            Wake::Never => unreachable!("only a task that was woken is ready (I9)"),
        }
    }

    /// The place of the generator that performed the effect which parked the task.
    pub(crate) fn performing_slot(&self) -> crate::id::GeneratorSlot {
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

    pub(crate) fn nobody_is_ready(&mut self, number: SchedulerNumber) -> Step {
        let scheduler = self.scheduler(number);
        if let (Some(ending), 0) = (scheduler.ending, scheduler.live) {
            return self.finish_scheduler(number, ending);
        }
        if let Some((outer, id)) = self.enclosing_task() {
            self.become_tasks(outer);
            let id = self.scheduler(outer).running.unwrap_or(id);
            self.scheduler_mut(number).parked_in = Some(id);
            self.scheduler_mut(outer).running = None;
            self.park_here(outer, id).wait = Wait::Inner;
            if self.is_told(self.current, id) {
                self.unwind_next(id);
            }
            return self.next(outer);
        }
        let is_idle = self.waiting_outside > 0;
        self.ask(if is_idle { Instruction::Idle } else { Instruction::Deadlock })
    }

    /// The task of an outer scheduler that waits when nobody is ready in the one whose boundary is current: that of the
    /// next one in scope.
    fn enclosing_task(&mut self) -> Option<(SchedulerNumber, TaskId)> {
        let around = self.top().parent?;
        let scope = self.segment(around).scope;
        let found = self.scopes.resolve(scope, EffectType::SCHEDULER, &self.handlers)?;
        match found.answer {
            Answer::Scheduler(number) => Some((number, self.scheduler(number).running?)),
            _ => None,
        }
    }
}
