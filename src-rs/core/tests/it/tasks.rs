//! What the test host does for the scheduler, as the real one does it.
//!
//! Nothing outside of a program has a will of its own here: when no task is ready, the oldest external promise that is
//! ever to be settled is settled then.

use doeff_vm_core::{
    Command, GeneratorSlot, Instruction, Outcome, SemaphoreId, Settlement, TaskId, ValueSlot, Waitable,
};

use crate::ast::{Closure, Effect, Expr, Value};
use crate::generator::{Generator, Input};
use crate::host::{Host, Todo};
use crate::scheduling::{
    CANCELLED, DEADLOCK, FORSAKEN, NO_WAITABLE, Outside, SETTLED_BEFORE, Scheduled, Scheduling, Subject,
};

fn next(value: impl Into<Value>) -> Todo {
    Todo::Step(Input::Next(value.into()))
}

fn refuse(error: impl Into<Value>) -> Todo {
    Todo::Step(Input::Throw(error.into()))
}

impl Host {
    /// Takes note of what the outcome says about a task or promise, while the register is as the turn found it.
    pub(crate) fn note_task(&mut self, outcome: &Outcome) {
        if let Some((slot, how)) = outcome.settled {
            let result = match how {
                Settlement::Returned => Ok(self.register.clone()),
                Settlement::Threw => Err(self.register.clone()),
                Settlement::Cancelled => Err(CANCELLED.into()),
            };
            match self.slots.value(slot) {
                Value::Waitable(number) => self.tasks.settle(number, result),
                Value::Child(child) => self.settle_child(child, result),
                other => panic!("a task ends, not {other:?}"),
            }
        }
        let Some((index, generation)) = outcome.named else { return };
        match (&self.register, self.register_subject()) {
            (&Value::Waitable(number), _) => {
                self.tasks.handles[number].name = Waitable::from_words(index, generation);
            }
            (_, Some(Subject::Waitables(numbers))) => {
                self.tasks.handles[numbers[0]].name = Waitable::from_words(index, generation);
            }
            (_, Some(Subject::Semaphore(number))) => {
                self.tasks.semaphores[number].1 = SemaphoreId::from_words(index, generation);
            }
            (other, _) => panic!("{other:?} has no name"),
        }
    }

    fn register_subject(&self) -> Option<Subject> {
        if let Value::Effect(effect) = &self.register { effect.subject() } else { None }
    }

    /// Says what the effect is about, before it is performed; false when it cannot be.
    pub(crate) fn name_subject(&mut self, effect: &Closure<Effect>) -> bool {
        let (waitables, semaphores) = (self.tasks.handles.len(), self.tasks.semaphores.len());
        let subject = effect.subject().filter(|subject| subject.exists(waitables, semaphores));
        if let (Some(subject), Effect::Scheduling(_)) = (&subject, &*effect.0) {
            self.vm.name_subject(self.tasks.words(subject));
        }
        subject.is_some()
    }

    pub(crate) fn perform_effect(&mut self, effect: Closure<Effect>) -> Todo {
        if !self.name_subject(&effect) {
            return refuse(NO_WAITABLE);
        }
        let (kind, key) = (effect.effect_type(), self.key_of(&effect.0));
        self.register = Value::Effect(effect);
        self.is_handed_on = false;
        let command = self.performing(kind, key);
        Todo::Obey(self.send(command))
    }

    pub(crate) fn install_scheduler(&mut self, handler: &Scheduled) {
        let Scheduled { most, preempt_every, bound } = *handler;
        self.send(match bound {
            Some(handler) => Command::Install { handler },
            None => Command::InstallScheduler { most, preempt_every },
        });
    }

