//! What the test host does for yielded acts and for clauses: the rest of `host.rs`.

use std::rc::Rc;

use doeff_vm_core::{Command, ContinuationId, Fault, GeneratorSlot, HandlerId, Instruction, Position, Until};

use crate::ast::{Act, Body, Closure, Code, Effect, Env, Expr, Handler, NO_CONTINUATION, Program, Value};
use crate::generator::{Generator, Input};
use crate::host::{Held, Host, Origin, Todo};

impl Host {
    /// Carries out what the current generator yielded.
    pub(crate) fn perform(&mut self, act: &Closure<Act>) -> Todo {
        let Closure(act, env) = act;
        match &**act {
            Act::Perform(effect) => {
                let effect = env.effect(effect);
                self.perform_effect(effect)
            }
            Act::Call(program) => self.call(program, env.clone()),
            Act::Pure(value) => self.deliver(env.eval(value)),
            Act::With(handler, program) => {
                self.install(handler);
                self.enter(program, env.clone())
            }
            Act::Under(handler, program) => {
                let Value::Handler(handler) = env.eval(handler) else { panic!("only a handler is installed") };
                self.send(Command::Install { handler });
                self.enter(program, env.clone())
            }
            Act::Shield(name, program) => self.open_shield(name, program, env),
            Act::Restored(shield, program) => self.restore(&env.eval(shield), program, env.clone()),
            Act::Scoped(bounds, name, program) => self.open_scope(*bounds, name, program, env),
            Act::CancelScope(scope) => self.cancel_scope(&env.eval(scope)),
            Act::All(programs) => self.open_form(Until::All, programs, env),
            Act::Any(programs) => self.open_form(Until::Any, programs, env),
            Act::Form(act) => self.perform_for_form(act, env),
            Act::Delegate(effect) => Self::at_yield(self.delegate(effect.as_ref(), env, Position::Closing)),
            Act::GetContinuation => Todo::Step(match self.callsite() {
                Ok(k) => Input::Next(Value::K(k)),
                Err(fault) => Input::Throw(fault),
            }),
            Act::GetHandlers => {
                self.send(Command::GetHandlers { callsite: true });
                let number = |&word: &u32| HandlerId::from_word(word).expect("a listed handler has a number");
                let handlers = self.vm.listing().iter().map(|word| Value::Handler(number(word)));
                Todo::Step(Input::Next(Value::List(handlers.collect())))
            }
            Act::Chain(k) => self.list_chain(k.as_ref().map(|k| env.eval(k))),
            Act::CreateContinuation(program) => {
                let Instruction::Created(id) = self.send(Command::CreateContinuation) else {
                    panic!("a continuation is created")
                };
                self.continuations.push(Held { id: Some(id), origin: Origin::Program(program.clone(), env.clone()) });
                Todo::Step(Input::Next(Value::K(self.continuations.len() - 1)))
            }
            Act::ResumeContinuation(k, _) if self.program_of(&env.eval(k)).is_some() => {
                let k = env.eval(k);
                let (program, env) = self.program_of(&k).expect("it was just there");
                let started = self.id(&k).and_then(|k| self.refusable(Command::StartContinuation { k }));
                match started {
                    Ok(_) => self.enter(&program, env),
                    refused => Self::at_yield(refused),
                }
            }
            Act::Discontinue(k) => {
                let closed = self.id(&env.eval(k)).and_then(|k| self.refusable(Command::Discontinue { k }));
                Self::at_yield(closed)
            }
            jump => Self::at_yield(self.jump(jump, env)),
        }
    }

    /// Carries out what a generator returned; it has ended, its frame in `slot` has not.
    pub(crate) fn perform_tail(&mut self, act: &Closure<Act>, slot: GeneratorSlot) -> Todo {
        let Closure(primitive, env) = act;
        let outcome = match &**primitive {
            Act::Pure(value) => return self.leave(Ok(env.eval(value))),
            Act::Delegate(effect) => self.delegate(effect.as_ref(), env, Position::Tail),
            Act::Resume { k, value, throws } | Act::Transfer { k, value, throws } => {
                if self.is_uncaptured(&env.eval(k), slot) {
                    return self.resume_uncaptured(env.eval(value), *throws);
                }
                self.resume(&env.eval(k), env.eval(value), *throws, Position::Tail)
            }
            Act::ResumeContinuation(k, value) if self.program_of(&env.eval(k)).is_none() => {
                self.resume(&env.eval(k), env.eval(value), false, Position::Tail)
            }
            Act::Call(program) => {
                let k = self.slots.origin(slot);
                return self.replace_frame(slot, k, Generator::new(program, env.clone()));
            }
            Act::Perform(_) => panic!("a returned effect is just a value; the scripts return primitives"),
            // The others need the frame as a place to be performed from; what they answer is the frame's result.
            other => {
                let performing = Rc::new(Code::Yield(other.clone()));
                let k = self.slots.origin(slot);
                return self.replace_frame(slot, k, Generator::new(&performing, env.clone()));
            }
        };
        outcome.map_or_else(|fault| self.leave(Err(fault)), Todo::Obey)
    }

