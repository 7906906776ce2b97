//! What the host does ahead of the machine, as the real driver does: it calls programs and starts clauses on its own
//! account and lets the machine catch up before the next command, or never hear of it; and closes frames in batches.

use doeff_vm_core::{Command, Deed, EffectType, GeneratorSlot, HandlerId, Instruction, KeyId, Named, Opening};

use crate::ast::{Env, Program, Value};
use crate::generator::{Generator, Input, Output};
use crate::host::{Host, Todo};

/// What the machine has not heard of.
#[derive(Default)]
pub(crate) struct Frames {
    /// As many may wait, and be closed in one go; 0 turns all of this off.
    pub(crate) batch: usize,
    /// The frame that called the first of them.
    base: Option<GeneratorSlot>,
    waiting: Vec<(GeneratorSlot, Push)>,
    leased: Vec<GeneratorSlot>,
    late: Option<Late>,
}

/// What put a frame there.
#[derive(Clone, Copy)]
enum Push {
    Called,
    /// A `fun` clause answered the effect with the program.
    Answering(EffectType),
    /// A region was opened; the number of the cancel scope that it is.
    Opened(Opening, Option<usize>),
}

impl Push {
    fn deed(self, slot: GeneratorSlot) -> Deed {
        match self {
            Self::Called => Deed::Called { slot },
            Self::Answering(effect) => Deed::Answering { effect, slot },
            Self::Opened(opening, _) => Deed::Opened { opening, slot },
        }
    }
}

/// A clause that was started before its continuation was captured.
struct Late {
    slot: GeneratorSlot,
    effect: EffectType,
    k: usize,
    performer: Option<GeneratorSlot>,
}

impl Frames {
    /// The frame below the one that just ended, and what put that one there; `None` when the machine knows them both.
    fn pop(&mut self) -> Option<(GeneratorSlot, Push)> {
        let (slot, push) = self.waiting.pop()?;
        self.leased.push(slot);
        let below = self.waiting.last().map(|&(slot, _)| slot).or(self.base);
        Some((below.expect("somebody called the first of them"), push))
    }
}

impl Host {
    /// A host that tells the machine of frames as late as it can.
    pub(crate) fn lazy(batch: usize) -> Self {
        Self { frames: Frames { batch, ..Frames::default() }, ..Self::new() }
    }

    /// The current program calls another one.
    pub(crate) fn call(&mut self, program: &Program, env: Env) -> Todo {
        if !self.is_lazy() {
            return self.enter(program, env);
        }
        self.push_ahead(Push::Called, Generator::new(program, env))
    }

    pub(crate) fn is_lazy(&self) -> bool {
        self.frames.batch > 0
    }

    /// Opens a region on the host's own account, and calls the program in it.
    pub(crate) fn open_ahead(&mut self, opening: Opening, scope: Option<usize>, generator: Generator) -> Todo {
        self.push_ahead(Push::Opened(opening, scope), generator)
    }

    /// A `fun` clause answers the effect in the register with a program.
    pub(crate) fn answer_ahead(&mut self, generator: Generator) -> Todo {
        let effect = self.effect().effect_type();
        self.push_ahead(Push::Answering(effect), generator)
    }

    fn push_ahead(&mut self, push: Push, generator: Generator) -> Todo {
        self.catch_up_when_full();
        let slot = self.leased();
        if self.frames.waiting.is_empty() {
            self.frames.base = self.current;
        }
        self.frames.waiting.push((slot, push));
        self.slots.begin(slot, generator, None);
        self.current = Some(slot);
        Todo::Step(Input::Next(Value::Nil))
    }

    pub(crate) fn catch_up_when_full(&mut self) {
        if self.frames.waiting.len() >= self.frames.batch {
            self.catch_up();
        }
        if self.frames.leased.is_empty() {
            self.lease();
        }
    }

    fn lease(&mut self) {
        assert_eq!(self.send(Command::Lease), Instruction::Listed { more: false });
        let lent = self.vm.listing().iter().filter_map(|&word| GeneratorSlot::from_word(word));
        self.frames.leased.extend(lent);
    }

    /// A leased place.
    fn leased(&mut self) -> GeneratorSlot {
        if self.frames.leased.is_empty() {
            self.lease();
        }
        self.frames.leased.pop().expect("a lease lends places")
    }

    /// Makes the machine catch up.
    pub(crate) fn catch_up(&mut self) {
        if let Some(Late { slot, effect, k, .. }) = self.frames.late.take() {
            let Some(Named::Continuation(made)) = self.vm.replay(Deed::Started { effect, slot }) else {
                panic!("a continuation is captured for a clause")
            };
            self.continuations[k].id = Some(made);
            self.note_forked();
        }
        for (slot, push) in std::mem::take(&mut self.frames.waiting) {
            let made = self.vm.replay(push.deed(slot));
            self.note_forked();
            if let (Some(Named::Scope { scope, handle }), Push::Opened(_, Some(number))) = (made, push) {
                self.name_scope(number, scope, handle);
            }
        }
    }

    /// The command to perform an effect.
    pub(crate) fn performing(&self, effect: EffectType, key: Option<KeyId>) -> Command {
        if self.frames.batch == 0 { Command::Perform { effect, key } } else { Command::PerformLate { effect, key } }
    }

    /// Starts a clause that takes the continuation before it is captured.
    pub(crate) fn start_late(&mut self, handler: HandlerId, clause: u32) -> Todo {
        let performer = self.current;
        let slot = self.leased();
        let effect = self.effect().effect_type();
        self.frames.late = Some(Late { slot, effect, k: self.continuations.len(), performer });
        self.start_ctl(handler, clause, slot, None)
    }

    /// Whether `k` is of the clause in `slot`, and nothing was captured for it.
    pub(crate) fn is_uncaptured(&self, k: &Value, slot: GeneratorSlot) -> bool {
        self.frames.late.as_ref().is_some_and(|late| late.slot == slot && *k == Value::K(late.k))
    }

    /// The clause started last resumes at once, in tail position: the performer goes on and nothing is ever captured.
    pub(crate) fn resume_uncaptured(&mut self, value: Value, throws: bool) -> Todo {
        let late = self.frames.late.take().expect("a clause was started late");
        self.frames.leased.push(late.slot);
        self.current = late.performer;
        Todo::Step(if throws { Input::Throw(value) } else { Input::Next(value) })
    }

    /// The current frame's generator has returned or thrown.
    pub(crate) fn end_frame(&mut self, result: Result<Value, Value>) -> Todo {
        let Some((below, push)) = self.frames.pop() else { return self.leave(result) };
        if let Push::Opened(Opening::Child, _) = push {
            self.places.pop();
        }
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
