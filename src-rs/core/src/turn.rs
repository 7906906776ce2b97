//! The turn: one command in, one outcome out; in between, the machine runs through its modes until it needs the host.

use crate::command::{Command, Position};
use crate::error::Fault;
use crate::frame::Frame;
use crate::id::{GeneratorSlot, HandlerId};
use crate::native::program::Event;
use crate::outcome::{Instruction, Outcome};
use crate::scheduler::task::{Ending, Settlement};
use crate::vm::Vm;

/// What is happening to the top of the chain. Derived by each operation, never stored across turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The register is a value for the top frame.
    Deliver,
    /// The register is an error for the top frame.
    Throw,
    /// The top frame is to be closed.
    Unwind,
}

/// How the machine goes on after one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Step {
    /// In this mode.
    Then(Mode),
    /// Only the host can go on, as the outcome says.
    Host,
}

impl Vm {
    /// Carries out one command. Cost: O(1) plus the segments detached or closed.
    ///
    /// The outcome is built in place and lent, because copying it would cost as much as a simple turn.
    pub fn turn(&mut self, command: Command) -> &Outcome {
        self.host.begin_turn();
        self.crossed.clear();
        self.outcome.park = None;
        self.outcome.load = None;
        self.outcome.integer = None;
        self.outcome.performer = None;
        self.outcome.settled = None;
        self.outcome.named = None;
        self.outcome.waiter = None;
        self.outcome.left = None;
        self.outcome.goes_on = None;
        let step = match command {
            // First, because it is what a program does most.
            Command::PerformLate { effect, key } if self.current.is_some() => self.perform_late(effect, key),
            Command::Perform { effect, key } if self.current.is_some() => self.perform(effect, key),
            _ if self.accepts(&command) => self.obey(&command),
            _ => self.ask(Instruction::Fault(Fault::OutOfOrder)),
        };
        if step != Step::Host {
            self.advance(step);
        }
        if let Command::Forward { .. } = command {
            self.outcome.performer = self.performer();
        }
        #[cfg(debug_assertions)]
        {
            self.turns += 1;
            self.check_invariants();
        }
        &self.outcome
    }

    /// Leaves the turn to the host, with this to do.
    pub(crate) fn ask(&mut self, instruction: Instruction) -> Step {
        self.outcome.instruction = instruction;
        Step::Host
    }

    /// Commands about a running program need one.
    fn accepts(&self, command: &Command) -> bool {
        match *command {
            Command::Start => self.current.is_none(),
            Command::DefineScheduler { .. }
            | Command::Tasks { .. }
            | Command::Holders { .. }
            | Command::TaskChain { .. }
            | Command::Stuck
            | Command::Settle { .. }
            | Command::DefineHandler { .. }
            | Command::DefineClause { .. }
            | Command::DefineNative { .. }
            | Command::Entries { .. }
            | Command::Chain { .. }
            | Command::Lease
            | Command::Drain => true,
            Command::SetInstalled { handler, .. } | Command::StoreOf { handler } => self.knows(handler),
            Command::Write { store, .. } | Command::Clear { store } => self.stores.get(store).is_some(),
            Command::Forget { value } => self.host.value_owners(value) > 0,
            Command::FunProgram | Command::Onward { .. } => self.current.is_some() && self.pending.is_some(),
            Command::Return | Command::Throw => matches!(self.top_frame(), Some(frame) if frame.ends_by_itself()),
            Command::Closed { .. }
            | Command::Delegate { .. }
            | Command::Resume { position: Position::Tail | Position::Closing, .. } => {
                self.top_frame().and_then(Frame::generator).is_some()
            }
            Command::Install { handler } | Command::Inherit { handler } => {
                self.current.is_some() && self.knows(handler)
            }
            _ => self.current.is_some(),
        }
    }

    fn top_frame(&self) -> Option<Frame> {
        self.current.and_then(|id| self.segment(id).frames.last().copied())
    }

    fn knows(&self, handler: HandlerId) -> bool {
        self.handlers.get(handler.index()).is_some_and(Option::is_some)
    }

