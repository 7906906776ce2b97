//! Regions and forms in the test host: what opens around a program, and the body of `All` and `Any`.
//!
//! That body is a generator on top of a cancel scope. It opens each child in place and is answered with what the child
//! came to, or, when the child has become a task, with no value. Whether the child has ended all the same, because it
//! became a task without having to wait, is for the body to look up.

use std::cell::RefCell;
use std::rc::Rc;

use doeff_vm_core::{CancelScopeId, Command, Fault, Instruction, Opening, Until, ValueSlot};

use crate::ast::{self, Bounds, Env, Program, Value};
use crate::generator::{Generator, Input, Output};
use crate::host::{Host, Todo};

/// What a `Timeout` throws.
pub(crate) const TIMED_OUT: ast::Name = "timed out";

/// What the body of a form yields.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Start the child in place.
    Child { form: usize, index: usize, program: Program },
    /// Wait for the tasks.
    Join { form: usize, until: Until },
}

/// How a child has ended, and in which order.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) result: Result<Value, Value>,
    pub(crate) order: usize,
}

/// The children of one form: those that have ended, in place or as tasks, and those that became tasks.
#[derive(Debug, Default)]
pub(crate) struct Children {
    pub(crate) ended: Vec<Option<Ended>>,
    pub(crate) tasks: Vec<bool>,
}

/// What the host knows of a cancel scope.
pub(crate) struct Form {
    /// Its name in the machine, once that has heard of it; stale when it is over.
    pub(crate) name: Option<CancelScopeId>,
    pub(crate) bounds: Bounds,
    /// A child of it was opened, so there is a scheduler.
    pub(crate) has_children: bool,
    /// Its deadline has passed.
    pub(crate) is_late: bool,
    pub(crate) children: Rc<RefCell<Children>>,
}

/// The body of `All` or `Any`.
#[derive(Debug)]
pub(crate) struct FormBody {
    form: usize,
    until: Until,
    programs: Vec<Program>,
    env: Env,
    children: Rc<RefCell<Children>>,
    /// How many children were started.
    started: usize,
    joins: bool,
}

impl FormBody {
    pub(crate) fn step(&mut self, input: Input) -> Output {
        if self.joins {
            return match input {
                Input::Next(_) => self.outcome(),
                Input::Throw(error) => Output::Threw(error),
                Input::Close => Output::Returned(Value::Nil),
            };
        }
        if matches!(input, Input::Close) {
            return Output::Returned(Value::Nil);
        }
        if let Some(index) = self.started.checked_sub(1) {
            self.note(index, input);
            let ended = self.children.borrow().ended[index].clone();
            match (self.until, ended.map(|ended| ended.result)) {
                (Until::All, Some(Err(error))) => return Output::Threw(error),
                (Until::Any, Some(Ok(value))) => return Output::Returned(value),
                _ => {}
            }
        }
        let index = self.started;
        if let Some(program) = self.programs.get(index) {
            self.started += 1;
            let child = Act::Child { form: self.form, index, program: program.clone() };
            return Output::Yielded(self.env.close(&ast::Act::Form(child)));
        }
        if self.children.borrow().ended.iter().all(Option::is_some) {
            return self.outcome();
        }
        self.joins = true;
        Output::Yielded(self.env.close(&ast::Act::Form(Act::Join { form: self.form, until: self.until })))
    }

    /// What a child in place has come to. One that has become a task notes it by itself.
    fn note(&self, index: usize, input: Input) {
        let mut children = self.children.borrow_mut();
        if children.tasks[index] {
            return;
        }
        let result = match input {
            Input::Next(value) => Ok(value),
            Input::Throw(error) => Err(error),
            Input::Close => unreachable!("who is closed has no result"),
        };
        children.ended[index] = Some(Ended { result, order: 0 });
    }

    /// All children have ended, or the one that decides has.
    fn outcome(&self) -> Output {
        let children = self.children.borrow();
        let first = |is_decisive: fn(&Ended) -> bool| {
            let decisive = children.ended.iter().flatten().filter(|ended| is_decisive(ended));
            decisive.min_by_key(|ended| ended.order).map(|ended| ended.result.clone())
        };
        let decided = match self.until {
            Until::All => first(|ended| ended.result.is_err()),
            Until::Any => first(|ended| ended.result.is_ok()),
        };
        match (decided, self.until) {
            (Some(Ok(value)), _) => return Output::Returned(value),
            (Some(Err(error)), _) => return Output::Threw(error),
            _ => {}
        }
        let results = children.ended.iter().map(|ended| ended.clone().expect("all have ended").result);
        let list = Value::List(results.map(|result| result.unwrap_or_else(|error| error)).collect());
        if self.until == Until::All { Output::Returned(list) } else { Output::Threw(list) }
    }
}

impl Host {
    /// Opens a region around a program and calls it there.
    pub(crate) fn open(&mut self, opening: Opening, scope: Option<usize>, generator: Generator) -> Todo {
        if self.is_lazy() {
            return self.open_ahead(opening, scope, generator);
        }
        if let Some(number) = scope {
            self.register = Value::Scope(number);
        }
        match self.send(Command::Open(opening)) {
            Instruction::Opened { scope: name, handle } => {
                self.name_scope(scope.expect("a cancel scope was opened"), name, handle);
            }
            Instruction::Ready => {}
            Instruction::Fault(fault) => return Todo::Step(Input::Throw(Value::Fault(fault))),
            other => panic!("{other:?} opens nothing"),
        }
        self.beginning = Some(generator);
        Todo::Obey(self.send(Command::Call))
    }