    /// What the scheduler has to say.
    pub(crate) fn obey_scheduler(&mut self, instruction: Instruction) -> Todo {
        match instruction {
            Instruction::Task => self.perform_task(),
            Instruction::Spawned { task, handle } => self.spawned(task, handle),
            Instruction::StartTask { slot, handle } => {
                let Value::Waitable(number) = self.slots.value(handle) else { panic!("a task starts") };
                let program = self.tasks.handles[number].program.take();
                let (program, env) = program.expect("a task starts once");
                self.slots.begin(slot, Generator::new(&program, env), None);
                self.current = Some(slot);
                next(Value::Nil)
            }
            Instruction::Answer { slot, handle } => self.answer_performer(slot, handle),
            Instruction::Perform(slot) => {
                self.current = Some(slot);
                let effect = self.effect();
                self.perform_effect(effect)
            }
            Instruction::Idle if std::mem::take(&mut self.tasks.abort_when_idle) => {
                Todo::Obey(self.send(Command::Abort { waits: true }))
            }
            Instruction::Idle => self.idle(),
            Instruction::Deadlock if self.let_time_pass() => Todo::Obey(self.send(Command::Next { settled: None })),
            Instruction::Deadlock => self.interrupt(DEADLOCK),
            Instruction::Leftover => {
                let slots: Vec<u32> = self.vm.listing().to_vec();
                let slots = slots.into_iter().filter_map(ValueSlot::from_word);
                self.tasks.leftover.extend(slots.map(|slot| self.slots.value(slot)));
                Todo::Obey(self.send(Command::Next { settled: None }))
            }
            Instruction::Again => Todo::Obey(self.send(Command::Next { settled: None })),
            other => panic!("{other:?} is not the scheduler's"),
        }
    }

    /// The effect in the register needs what only the host has.
    fn perform_task(&mut self) -> Todo {
        let effect = self.effect();
        let env = &effect.1;
        let Effect::Scheduling(asked) = &*effect.0 else { panic!("{:?} is not the scheduler's", effect.0) };
        match asked {
            Scheduling::Wait(_) | Scheduling::Gather(_) | Scheduling::Race(_) => self.wait(&effect),
            Scheduling::CreatePromise => next(Value::Waitable(self.tasks.add(None))),
            Scheduling::CreateExternal(outside) => next(Value::Waitable(self.tasks.add(Some(env.close(outside))))),
            Scheduling::Complete { value, .. } => self.settle_promise(&effect, Ok(env.eval(value))),
            Scheduling::Fail { error, .. } => self.settle_promise(&effect, Err(env.eval(error))),
            Scheduling::CreateSemaphore(permits) => {
                self.tasks.semaphores.push((*permits, None));
                next(Value::Semaphore(self.tasks.semaphores.len() - 1))
            }
            other => panic!("{other:?} is the machine's own affair"),
        }
    }

    /// Answers at once, or parks the task on what has not been settled yet.
    fn wait(&mut self, effect: &Closure<Effect>) -> Todo {
        let Some(Subject::Waitables(numbers)) = effect.subject() else { panic!("only waitables are waited for") };
        let Effect::Scheduling(asked) = &*effect.0 else { unreachable!("a scheduler's effect") };
        let is_pending = |&number: &usize| self.tasks.handles[number].result.is_none();
        let pending: Vec<usize> = numbers.iter().copied().filter(is_pending).collect();
        let every = match asked {
            Scheduling::Wait(_) => None,
            Scheduling::Race(_) => Some(false),
            _ => Some(true),
        };
        let is_over = match every {
            Some(true) => pending.is_empty() || numbers.iter().any(|&number| self.tasks.handles[number].failed()),
            _ => pending.len() < numbers.len(),
        };
        if is_over {
            return self.answer(asked, &numbers);
        }
        // Tasks have names for as long as they are pending: they are named together.
        let is_task = |number: &usize| matches!(self.tasks.handles[*number].name, Some(Waitable::Task(_)));
        let (tasks, promises): (Vec<usize>, Vec<usize>) = pending.into_iter().partition(is_task);
        let names: Vec<Waitable> = tasks.iter().filter_map(|&number| self.tasks.handles[number].name).collect();
        self.catch_up();
        self.vm.offer(names.iter().flat_map(|name| [name.words().0, name.words().1]));
        if !promises.is_empty() {
            assert_eq!(self.send(Command::WatchOffered), Instruction::Ready);
        }
        for number in promises {
            let handle = &self.tasks.handles[number];
            let (waitable, external) = (handle.name, handle.outside.is_some());
            self.register = Value::Waitable(number);
            assert_eq!(self.send(Command::Watch { waitable, external }), Instruction::Ready);
        }
        self.register = Value::Effect(effect.clone());
        Todo::Obey(self.send(Command::Park { every }))
    }