    fn advance(&mut self, mut step: Step) {
        while let Step::Then(mode) = step {
            step = match mode {
                Mode::Deliver => self.deliver(),
                Mode::Throw => self.throw(),
                Mode::Unwind => self.unwind_step(),
            };
        }
    }

    /// After a delegation the host must answer the performer, not the clause that declined.
    fn performer(&self) -> Option<GeneratorSlot> {
        self.current.and_then(|id| self.segment(id).frames.last()).and_then(|frame| frame.generator())
    }

    fn obey(&mut self, command: &Command) -> Step {
        match *command {
            Command::Start => {
                self.start();
                self.ask(Instruction::Ready)
            }
            Command::Call => {
                let slot = self.push_program();
                self.ask(Instruction::Begin(slot))
            }
            Command::Return => self.pop_frame(Mode::Deliver),
            Command::Throw => self.pop_frame(Mode::Throw),
            Command::Closed { count } => self.pop_closed(count),
            Command::Lease => {
                let instruction = self.lease();
                self.ask(instruction)
            }
            Command::Deliver => Step::Then(Mode::Deliver),
            Command::Raise => Step::Then(Mode::Throw),
            Command::Perform { effect, key } => self.perform(effect, key),
            Command::PerformLate { effect, key } => self.perform_late(effect, key),
            Command::Forward { k, effect, key } => self.forward(k, effect, key),
            Command::Onward { effect, key } => self.perform_onward(effect, key),
            Command::FunProgram => self.answer_in_place(),
            Command::Delegate { position } => self.delegate(position),
            Command::Resume { k, throws, position } => self.resume_from(k, throws, position),
            Command::Discontinue { k } => self.discontinue(k),
            Command::Inherit { handler } => {
                self.with_handler(handler);
                self.mark_inherited();
                self.ask(Instruction::Ready)
            }
            Command::Install { handler } => {
                self.with_handler(handler);
                self.ask(Instruction::Ready)
            }
            Command::InstallFresh { native, returns } => {
                let (handler, store) = self.with_store(native, false, returns);
                self.ask(Instruction::Defined { handler, store })
            }
            Command::InstallScheduler { most, preempt_every } => {
                let handler = self.new_scheduler(true, most, preempt_every);
                self.with_handler(handler);
                self.ask(Instruction::Defined { handler, store: None })
            }
            Command::DefineScheduler { most } => {
                let handler = self.new_scheduler(false, most, 0);
                self.ask(Instruction::Defined { handler, store: None })
            }
            Command::Settle { .. }
            | Command::Watch { .. }
            | Command::Park { .. }
            | Command::Next { .. }
            | Command::WaitOutside
            | Command::WatchOffered
            | Command::Interrupt { .. }
            | Command::Stuck
            | Command::CurrentTask
            | Command::Holders { .. }
            | Command::Tasks { .. } => self.direct(command),
            Command::Open(opening) => self.open(opening),
            Command::CancelScope { scope } if self.cancel_scopes.get(scope).is_none() => {
                self.ask(Instruction::Fault(Fault::OutOfOrder))
            }
            Command::CancelScope { scope } => {
                self.cancel_the_scope(scope);
                self.ask(Instruction::Ready)
            }
            Command::Join { scope, until } => self.join(scope, until),
            Command::Abort { waits } => self.abort(waits),
            Command::GetContinuation
            | Command::GetHandlers { .. }
            | Command::CreateContinuation
            | Command::Resolve { .. }
            | Command::StartContinuation { .. }
            | Command::TaskChain { .. }
            | Command::Chain { .. } => self.reflect(command),
            Command::DefineHandler { .. }
            | Command::DefineClause { .. }
            | Command::DefineNative { .. }
            | Command::SetInstalled { .. }
            | Command::StoreOf { .. }
            | Command::Write { .. }
            | Command::Entries { .. }
            | Command::Clear { .. }
            | Command::Forget { .. }
            | Command::Drain => {
                let instruction = self.administer(command);
                self.ask(instruction)
            }
        }
    }

    pub(crate) fn start(&mut self) {
        self.push_segment(self.scopes.root(), None);
        for handler in self.installed.clone() {
            self.with_handler(handler);
        }
        self.base = self.current;
    }