    pub(crate) fn name_scope(&mut self, number: usize, name: CancelScopeId, handle: ValueSlot) {
        self.slots.keep(handle, Value::Scope(number));
        self.forms[number].name = Some(name);
    }

    pub(crate) fn open_shield(&mut self, name: ast::Name, program: &Program, env: &Env) -> Todo {
        self.shields += 1;
        let env = env.with(name, Value::Shield(self.shields));
        self.open(Opening::Shield(self.shields), None, Generator::new(program, env))
    }

    pub(crate) fn restore(&mut self, shield: &Value, program: &Program, env: Env) -> Todo {
        match *shield {
            Value::Shield(number) => self.open(Opening::Restore(number), None, Generator::new(program, env)),
            _ => self.call(program, env),
        }
    }

    fn add_form(&mut self, bounds: Bounds, children: usize) -> usize {
        let children = Children { ended: vec![None; children], tasks: vec![false; children] };
        let children = Rc::new(RefCell::new(children));
        self.forms.push(Form { name: None, bounds, has_children: false, is_late: false, children });
        self.forms.len() - 1
    }

    pub(crate) fn open_scope(&mut self, bounds: Bounds, name: ast::Name, program: &Program, env: &Env) -> Todo {
        let number = self.add_form(bounds, 0);
        let env = env.with(name, Value::Scope(number));
        let opening = Opening::CancelScope { collects: bounds == Bounds::Scope };
        self.open(opening, Some(number), Generator::new(program, env))
    }

    pub(crate) fn open_form(&mut self, until: Until, programs: &[Program], env: &Env) -> Todo {
        let form = self.add_form(Bounds::CancelScope, programs.len());
        let children = Rc::clone(&self.forms[form].children);
        let (programs, env) = (programs.to_vec(), env.clone());
        let body = FormBody { form, until, programs, env, children, started: 0, joins: false };
        self.open(Opening::CancelScope { collects: false }, Some(form), Generator::form(body))
    }

    pub(crate) fn cancel_scope(&mut self, scope: &Value) -> Todo {
        if let Value::Scope(number) = *scope
            && number < self.forms.len()
        {
            self.cancel_form(number);
        }
        Todo::Step(Input::Next(Value::Nil))
    }

    pub(crate) fn cancel_form(&mut self, number: usize) {
        self.catch_up();
        if let Some(scope) = self.forms[number].name {
            // One that has ended is refused, and nothing has happened.
            let said = self.send(Command::CancelScope { scope });
            assert!(matches!(said, Instruction::Ready | Instruction::Fault(Fault::OutOfOrder)), "{said:?}");
        }
    }

    /// What the body of a form yielded.
    pub(crate) fn perform_for_form(&mut self, act: &Act, env: &Env) -> Todo {
        match act {
            Act::Child { form, index, program } => {
                let depth = self.places.len();
                let todo = self.open_child((*form, *index), Generator::new(program, env.clone()));
                debug_assert!(self.places.len() <= depth + 1, "a child has one place");
                todo
            }
            Act::Join { form, until } => {
                self.catch_up();
                let scope = self.forms[*form].name.expect("the machine has heard of it");
                Todo::Obey(self.send(Command::Join { scope, until: *until }))
            }
        }
    }

    fn open_child(&mut self, place: (usize, usize), generator: Generator) -> Todo {
        // The first child is told at once: only the machine knows whether there is a scheduler.
        if self.is_lazy() && self.forms[place.0].has_children {
            self.catch_up_when_full();
            self.places.push(place);
            return self.open_ahead(Opening::Child, None, generator);
        }
        match self.send(Command::Open(Opening::Child)) {
            Instruction::Ready => {
                self.forms[place.0].has_children = true;
                self.places.push(place);
            }
            Instruction::Fault(fault) => return Todo::Step(Input::Throw(Value::Fault(fault))),
            other => panic!("{other:?} opens no child"),
        }
        self.beginning = Some(generator);
        Todo::Obey(self.send(Command::Call))
    }

    /// Children in place have become tasks: each gets a handle.
    pub(crate) fn note_forked(&mut self) {
        let forked: Vec<(ValueSlot, u32)> = self.vm.forked().iter().map(|child| (child.handle, child.below)).collect();
        self.vm.note_forked();
        for (slot, below) in forked {
            let (form, index) = self.places.remove(below as usize);
            self.forms[form].children.borrow_mut().tasks[index] = true;
            self.children.push((form, index));
            self.slots.keep(slot, Value::Child(self.children.len() - 1));
        }
    }

    /// A child that became a task has ended.
    pub(crate) fn settle_child(&mut self, child: usize, result: Result<Value, Value>) {
        let (form, index) = self.children[child];
        let order = self.tasks.count_settlement();
        self.forms[form].children.borrow_mut().ended[index] = Some(Ended { result, order });
    }

    /// What a cancel scope answers once it was cancelled.
    pub(crate) fn expire(&mut self, handle: ValueSlot) -> Todo {
        let Value::Scope(number) = self.slots.value(handle) else { panic!("a cancel scope expires") };
        match self.forms[number].bounds {
            Bounds::Timeout => self.raise(TIMED_OUT.into()),
            Bounds::CancelScope | Bounds::Scope => self.deliver(Value::Nil),
        }
    }

    /// Nothing happens any more: the deadline of the oldest `Timeout` passes. False when there is none.
    pub(crate) fn let_time_pass(&mut self) -> bool {
        let is_next = |form: &Form| form.bounds == Bounds::Timeout && !form.is_late;
        let Some(number) = self.forms.iter().position(is_next) else { return false };
        self.forms[number].is_late = true;
        self.cancel_form(number);
        true
    }
}
