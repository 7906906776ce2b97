//! The test host: drives [`Vm::turn`] as the real driver does, and is as dumb as it.
//!
//! One loop: an instruction is obeyed until a generator is to be stepped; what the generator gives becomes the next
//! command. Primitives are in `primitives.rs`.

use std::rc::Rc;

use doeff_vm_core::{Command, ContinuationId, Fault, GeneratorSlot, HandlerId, Instruction, KeyId, Outcome, Vm};

use crate::ast::{Body, Closure, Effect, Env, Handler, Program, Value};
use crate::forms::Form;
use crate::frames::Frames;
use crate::generator::{Generator, Input, Output};
use crate::slots::Slots;
use crate::waitables::Tasks;

/// What to do next.
#[derive(Debug)]
pub(crate) enum Todo {
    Obey(Instruction),
    /// Continue the current generator.
    Step(Input),
    Stop(Result<Value, Value>),
}

/// A continuation as programs hold it.
pub(crate) struct Held {
    /// Its name; `None` when nothing was captured for it.
    pub(crate) id: Option<ContinuationId>,
    pub(crate) origin: Origin,
}

#[derive(Clone)]
pub(crate) enum Origin {
    Effect(Closure<Effect>),
    Program(Program, Env),
}

pub(crate) struct Host {
    pub(crate) vm: Vm,
    pub(crate) slots: Slots,
    /// The value in transit.
    pub(crate) register: Value,
    pub(crate) trace: Vec<String>,
    pub(crate) continuations: Vec<Held>,
    pub(crate) tasks: Tasks,
    /// Every cancel scope so far.
    pub(crate) forms: Vec<Form>,
    /// How many shields were opened.
    pub(crate) shields: u32,
    /// The children in place, as form and index, the outermost first.
    pub(crate) places: Vec<(usize, usize)>,
    /// The children that became tasks.
    pub(crate) children: Vec<(usize, usize)>,
    /// The generator that is stepped.
    pub(crate) current: Option<GeneratorSlot>,
    pub(crate) frames: Frames,
    /// The effect was handed on: it is answered from farther out than where its performer stands.
    pub(crate) is_handed_on: bool,
    /// The generator to start next.
    pub(crate) beginning: Option<Generator>,
    /// Steps until `Abort` is sent, for tests of aborted runs.
    pub(crate) abort_in: Option<u32>,
    /// Steps from then on until it is sent once more.
    pub(crate) abort_again_in: Option<u32>,
    /// Prints every turn, when `WIRE` is set in the environment: to look into a failing script.
    pub(crate) shows_turns: bool,
    /// Steps until the first cancel scope is cancelled.
    pub(crate) cancel_in: Option<u32>,
    /// Whether the run waits for the outside when it is aborted.
    pub(crate) abort_waits: bool,
}

impl Host {
    /// A host that tells the machine of every frame at once.
    pub(crate) fn new() -> Self {
        Self {
            vm: Vm::new(),
            slots: Slots::default(),
            register: Value::Nil,
            trace: Vec::new(),
            continuations: Vec::new(),
            tasks: Tasks::default(),
            forms: Vec::new(),
            shields: 0,
            places: Vec::new(),
            children: Vec::new(),
            current: None,
            frames: Frames::default(),
            is_handed_on: false,
            beginning: None,
            abort_in: None,
            abort_again_in: None,
            shows_turns: std::env::var_os("WIRE").is_some(),
            cancel_in: None,
            abort_waits: true,
        }
    }

    /// One turn: keeps and fills the register and drops what was released, before the instruction is looked at.
    pub(crate) fn turn(&mut self, command: Command) -> Outcome {
        self.catch_up();
        if self.shows_turns {
            println!("> {command:?}");
        }
        let outcome = *self.vm.turn(command);
        if self.shows_turns {
            println!("< {:?}", outcome.instruction);
        }
        self.note_forked();
        self.places.truncate(self.vm.in_place() as usize);
        self.note_task(&outcome);
        if let Some(slot) = outcome.park {
            self.slots.keep(slot, self.register.clone());
        }
        if let Some(slot) = outcome.load {
            self.register = self.slots.value(slot);
        }
        while let Some(release) = self.vm.release() {
            self.slots.release(release);
        }
        outcome
    }