    /// The top frame's generator ended, by value or error.
    pub(crate) fn pop_frame(&mut self, mode: Mode) -> Step {
        let segment = self.top_mut();
        let borders = segment.border;
        match segment.frames.pop() {
            Some(Frame::Program(slot) | Frame::RawClause { slot, .. }) => {
                self.host.free_generator(slot);
                if borders.is_some() { self.leave_at_border(mode) } else { Step::Then(mode) }
            }
            Some(Frame::Clause { slot, k }) => {
                self.host.free_generator(slot);
                if borders.is_none() && self.continuations.get(k).is_none() {
                    Step::Then(mode)
                } else {
                    self.abandon(k, mode)
                }
            }
            Some(Frame::Ended(handler)) => {
                self.disown_handler(handler);
                Step::Then(mode)
            }
            other => unreachable!("only a generator's frame returns or throws (I3), not {other:?}"),
        }
    }

    /// A value arrives at the top of the chain.
    fn deliver(&mut self) -> Step {
        let segment = self.top();
        if segment.is_doomed() {
            return Step::Then(Mode::Unwind);
        }
        match segment.frames.last() {
            None => self.close_kept(Mode::Deliver).unwrap_or_else(|| self.segment_return()),
            Some(&(Frame::Program(slot) | Frame::Clause { slot, .. } | Frame::RawClause { slot, .. })) => {
                self.ask(Instruction::Resume(slot))
            }
            Some(&Frame::Task(task)) => self.end_task(task, Settlement::Returned),
            Some(&Frame::Native { program, k }) => self.call_native(program, k, Event::Resume),
            Some(Frame::Catch) => {
                self.top_mut().frames.pop();
                self.ask(Instruction::Caught { ok: true })
            }
            // A clause that ran for a body being closed has ended: its value is nobody's, and overrules an error before.
            Some(&Frame::Failed(error)) => {
                self.top_mut().frames.pop();
                self.host.drop_value(error);
                Step::Then(Mode::Deliver)
            }
            Some(Frame::After(_)) => Step::Then(Mode::Unwind),
            Some(Frame::Leaving) => {
                self.top_mut().frames.pop();
                self.leave_task(Mode::Deliver)
            }
            Some(other) => unreachable!("no value is delivered to {other:?} (I3)"),
        }
    }

    /// An error arrives at the top of the chain.
    fn throw(&mut self) -> Step {
        let segment = self.top();
        if segment.is_doomed() {
            return self.fail_unwinding();
        }
        match segment.frames.last() {
            None => self.close_kept(Mode::Throw).unwrap_or_else(|| self.segment_throw()),
            Some(&(Frame::Program(slot) | Frame::Clause { slot, .. } | Frame::RawClause { slot, .. })) => {
                self.ask(Instruction::Throw(slot))
            }
            Some(&Frame::Task(task)) => self.end_task(task, Settlement::Threw),
            Some(&Frame::Native { program, k }) => self.call_native(program, k, Event::Throw),
            Some(Frame::Catch) => {
                self.top_mut().frames.pop();
                self.ask(Instruction::Caught { ok: false })
            }
            Some(&Frame::Ended(handler)) => {
                self.top_mut().frames.pop();
                self.disown_handler(handler);
                Step::Then(Mode::Throw)
            }
            Some(&Frame::Failed(error)) => {
                self.top_mut().frames.pop();
                self.host.drop_value(error);
                Step::Then(Mode::Throw)
            }
            Some(&Frame::After(completion)) => {
                self.top_mut().frames.pop();
                self.fail_completion(completion)
            }
            Some(Frame::Leaving) => {
                self.top_mut().frames.pop();
                self.leave_task(Mode::Throw)
            }
        }
    }

    /// The register, an error, leaves the current segment, which holds no frame any more.
    pub(crate) fn segment_throw(&mut self) -> Step {
        if self.top().parent.is_none() {
            return self.finish(Instruction::Failed);
        }
        if let Some(number) = self.scheduler_at(self.running()) {
            let error = self.keep_register();
            return self.end_scheduler(number, Ending::Throw(error));
        }
        if let Some(step) = self.leave_region(Mode::Throw) {
            return step;
        }
        let ended = self.pop_segment();
        self.crossed.extend(ended.handler);
        Step::Then(Mode::Throw)
    }
}
