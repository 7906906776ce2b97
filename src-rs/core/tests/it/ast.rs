//! The programs of the tests: a small language with one yield, `let`, `throw`, `try` and `finally`.
//!
//! A program is what a generator function is to the real host. It is inert and shared; running it needs an [`Env`].
//! Both the test host and the reference interpreter read this language, and nothing else is shared between them.

use std::fmt;
use std::rc::Rc;

use doeff_vm_core::{ClauseKind, EffectType, Fault, HandlerId, Native};

use crate::forms;
use crate::scheduling::{Scheduled, Scheduling};

pub(crate) type Name = &'static str;
pub(crate) type Key = u32;
pub(crate) type Program = Rc<Code>;

/// What using something else as a continuation throws.
pub(crate) const NO_CONTINUATION: Name = "no continuation";

/// What programs compute with, return and throw.
#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    Nil,
    Int(i64),
    Text(Name),
    List(Vec<Value>),
    /// The two results of `Try`.
    Good(Box<Value>),
    Bad(Box<Value>),
    /// A continuation, numbered in the order of creation.
    K(usize),
    Handler(HandlerId),
    Effect(Closure<Effect>),
    /// A task or promise, numbered in the order of creation.
    Waitable(usize),
    /// As above.
    Semaphore(usize),
    /// What a child of a form has become: no program sees it.
    Child(usize),
    /// A shield, numbered in the order of opening.
    Shield(u32),
    /// As above, of cancel scopes.
    Scope(usize),
    Fault(Fault),
}

/// A value computed without the machine.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Value(Value),
    Var(Name),
    Add(Box<Expr>, Box<Expr>),
    List(Vec<Expr>),
    /// The second of the two items of a list, and so on.
    At(Box<Expr>, usize),
}

/// What a generator does.
pub(crate) enum Code {
    Pure(Expr),
    Let(Program, Name, Program),
    /// Adds to the event trace.
    Note(Expr),
    Throw(Expr),
    Catch(Program, Name, Program),
    Finally(Program, Program),
    Repeat(u32, Program),
    /// `yield`: the answer is the value.
    Yield(Act),
    /// `return` of a control primitive: performed once this generator has ended.
    Return(Act),
}

/// What a generator can yield or, the control primitives among it, return.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Perform(Effect),
    Call(Program),
    Pure(Expr),
    With(Rc<Handler>, Program),
    /// Reinstalls a handler that reflection answered.
    Under(Expr, Program),
    Resume {
        k: Expr,
        value: Expr,
        throws: bool,
    },
    Transfer {
        k: Expr,
        value: Expr,
        throws: bool,
    },
    Discontinue(Expr),
    Delegate(Option<Effect>),
    GetContinuation,
    GetHandlers,
    /// The frames and boundaries from here outward, or of a continuation, as one letter each.
    Chain(Option<Expr>),
    CreateContinuation(Program),
    ResumeContinuation(Expr, Expr),
    /// Cancellation outside is not seen inside; the name is bound to the shield.
    Shield(Name, Program),
    /// Cancellation is seen inside though a shield is around; without a shield it is just a call.
    Restored(Expr, Program),
    /// A cancel scope, which the name is bound to.
    Scoped(Bounds, Name, Program),
    /// Cancels a cancel scope; anything else is left alone.
    CancelScope(Expr),
    /// Children in place; the results of all, or of the first that returns.
    All(Vec<Program>),
    Any(Vec<Program>),
    /// What only the body of `All` and `Any` yields.
    Form(forms::Act),
}

/// What a cancel scope is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bounds {
    /// Answers no value once it was cancelled.
    CancelScope,
    /// Is cancelled when nothing else happens any more, the oldest first, and throws then.
    Timeout,
    /// As a cancel scope; tasks spawned inside belong to it.
    Scope,
}

/// An effect; the payload is read in the environment it was performed in.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Get(Key),
    Put(Key, Expr),
    Modify(Key, Change),
    Ask(Key),
    Local(Vec<(Key, Expr)>, Program),
    Tell(Expr),
    Listen(Program),
    Try(Program),
    Scheduling(Scheduling),
    /// An effect of the user's, by number.
    User(u32, Expr),
    /// The effect that a variable holds.
    Held(Name),
}

/// The function of a `Modify`.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Add(Expr),
    Throw(Expr),
}

/// What a handler does with effects. Clauses see `x` (the payload), `e` (the effect) and `k`.
#[derive(Debug, Default)]
pub(crate) struct Handler {
    pub(crate) clauses: Vec<Clause>,
    pub(crate) returns: Option<Body>,
    pub(crate) native: Option<Spec>,
    pub(crate) scheduler: Option<Scheduled>,
}

/// A built-in handler: what fills its store, whether the result shows the store, and its number when it is bound.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) native: Native,
    pub(crate) entries: Vec<(Key, Value)>,
    pub(crate) shows: bool,
    pub(crate) bound: Option<HandlerId>,
}