    pub(crate) fn send(&mut self, command: Command) -> Instruction {
        self.turn(command).instruction
    }

    /// Runs a program to its end.
    pub(crate) fn run(&mut self, program: &Program) -> Result<Value, Value> {
        assert_eq!(self.send(Command::Start), Instruction::Ready);
        let mut todo = self.enter(program, Env::default());
        let mut budget = 1_000_000;
        loop {
            todo = match todo {
                Todo::Stop(result) => return result,
                Todo::Obey(instruction) => self.obey(instruction),
                Todo::Step(input) if self.is_aborted() => self.abort(input),
                Todo::Step(input) => {
                    self.cancel_when_due();
                    self.step(input)
                }
            };
            budget -= 1;
            assert!(budget > 0, "the run goes on forever");
        }
    }

    /// The run goes on as it was about to when that is not unwound.
    fn abort(&mut self, input: Input) -> Todo {
        match self.send(Command::Abort { waits: self.abort_waits }) {
            Instruction::Ready => Todo::Step(input),
            instruction => Todo::Obey(instruction),
        }
    }

    fn cancel_when_due(&mut self) {
        if self.cancel_in == Some(0) && !self.forms.is_empty() {
            self.cancel_in = None;
            self.cancel_form(0);
        } else if !self.forms.is_empty() {
            self.cancel_in = self.cancel_in.map(|steps| steps - 1);
        }
    }

    fn is_aborted(&mut self) -> bool {
        let is_due = self.abort_in == Some(0);
        self.abort_in = if is_due { self.abort_again_in.take() } else { self.abort_in.map(|steps| steps - 1) };
        is_due
    }

    /// Fetches every release that is still to be told.
    pub(crate) fn drain(&mut self) {
        self.register = Value::Nil;
        loop {
            assert_eq!(self.send(Command::Drain), Instruction::Ready);
            if !self.vm.has_untold_releases() {
                return;
            }
        }
    }

    pub(crate) fn enter(&mut self, program: &Program, env: Env) -> Todo {
        self.beginning = Some(Generator::new(program, env));
        Todo::Obey(self.send(Command::Call))
    }

    pub(crate) fn deliver(&mut self, value: Value) -> Todo {
        self.register = value;
        Todo::Obey(self.send(Command::Deliver))
    }

    pub(crate) fn raise(&mut self, error: Value) -> Todo {
        self.register = error;
        Todo::Obey(self.send(Command::Raise))
    }

    /// The current frame, whose generator is gone, returned or threw.
    pub(crate) fn leave(&mut self, result: Result<Value, Value>) -> Todo {
        let (command, value) = match result {
            Ok(value) => (Command::Return, value),
            Err(error) => (Command::Throw, error),
        };
        self.register = value;
        Todo::Obey(self.send(command))
    }

    fn step(&mut self, input: Input) -> Todo {
        let slot = self.current.expect("a generator is to be stepped");
        let is_closed = matches!(input, Input::Close);
        match self.slots.generator(slot).step(input, &mut self.trace) {
            Output::Yielded(act) => self.perform(&act),
            Output::Returned(value) => {
                self.slots.end(slot);
                self.end_frame(Ok(value))
            }
            Output::Threw(error) => {
                self.slots.end(slot);
                self.end_frame(Err(error))
            }
            Output::Tail(act) => {
                self.slots.end(slot);
                if is_closed { self.leave(Ok(Value::Nil)) } else { self.perform_tail(&act, slot) }
            }
        }
    }

    /// The effect in the register.
    pub(crate) fn effect(&self) -> Closure<Effect> {
        match &self.register {
            Value::Effect(effect) => effect.clone(),
            other => panic!("the register holds the effect, not {other:?}"),
        }
    }

    pub(crate) fn key_of(&self, effect: &Effect) -> Option<KeyId> {
        match effect {
            Effect::Get(key) | Effect::Put(key, _) | Effect::Modify(key, _) | Effect::Ask(key) => {
                self.slots.key_number(*key)
            }
            _ => None,
        }
    }

