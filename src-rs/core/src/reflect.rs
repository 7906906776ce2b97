//! Reflection and first-class continuations: what a program may ask about the chain it runs on.
//!
//! None of it consumes a continuation, except starting one.

use crate::command::Command;
use crate::continuation::{Continuation, ContinuationId};
use crate::error::Fault;
use crate::frame::Frame;
use crate::id::{HandlerId, ScopeId};
use crate::outcome::Instruction;
use crate::scheduler::task::TaskId;
use crate::segment::SegmentId;
use crate::turn::Step;
use crate::vm::Vm;

/// A chain listing is cut after this many entries.
const MAX_CHAIN: usize = 256;

/// What one entry of a chain listing is; the second word is a generator slot or a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Link {
    /// A program frame.
    Program = 1,
    /// A clause frame.
    Clause = 2,
    /// A prompt boundary.
    Boundary = 3,
}

impl Link {
    /// Every kind with its name, for the generated host copy.
    pub const ALL: &'static [(&'static str, Self)] =
        &[("PROGRAM", Self::Program), ("CLAUSE", Self::Clause), ("BOUNDARY", Self::Boundary)];
}

impl Vm {
    pub(crate) fn reflect(&mut self, command: &Command) -> Step {
        let instruction = match *command {
            Command::GetContinuation => self.callsite(),
            Command::GetHandlers { callsite } => self.list_handlers(callsite),
            Command::Chain { k } => self.list_chain(k),
            Command::TaskChain { task } => self.list_task_chain(task),
            Command::StartContinuation { k } => self.start_continuation(k),
            Command::Resolve { effect } => {
                let scope = self.top().scope;
                let found = self.scopes.resolve(scope, effect, &self.handlers);
                self.listing.clear();
                self.listing.extend(found.map(|found| found.handler.word()));
                Instruction::Listed { more: false }
            }
            Command::CreateContinuation => {
                let k = self.continuations.insert(Continuation::Unstarted);
                self.keep_until_end(k);
                Instruction::Created(k)
            }
            _ => unreachable!("turn sends only reflection here"),
        };
        self.ask(instruction)
    }

    fn callsite(&self) -> Instruction {
        let clause = self.clause_under_way();
        let clause = clause.and_then(|(segment, frame, _)| self.segment(segment).frames[frame].generator());
        clause.map_or(Instruction::Fault(Fault::NoHandlerContext), Instruction::Callsite)
    }

    /// The scope the question is about: in a clause whose continuation is alive, its callsite's.
    fn scope_asked_about(&self) -> ScopeId {
        let callsite = self.clause_under_way().and_then(|(_, _, k)| match self.continuations.get(k) {
            Some(&Continuation::Captured { first, .. }) => Some(self.segment(first).scope),
            _ => None,
        });
        callsite.unwrap_or_else(|| self.top().scope)
    }

    /// Lists the handlers in scope, innermost first. Those asked for by a program stay known until the run ends. O(depth).
    fn list_handlers(&mut self, callsite: bool) -> Instruction {
        let scope = if callsite { self.scope_asked_about() } else { self.top().scope };
        let handlers = self.handlers_from(scope);
        if callsite {
            for &handler in &handlers {
                self.own_handler(handler);
                self.pinned.push(handler);
            }
        }
        self.listing.clear();
        self.listing.extend(handlers.iter().map(|handler| handler.word()));
        Instruction::Listed { more: false }
    }

    fn handlers_from(&self, scope: ScopeId) -> Vec<HandlerId> {
        let mut handlers = Vec::new();
        let mut at = Some(scope);
        while let Some(scope) = at {
            handlers.extend(self.scopes.handler(scope));
            at = self.scopes.parent(scope);
        }
        handlers
    }

    /// Lists frames and boundaries, innermost first, as pairs of [`Link`] and number; cut after 256.
    fn list_chain(&mut self, k: Option<ContinuationId>) -> Instruction {
        self.listing.clear();
        let start = match k {
            None => self.current,
            Some(k) => match self.continuations.get(k) {
                Some(&Continuation::Captured { first, .. }) => Some(first),
                Some(Continuation::Unstarted) => None,
                None => return Instruction::Fault(Fault::OneShotViolation),
            },
        };
        Instruction::Listed { more: self.list_from(start, None) }
    }

    /// Lists the chain of a task: of one that has not started nothing.
    fn list_task_chain(&mut self, task: TaskId) -> Instruction {
        self.listing.clear();
        let Some(found) = self.tasks.get(task) else { return Instruction::Listed { more: false } };
        let (first, last) = (found.first, found.bottom);
        let runs = self.scheduler(found.scheduler).running == Some(task);
        let start = if runs { self.current } else { first };
        Instruction::Listed { more: last.is_some() && self.list_from(start, last) }
    }

    /// Lists from the segment `at` outward, to `last` or to the end.
    fn list_from(&mut self, mut at: Option<SegmentId>, last: Option<SegmentId>) -> bool {
        let mut listing = std::mem::take(&mut self.listing);
        while let Some(id) = at {
            let segment = self.segment(id);
            let frames = segment.frames.iter().rev().filter_map(|frame| match *frame {
                Frame::Program(slot) => Some((Link::Program, slot.word())),
                Frame::Clause { slot, .. } | Frame::RawClause { slot, .. } => Some((Link::Clause, slot.word())),
                Frame::Native { .. }
                | Frame::Task(_)
                | Frame::Catch
                | Frame::Leaving
                | Frame::Ended(_)
                | Frame::After(_)
                | Frame::Failed(_) => None,
            });
            let boundary = segment.handler.map(|handler| (Link::Boundary, handler.word()));
            let room = (MAX_CHAIN * 2 - listing.len()) / 2;
            let links = frames.chain(boundary).take(room);
            listing.extend(links.flat_map(|(link, number)| [link as u32, number]));
            at = segment.parent.filter(|_| last != Some(id));
            if listing.len() == MAX_CHAIN * 2 {
                break;
            }
        }
        self.listing = listing;
        at.is_some()
    }

    /// Consumes an unstarted continuation; the host then enters its program.
    fn start_continuation(&mut self, k: ContinuationId) -> Instruction {
        match self.continuations.get(k) {
            Some(Continuation::Unstarted) => {
                self.continuations.remove(k);
                Instruction::Enter
            }
            Some(Continuation::Captured { .. }) => Instruction::Fault(Fault::OutOfOrder),
            None => Instruction::Fault(Fault::OneShotViolation),
        }
    }
}
