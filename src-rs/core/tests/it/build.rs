//! Words to write scripts with. A bare `&str` or number is a value; `var("k")` reads a variable.

use std::rc::Rc;

use doeff_vm_core::{ClauseKind, HandlerId, Native};

use crate::ast::{
    Act, Body, Bounds, Change, Clause, Code, Effect, Expr, Handler, Key, Name, Program, Spec, Typed, Value,
};

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Name> for Value {
    fn from(text: Name) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Value>> From<T> for Expr {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

pub(crate) fn var(name: Name) -> Expr {
    Expr::Var(name)
}

pub(crate) fn add(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    Expr::Add(Box::new(a.into()), Box::new(b.into()))
}

pub(crate) fn list<const N: usize>(items: [Expr; N]) -> Expr {
    Expr::List(items.into())
}

/// The item of a list that a variable holds.
pub(crate) fn at(name: Name, index: usize) -> Expr {
    Expr::At(Box::new(var(name)), index)
}

pub(crate) fn values<const N: usize>(items: [Value; N]) -> Value {
    Value::List(items.into())
}

// --- code ----------------------------------------------------------------------------------------------------------

pub(crate) fn pure(value: impl Into<Expr>) -> Program {
    Rc::new(Code::Pure(value.into()))
}

pub(crate) fn note(event: impl Into<Expr>) -> Program {
    Rc::new(Code::Note(event.into()))
}

pub(crate) fn throw(error: impl Into<Expr>) -> Program {
    Rc::new(Code::Throw(error.into()))
}

pub(crate) fn bind(first: Program, name: Name, then: Program) -> Program {
    Rc::new(Code::Let(first, name, then))
}

/// One after the other; the value is the last one's.
pub(crate) fn seq<const N: usize>(steps: [Program; N]) -> Program {
    let mut steps = steps.into_iter().rev();
    let last = steps.next().expect("a sequence has a last step");
    steps.fold(last, |then, step| bind(step, "_", then))
}

pub(crate) fn catch(body: Program, name: Name, handler: Program) -> Program {
    Rc::new(Code::Catch(body, name, handler))
}

pub(crate) fn finally(body: Program, cleanup: Program) -> Program {
    Rc::new(Code::Finally(body, cleanup))
}

/// Notes the event when the body is left, however that is.
pub(crate) fn noting_exit(event: Name, body: Program) -> Program {
    finally(body, note(event))
}

pub(crate) fn repeat(times: u32, body: Program) -> Program {
    Rc::new(Code::Repeat(times, body))
}

pub(crate) fn act(act: Act) -> Program {
    Rc::new(Code::Yield(act))
}

/// `return` of a control primitive.
pub(crate) fn tail(act: Act) -> Program {
    Rc::new(Code::Return(act))
}

pub(crate) fn call(program: Program) -> Program {
    act(Act::Call(program))
}

pub(crate) fn with(handler: impl Into<Rc<Handler>>, body: Program) -> Program {
    act(Act::With(handler.into(), body))
}

// --- regions and forms ---------------------------------------------------------------------------------------------

/// In the program, `restore` is bound to the shield.
pub(crate) fn shield(program: Program) -> Program {
    act(Act::Shield("restore", program))
}

/// In a shield of the script's.
pub(crate) fn restored(program: Program) -> Program {
    act(Act::Restored(var("restore"), program))
}

/// In the program, the name is bound to the scope.
pub(crate) fn cancel_scope(name: Name, program: Program) -> Program {
    act(Act::Scoped(Bounds::CancelScope, name, program))
}

pub(crate) fn timeout(program: Program) -> Program {
    act(Act::Scoped(Bounds::Timeout, "deadline", program))
}

pub(crate) fn scope(program: Program) -> Program {
    act(Act::Scoped(Bounds::Scope, "scope", program))
}

pub(crate) fn cancel_scope_of(scope: impl Into<Expr>) -> Program {
    act(Act::CancelScope(scope.into()))
}

pub(crate) fn all<const N: usize>(programs: [Program; N]) -> Program {
    act(Act::All(programs.into()))
}

pub(crate) fn first_of<const N: usize>(programs: [Program; N]) -> Program {
    act(Act::Any(programs.into()))
}

// --- effects -------------------------------------------------------------------------------------------------------

pub(crate) fn perform(effect: Effect) -> Program {
    act(Act::Perform(effect))
}

pub(crate) fn op(number: u32, payload: impl Into<Expr>) -> Program {
    perform(Effect::User(number, payload.into()))
}

/// In a clause: performs the clause's effect again.
pub(crate) fn again() -> Program {
    perform(Effect::Held("e"))
}

pub(crate) fn get(key: Key) -> Program {
    perform(Effect::Get(key))
}

pub(crate) fn put(key: Key, value: impl Into<Expr>) -> Program {
    perform(Effect::Put(key, value.into()))
}

pub(crate) fn modify(key: Key, by: impl Into<Expr>) -> Program {
    perform(Effect::Modify(key, Change::Add(by.into())))
}

pub(crate) fn modify_throwing(key: Key, error: impl Into<Expr>) -> Program {
    perform(Effect::Modify(key, Change::Throw(error.into())))
}

pub(crate) fn ask(key: Key) -> Program {
    perform(Effect::Ask(key))
}

pub(crate) fn local<const N: usize>(bindings: [(Key, Expr); N], body: Program) -> Program {
    perform(Effect::Local(bindings.into(), body))
}

pub(crate) fn tell(message: impl Into<Expr>) -> Program {
    perform(Effect::Tell(message.into()))
}

pub(crate) fn listen(body: Program) -> Program {
    perform(Effect::Listen(body))
}

pub(crate) fn attempt(body: Program) -> Program {
    perform(Effect::Try(body))
}

// --- primitives on the continuation `k` of the clause --------------------------------------------------------------

pub(crate) fn resume_act(k: Name, value: impl Into<Expr>) -> Act {
    Act::Resume { k: var(k), value: value.into(), throws: false }
}

pub(crate) fn resume(value: impl Into<Expr>) -> Program {
    act(resume_act("k", value))
}

/// `return Resume(k, value)`.
pub(crate) fn return_resume(value: impl Into<Expr>) -> Program {
    tail(resume_act("k", value))
}

pub(crate) fn resume_throw(error: impl Into<Expr>) -> Program {
    act(Act::Resume { k: var("k"), value: error.into(), throws: true })
}

pub(crate) fn transfer(k: Name, value: impl Into<Expr>) -> Program {
    act(Act::Transfer { k: var(k), value: value.into(), throws: false })
}

pub(crate) fn discontinue(k: Name) -> Program {
    act(Act::Discontinue(var(k)))
}

pub(crate) fn delegate() -> Program {
    act(Act::Delegate(None))
}

pub(crate) fn return_delegate() -> Program {
    tail(Act::Delegate(None))
}

pub(crate) fn delegate_as(number: u32, payload: impl Into<Expr>) -> Program {
    act(Act::Delegate(Some(Effect::User(number, payload.into()))))
}

// --- handlers ------------------------------------------------------------------------------------------------------

pub(crate) fn handler() -> Handler {
    Handler::default()
}

pub(crate) fn plain(answer: impl Into<Expr>) -> Body {
    Body::Plain { note: None, result: Ok(answer.into()) }
}

pub(crate) fn noting(note: Name, answer: impl Into<Expr>) -> Body {
    Body::Plain { note: Some(note), result: Ok(answer.into()) }
}

pub(crate) fn throwing(error: impl Into<Expr>) -> Body {
    Body::Plain { note: None, result: Err(error.into()) }
}

impl From<Program> for Body {
    fn from(program: Program) -> Self {
        Self::Program(program)
    }
}

impl Handler {
    fn clause(mut self, effect: Option<impl Typed>, kind: ClauseKind, body: impl Into<Body>) -> Self {
        self.clauses.push(Clause { effect: effect.map(Typed::effect_type), kind, body: body.into() });
        self
    }

    pub(crate) fn val(self, effect: impl Typed, constant: impl Into<Expr>) -> Self {
        self.clause(Some(effect), ClauseKind::Val, plain(constant))
    }

    pub(crate) fn fun(self, effect: impl Typed, body: impl Into<Body>) -> Self {
        self.clause(Some(effect), ClauseKind::Fun, body)
    }

    pub(crate) fn ctl(self, effect: impl Typed, body: Program) -> Self {
        self.clause(Some(effect), ClauseKind::Ctl, body)
    }

    pub(crate) fn raw(self, effect: impl Typed, body: Program) -> Self {
        self.clause(Some(effect), ClauseKind::Raw, body)
    }

    pub(crate) fn fin(self, effect: impl Typed, body: impl Into<Body>) -> Self {
        self.clause(Some(effect), ClauseKind::Final, body)
    }

    pub(crate) fn catch_all(self, kind: ClauseKind, body: impl Into<Body>) -> Self {
        self.clause(None::<u32>, kind, body)
    }

    pub(crate) fn returns(self, body: impl Into<Body>) -> Self {
        Self { returns: Some(body.into()), ..self }
    }

    /// Of a built-in handler: the result becomes a pair of the result and the store.
    pub(crate) fn showing(mut self) -> Self {
        self.native.as_mut().expect("only a built-in handler has a store").shows = true;
        self
    }
}

fn built_in(native: Native, entries: Vec<(Key, Value)>) -> Handler {
    Handler { native: Some(Spec { native, entries, shows: false, bound: None }), ..Handler::default() }
}

pub(crate) fn state<const N: usize>(entries: [(Key, i64); N]) -> Handler {
    built_in(Native::State, entries.map(|(key, value)| (key, Value::Int(value))).into())
}

pub(crate) fn reader<const N: usize>(entries: [(Key, i64); N]) -> Handler {
    built_in(Native::Reader, entries.map(|(key, value)| (key, Value::Int(value))).into())
}

pub(crate) fn writer() -> Handler {
    built_in(Native::Writer, Vec::new())
}

pub(crate) fn tries() -> Handler {
    built_in(Native::Try, Vec::new())
}

/// A built-in handler over a store of the machine's own.
pub(crate) fn bound(native: Native, handler: HandlerId) -> Handler {
    let spec = Spec { native, entries: Vec::new(), shows: false, bound: Some(handler) };
    Handler { native: Some(spec), ..Handler::default() }
}

/// Effects of the user's. Scripts give them these meanings: answered with a number, told something, ended by.
pub(crate) const PICK: u32 = 0;
pub(crate) const LOG: u32 = 1;
pub(crate) const STOP: u32 = 2;