#[derive(Debug)]
pub(crate) struct Clause {
    /// `None` for a catch-all.
    pub(crate) effect: Option<EffectType>,
    pub(crate) kind: ClauseKind,
    pub(crate) body: Body,
}

/// A clause's function.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Plain: answers or throws, after noting when told to.
    Plain { note: Option<Name>, result: Result<Expr, Expr> },
    /// A generator function; of a `fun` clause, a plain function that gives this program.
    Program(Program),
}

/// Something to be read in its environment.
#[derive(Debug)]
pub(crate) struct Closure<T>(pub(crate) Rc<T>, pub(crate) Env);

impl<T> Clone for Closure<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0), self.1.clone())
    }
}

impl<T> PartialEq for Closure<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Variables, the last bound first. Cheap to copy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env(Option<Rc<(Name, Value, Env)>>);

impl Env {
    pub(crate) fn with(&self, name: Name, value: Value) -> Self {
        Self(Some(Rc::new((name, value, self.clone()))))
    }

    fn get(&self, name: Name) -> Value {
        let mut at = self;
        while let Some(node) = &at.0 {
            if node.0 == name {
                return node.1.clone();
            }
            at = &node.2;
        }
        panic!("the script binds {name}")
    }

    pub(crate) fn eval(&self, expr: &Expr) -> Value {
        match expr {
            Expr::Value(value) => value.clone(),
            Expr::Var(name) => self.get(name),
            Expr::Add(a, b) => self.eval(a).plus(&self.eval(b)),
            Expr::List(items) => Value::List(items.iter().map(|item| self.eval(item)).collect()),
            Expr::At(list, index) => match self.eval(list) {
                Value::List(items) => items.get(*index).cloned().unwrap_or(Value::Nil),
                _ => Value::Nil,
            },
        }
    }

    pub(crate) fn close<T: Clone>(&self, thing: &T) -> Closure<T> {
        Closure(Rc::new(thing.clone()), self.clone())
    }

    /// The effect meant, in its own environment.
    pub(crate) fn effect(&self, effect: &Effect) -> Closure<Effect> {
        match effect {
            Effect::Held(name) => match self.get(name) {
                Value::Effect(held) => held,
                other => panic!("the script performs an effect, not {other:?}"),
            },
            _ => self.close(effect),
        }
    }
}

impl Closure<Effect> {
    pub(crate) fn effect_type(&self) -> EffectType {
        match &*self.0 {
            Effect::Get(_) => EffectType::GET,
            Effect::Put(..) => EffectType::PUT,
            Effect::Modify(..) => EffectType::MODIFY,
            Effect::Ask(_) => EffectType::ASK,
            Effect::Local(..) => EffectType::LOCAL,
            Effect::Tell(_) => EffectType::TELL,
            Effect::Listen(_) => EffectType::LISTEN,
            Effect::Try(_) => EffectType::TRY,
            Effect::Scheduling(effect) => effect.effect_type(),
            Effect::User(number, _) => number.effect_type(),
            Effect::Held(_) => unreachable!("a held effect is read when it is performed"),
        }
    }

    /// What a clause sees as `x`.
    pub(crate) fn payload(&self) -> Value {
        match &*self.0 {
            Effect::Put(_, value) | Effect::Tell(value) | Effect::User(_, value) => self.1.eval(value),
            Effect::Get(key) | Effect::Modify(key, _) | Effect::Ask(key) => Value::Int(i64::from(*key)),
            _ => Value::Nil,
        }
    }
}

/// What names an effect type: a built-in one, or the number of one of the user's.
pub(crate) trait Typed {
    fn effect_type(self) -> EffectType;
}

impl Typed for EffectType {
    fn effect_type(self) -> EffectType {
        self
    }
}

impl Typed for u32 {
    fn effect_type(self) -> EffectType {
        EffectType::from_word(EffectType::FIRST_FREE + self).expect("user types have high numbers")
    }
}

impl Value {
    /// Numbers add up; anything else makes a list, so that no program goes wrong here.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Self::Int(a.wrapping_add(*b)),
            (Self::Nil, Self::Int(b)) => Self::Int(*b),
            (a, b) => Self::List(vec![a.clone(), b.clone()]),
        }
    }
}

/// As scripts and traces write it.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => write!(f, "nil"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text}"),
            Self::List(items) => f.debug_list().entries(items).finish(),
            Self::Good(value) => write!(f, "Ok({value:?})"),
            Self::Bad(error) => write!(f, "Err({error:?})"),
            Self::K(number) => write!(f, "k{number}"),
            Self::Handler(handler) => write!(f, "{handler:?}"),
            Self::Effect(effect) => write!(f, "effect({:?})", effect.payload()),
            Self::Waitable(number) => write!(f, "w{number}"),
            Self::Semaphore(number) => write!(f, "s{number}"),
            Self::Child(number) => write!(f, "child{number}"),
            Self::Shield(number) => write!(f, "shield{number}"),
            Self::Scope(number) => write!(f, "scope{number}"),
            Self::Fault(fault) => write!(f, "{fault:?}"),
        }
    }
}