    fn replace_frame(&mut self, slot: GeneratorSlot, k: Option<usize>, generator: Generator) -> Todo {
        self.slots.begin(slot, generator, k);
        self.current = Some(slot);
        Todo::Step(Input::Next(Value::Nil))
    }

    /// What the machine refused is thrown where it was asked for.
    fn at_yield(outcome: Result<Instruction, Value>) -> Todo {
        outcome.map_or_else(|fault| Todo::Step(Input::Throw(fault)), Todo::Obey)
    }

    fn refusable(&mut self, command: Command) -> Result<Instruction, Value> {
        match self.send(command) {
            Instruction::Fault(fault) => Err(Value::Fault(fault)),
            instruction => Ok(instruction),
        }
    }

    fn jump(&mut self, act: &Act, env: &Env) -> Result<Instruction, Value> {
        let (k, value, throws, position) = match act {
            Act::Resume { k, value, throws } => (k, value, *throws, Position::NonTail),
            Act::ResumeContinuation(k, value) => (k, value, false, Position::NonTail),
            Act::Transfer { k, value, throws } => (k, value, *throws, Position::Closing),
            other => panic!("{other:?} is no jump"),
        };
        self.resume(&env.eval(k), env.eval(value), throws, position)
    }

    fn resume(&mut self, k: &Value, value: Value, throws: bool, position: Position) -> Result<Instruction, Value> {
        let k = self.id(k)?;
        self.register = value;
        self.refusable(Command::Resume { k, throws, position })
    }

    /// The continuation's name; what else is used as one is refused before the machine is asked.
    fn id(&mut self, k: &Value) -> Result<ContinuationId, Value> {
        self.catch_up();
        match k {
            Value::K(number) => self.continuations[*number].id.ok_or(Value::Fault(Fault::OneShotViolation)),
            _ => Err(Value::Text(NO_CONTINUATION)),
        }
    }

    /// The program of a continuation that was created unstarted.
    fn program_of(&self, k: &Value) -> Option<(Program, Env)> {
        let Value::K(number) = k else { return None };
        match &self.continuations[*number].origin {
            Origin::Program(program, env) => Some((program.clone(), env.clone())),
            Origin::Effect(_) => None,
        }
    }

    fn callsite(&mut self) -> Result<usize, Value> {
        match self.send(Command::GetContinuation) {
            Instruction::Callsite(slot) => Ok(self.slots.origin(slot).expect("a callsite is a clause's")),
            Instruction::Fault(fault) => Err(Value::Fault(fault)),
            other => panic!("{other:?} is no callsite"),
        }
    }

    fn delegate(&mut self, effect: Option<&Effect>, env: &Env, position: Position) -> Result<Instruction, Value> {
        let k = self.callsite()?;
        self.register = match (effect, &self.continuations[k].origin) {
            (Some(effect), _) => Value::Effect(env.effect(effect)),
            (None, Origin::Effect(effect)) => Value::Effect(effect.clone()),
            (None, Origin::Program(..)) => panic!("a clause has an effect"),
        };
        self.refusable(Command::Delegate { position })
    }

    /// Performs the register's effect for the owner of `k`, who becomes the current generator.
    pub(crate) fn forward(&mut self, k: ContinuationId) -> Todo {
        let effect = self.effect();
        assert!(self.name_subject(&effect), "only what can be performed is handed on");
        let (effect, key) = (effect.effect_type(), self.key_of(&effect.0));
        self.is_handed_on = true;
        let outcome = self.turn(Command::Forward { k, effect, key });
        self.current = outcome.performer.or(self.current);
        Todo::Obey(outcome.instruction)
    }

