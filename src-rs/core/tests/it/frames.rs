//! Frames coming and going without a turn each, as the real driver does it: called programs are pushed on the host's own
//! account and the machine is told with the next command, or never; frames are closed in batches.

use doeff_vm_core::{Command, GeneratorSlot, Instruction};

use crate::ast::{Env, Program, Value};
use crate::generator::{Generator, Input, Output};
use crate::host::{Host, Todo};

/// The frames that the machine has not heard of.
#[derive(Default)]
pub(crate) struct Frames {
    /// As many may wait, and be closed in one go; 0 turns all of this off.
    pub(crate) batch: usize,
    /// The frame that called the first of them.
    base: Option<GeneratorSlot>,
    waiting: Vec<GeneratorSlot>,
    leased: Vec<GeneratorSlot>,
}

impl Frames {
    /// All of them, for the machine.
    pub(crate) fn told(&mut self) -> Vec<GeneratorSlot> {
        std::mem::take(&mut self.waiting)
    }

    /// The frame below the one that just ended; `None` when the machine knows them both.
    fn pop(&mut self) -> Option<GeneratorSlot> {
        self.leased.push(self.waiting.pop()?);
        self.waiting.last().copied().or(self.base)
    }
}

impl Host {
    /// A host that tells the machine of frames as late as it can.
    pub(crate) fn lazy(batch: usize) -> Self {
        Self { frames: Frames { batch, ..Frames::default() }, ..Self::new() }
    }

    /// The current program calls another one.
    pub(crate) fn call(&mut self, program: &Program, env: Env) -> Todo {
        if self.frames.batch == 0 {
            return self.enter(program, env);
        }
        if self.frames.leased.is_empty() || self.frames.waiting.len() == self.frames.batch {
            self.lease();
        }
        if self.frames.waiting.is_empty() {
            self.frames.base = self.current;
        }
        let slot = self.frames.leased.pop().expect("a lease lends places");
        self.frames.waiting.push(slot);
        self.slots.begin(slot, Generator::new(program, env), None);
        self.current = Some(slot);
        Todo::Step(Input::Next(Value::Nil))
    }

    fn lease(&mut self) {
        assert_eq!(self.send(Command::Lease), Instruction::Listed { more: false });
        let lent = self.vm.listing().iter().filter_map(|&word| GeneratorSlot::from_word(word));
        self.frames.leased.extend(lent);
    }

    /// The current frame's generator has returned or thrown.
    pub(crate) fn end_frame(&mut self, result: Result<Value, Value>) -> Todo {
        let Some(below) = self.frames.pop() else { return self.leave(result) };
        self.current = Some(below);
        Todo::Step(result.map_or_else(Input::Throw, Input::Next))
    }

    /// Closes the generator that the machine asks for and those it would ask for next, until one of them yields or
    /// throws in its cleanup.
    pub(crate) fn close_frames(&mut self, first: GeneratorSlot) -> Todo {
        let ahead: Vec<GeneratorSlot> = self.vm.doomed_ahead().take(self.frames.batch).collect();
        let mut closed = 0;
        for slot in std::iter::once(first).chain(ahead) {
            match self.slots.generator(slot).step(Input::Close, &mut self.trace) {
                Output::Returned(_) | Output::Tail(_) => self.slots.end(slot),
                Output::Threw(error) => {
                    self.slots.end(slot);
                    self.report_closed(closed, slot);
                    return self.leave(Err(error));
                }
                Output::Yielded(act) => {
                    self.report_closed(closed, slot);
                    self.current = Some(slot);
                    return self.perform(&act);
                }
            }
            closed += 1;
        }
        self.register = Value::Nil;
        Todo::Obey(self.send(Command::Closed { count: closed }))
    }

    /// The machine now asks for the next one, which has been closed already and had something to say.
    fn report_closed(&mut self, count: u32, next: GeneratorSlot) {
        if count > 0 {
            assert_eq!(self.send(Command::Closed { count }), Instruction::Close(next));
        }
    }
}