    fn obey(&mut self, instruction: Instruction) -> Todo {
        match instruction {
            Instruction::Resume(slot) => self.step_at(slot, Input::Next(self.register.clone())),
            Instruction::Throw(slot) => self.step_at(slot, Input::Throw(self.register.clone())),
            Instruction::Close(slot) if self.frames.batch == 0 => self.step_at(slot, Input::Close),
            Instruction::Close(slot) => self.close_frames(slot),
            Instruction::Begin(slot) => {
                let generator = self.beginning.take().expect("a program is beginning");
                self.slots.begin(slot, generator, None);
                self.step_at(slot, Input::Next(Value::Nil))
            }
            Instruction::Load(value) => Todo::Step(Input::Next(self.slots.value(value))),
            Instruction::Keep { value, new_key } => self.keep(value, new_key),
            Instruction::Modify { value } => self.modify(value),
            Instruction::ModifyAbsent { store } => self.modify_absent(store),
            Instruction::Overheard { value } => {
                let effect = self.effect();
                self.slots.keep(value, effect.payload());
                self.is_handed_on = true;
                Todo::Obey(self.send(Command::Onward { effect: effect.effect_type(), key: None }))
            }
            Instruction::Start { handler, clause } => self.start_late(handler, clause),
            Instruction::Val { .. } | Instruction::Fun { .. } | Instruction::Ctl { .. } => {
                self.call_clause(instruction)
            }
            Instruction::Final { handler, clause, slot } => {
                let env = Env::default().with("x", self.effect().payload());
                self.call_in_slot(slot, &self.body(handler, clause), env)
            }
            Instruction::Returns { handler, slot } => {
                let body = self.slots.handler(handler).and_then(|handler| handler.returns.clone());
                let env = Env::default().with("x", self.register.clone());
                self.call_in_slot(slot, &body.expect("the handler has a return clause"), env)
            }
            Instruction::Ended { handler, store } => self.show_store(handler, store),
            Instruction::Seed { store, handler } => self.seed(store, handler),
            Instruction::Enter => match self.effect() {
                Closure(effect, env) => match &*effect {
                    Effect::Listen(program) | Effect::Try(program) => self.enter(program, env),
                    other => panic!("{other:?} has no program"),
                },
            },
            Instruction::Caught { ok } => {
                let wrap = if ok { Value::Good } else { Value::Bad };
                self.deliver(wrap(Box::new(self.register.clone())))
            }
            Instruction::Forward { k } => self.forward(k),
            Instruction::Task
            | Instruction::Spawned { .. }
            | Instruction::StartTask { .. }
            | Instruction::Answer { .. }
            | Instruction::Perform(_)
            | Instruction::Idle
            | Instruction::Deadlock
            | Instruction::Leftover
            | Instruction::Again => self.obey_scheduler(instruction),
            Instruction::Expired { handle } => self.expire(handle),
            Instruction::Escaped { threw, .. } => {
                let wrap = if threw { Value::Bad } else { Value::Good };
                let result = wrap(Box::new(self.register.clone()));
                self.raise(Value::List(vec![Value::Fault(Fault::EscapedTask), result]))
            }
            Instruction::Fault(fault) => {
                // The real host names the handlers that were searched.
                self.send(Command::GetHandlers { callsite: false });
                self.raise(Value::Fault(fault))
            }
            Instruction::Done => Todo::Stop(Ok(self.register.clone())),
            Instruction::Failed => Todo::Stop(Err(self.register.clone())),
            Instruction::Callsite(_)
            | Instruction::Defined { .. }
            | Instruction::Created(_)
            | Instruction::Store { .. }
            | Instruction::Listed { .. }
            | Instruction::Opened { .. }
            | Instruction::Ready => panic!("{instruction:?} answers a question that was not asked"),
        }
    }

    fn step_at(&mut self, slot: GeneratorSlot, input: Input) -> Todo {
        self.current = Some(slot);
        Todo::Step(input)
    }

    pub(crate) fn body(&self, handler: HandlerId, clause: u32) -> Body {
        let handler: &Rc<Handler> = self.slots.handler(handler).expect("a handler with clauses is known");
        handler.clauses[clause as usize].body.clone()
    }
}