    fn list_chain(&mut self, k: Option<Value>) -> Todo {
        let listed = k.map(|k| self.id(&k)).transpose().and_then(|k| self.refusable(Command::Chain { k }));
        if let Err(refused) = listed {
            return Todo::Step(Input::Throw(refused));
        }
        let letter = |pair: &[u32]| Value::Text(["", "program", "clause", "boundary"][pair[0] as usize]);
        let links = self.vm.listing().chunks(2).map(letter).collect();
        Todo::Step(Input::Next(Value::List(links)))
    }

    pub(crate) fn call_clause(&mut self, instruction: Instruction) -> Todo {
        let env = Env::default().with("x", self.effect().payload());
        match instruction {
            Instruction::Val { handler, clause } => match self.body(handler, clause) {
                Body::Plain { result: Ok(constant), .. } => Todo::Step(Input::Next(env.eval(&constant))),
                other => panic!("{other:?} is no constant"),
            },
            Instruction::Fun { handler, clause } => match self.body(handler, clause) {
                Body::Plain { note, result } => match self.call_plain(note, &result, &env) {
                    Ok(answer) => Todo::Step(Input::Next(answer)),
                    Err(error) => Todo::Step(Input::Throw(error)),
                },
                Body::Program(program) if self.is_lazy() && !self.is_handed_on => {
                    self.answer_ahead(Generator::new(&program, env))
                }
                Body::Program(program) => {
                    self.beginning = Some(Generator::new(&program, env));
                    Todo::Obey(self.send(Command::FunProgram))
                }
            },
            Instruction::Ctl { handler, clause, slot, k } => self.start_ctl(handler, clause, slot, Some(k)),
            other => panic!("{other:?} calls no clause"),
        }
    }

    /// Starts a clause that takes the continuation, whose name may be known later.
    pub(crate) fn start_ctl(
        &mut self,
        handler: HandlerId,
        clause: u32,
        slot: GeneratorSlot,
        id: Option<ContinuationId>,
    ) -> Todo {
        let effect = self.effect();
        self.continuations.push(Held { id, origin: Origin::Effect(effect.clone()) });
        let number = self.continuations.len() - 1;
        let env =
            Env::default().with("x", effect.payload()).with("e", Value::Effect(effect)).with("k", Value::K(number));
        let Body::Program(program) = self.body(handler, clause) else { panic!("a ctl clause is a generator") };
        self.replace_frame(slot, Some(number), Generator::new(&program, env))
    }

    fn call_plain(&mut self, note: Option<&str>, result: &Result<Expr, Expr>, env: &Env) -> Result<Value, Value> {
        self.trace.extend(note.map(str::to_owned));
        result.as_ref().map(|answer| env.eval(answer)).map_err(|error| env.eval(error))
    }

    /// Calls a plain function whose result, or whose generator's result, is the frame's in `slot`.
    pub(crate) fn call_in_slot(&mut self, slot: GeneratorSlot, body: &Body, env: Env) -> Todo {
        match body {
            Body::Plain { note, result } => {
                let result = self.call_plain(*note, result, &env);
                self.leave(result)
            }
            Body::Program(program) => self.replace_frame(slot, None, Generator::new(program, env)),
        }
    }

    fn install(&mut self, handler: &Rc<Handler>) {
        if let Some(scheduler) = &handler.scheduler {
            self.install_scheduler(scheduler);
            return;
        }
        let Some(spec) = &handler.native else {
            let number = self.slots.handler_number(handler).unwrap_or_else(|| self.define(handler));
            self.send(Command::Install { handler: number });
            return;
        };
        if let Some(handler) = spec.bound {
            self.send(Command::Install { handler });
            return;
        }
        let command = Command::InstallFresh { native: spec.native, returns: spec.shows };
        let Instruction::Defined { handler: number, store } = self.send(command) else { panic!("it is defined") };
        self.slots.place_handler(handler, number);
        for (key, value) in &spec.entries {
            self.write(store.expect("only a handler with a store has entries"), *key, value.clone());
        }
    }

    fn define(&mut self, handler: &Rc<Handler>) -> HandlerId {
        let returns = handler.returns.is_some();
        let Instruction::Defined { handler: number, .. } = self.send(Command::DefineHandler { returns }) else {
            panic!("a handler is defined")
        };
        for clause in &handler.clauses {
            let command = Command::DefineClause { handler: number, effect: clause.effect, kind: clause.kind };
            assert_eq!(self.send(command), Instruction::Ready);
        }
        self.slots.add_handler(handler, number);
        number
    }
}