    /// Answers an effect that has nothing to wait for any more.
    fn answer(&self, asked: &Scheduling, numbers: &[usize]) -> Todo {
        let result = |number: usize| self.tasks.handles[number].result.clone().expect("it was settled");
        let handles = &self.tasks.handles;
        let answer = match asked {
            Scheduling::Gather(_) => match numbers.iter().find(|&&number| handles[number].failed()) {
                Some(&failed) => result(failed),
                None => numbers.iter().map(|&number| result(number)).collect::<Result<_, _>>().map(Value::List),
            },
            Scheduling::Race(_) => {
                let settled = numbers.iter().filter(|&&number| handles[number].result.is_some());
                let &first = settled.min_by_key(|&&number| handles[number].order).expect("one was settled");
                result(first).map(|value| Value::List(vec![Value::Waitable(first), value]))
            }
            _ => result(numbers[0]),
        };
        answer.map_or_else(refuse, next)
    }

    fn answer_performer(&mut self, slot: GeneratorSlot, known: ValueSlot) -> Todo {
        self.current = Some(slot);
        match self.slots.value(known) {
            Value::Waitable(number) => self.answer(&Scheduling::Wait(Expr::Value(Value::Nil)), &[number]),
            Value::Effect(effect) => match (&*effect.0, effect.subject()) {
                (Effect::Scheduling(asked), Some(Subject::Waitables(numbers))) => self.answer(asked, &numbers),
                _ => panic!("{effect:?} waits for nothing"),
            },
            other => panic!("{other:?} answers nothing"),
        }
    }

    fn spawned(&mut self, task: TaskId, slot: ValueSlot) -> Todo {
        let Closure(effect, env) = self.effect();
        let Effect::Scheduling(Scheduling::Spawn { program, .. }) = &*effect else { panic!("a task is spawned") };
        let number = self.tasks.add(None);
        let handle = &mut self.tasks.handles[number];
        handle.name = Some(Waitable::Task(task));
        handle.program = Some((program.clone(), env));
        self.slots.keep(slot, Value::Waitable(number));
        next(Value::Waitable(number))
    }

    fn settle_promise(&mut self, effect: &Closure<Effect>, result: Result<Value, Value>) -> Todo {
        let Some(Subject::Waitables(numbers)) = effect.subject() else { panic!("a promise is settled") };
        let handle = &self.tasks.handles[numbers[0]];
        if matches!(handle.name, Some(Waitable::Task(_))) || handle.outside.is_some() {
            return refuse(NO_WAITABLE);
        }
        if handle.result.is_some() {
            return refuse(SETTLED_BEFORE);
        }
        self.tasks.settle(numbers[0], result);
        self.tell(numbers[0]);
        next(Value::Nil)
    }

    /// Tells the machine of a settlement, if anybody waits for it.
    fn tell(&mut self, number: usize) {
        let handle = &self.tasks.handles[number];
        if let Some(waitable) = handle.name {
            let failed = handle.failed();
            assert_eq!(self.send(Command::Settle { waitable, failed }), Instruction::Ready);
        }
    }

    /// No task is ready: something happens outside.
    fn idle(&mut self) -> Todo {
        let happening = self.tasks.handles.iter().enumerate().find_map(|(number, handle)| {
            let Closure(outside, env) = handle.outside.as_ref().filter(|_| handle.result.is_none())?;
            match &**outside {
                Outside::Completes(value) => Some((number, Ok(env.eval(value)))),
                Outside::Fails(error) => Some((number, Err(env.eval(error)))),
                Outside::Never => None,
            }
        });
        let Some((number, result)) = happening else {
            return if self.let_time_pass() {
                Todo::Obey(self.send(Command::Next { settled: None }))
            } else {
                self.interrupt(FORSAKEN)
            };
        };
        let failed = result.is_err();
        self.tasks.settle(number, result);
        let settled = self.tasks.handles[number].name.map(|name| (name, failed));
        Todo::Obey(self.send(Command::Next { settled }))
    }

    fn interrupt(&mut self, error: &'static str) -> Todo {
        self.register = error.into();
        Todo::Obey(self.send(Command::Interrupt { task: None }))
    }
}
