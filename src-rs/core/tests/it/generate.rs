//! Random programs, handlers and values, for `random.rs`.
//!
//! Levels are built from the leaves up and shared, so the strategies stay small. Inside of a clause `k`, `x` and `e` are
//! bound; everywhere `a` is. Whatever the programs do with them is defined, if only as a refusal.

mod tasks;

use std::rc::Rc;

use doeff_vm_core::{ClauseKind, EffectType};
use proptest::prelude::*;
use proptest::strategy::Union;

use crate::ast::{Act, Body, Clause, Effect, Expr, Handler, Program, Typed};
use crate::build::*;

pub(crate) use tasks::concurrent_programs;

type Programs = BoxedStrategy<Program>;
type Weighted<T> = Vec<(u32, BoxedStrategy<T>)>;

/// Programs of one depth.
#[derive(Clone)]
struct Level {
    outside: Programs,
    /// In a clause.
    inside: Programs,
    handlers: BoxedStrategy<Rc<Handler>>,
    /// Whether there are tasks.
    concurrent: bool,
}

/// Whole programs: some with built-in handlers around them that show their stores, whatever the program does.
pub(crate) fn programs() -> impl Strategy<Value = Program> {
    let bare = Level::of_depth(5, false).outside.prop_map(|program| bind(pure(0), "a", program));
    (bare, any::<bool>()).prop_map(|(program, is_bare)| if is_bare { program } else { observed(program) })
}

fn observed(program: Program) -> Program {
    let inner = with(writer().showing(), with(tries(), attempt(program)));
    with(state([(0, 10)]).showing(), with(reader([(0, 20)]), inner))
}

impl Level {
    fn of_depth(depth: u32, concurrent: bool) -> Self {
        let leaf = |values| leaf(values, concurrent);
        let (outside, inside) = (leaf(&outside()), leaf(&inside()));
        let leaves = Self { outside, inside, handlers: built_in_handlers().boxed(), concurrent };
        (0..depth).fold(leaves, |level, _| level.next())
    }

    fn next(&self) -> Self {
        let inside = self.programs(&inside(), &self.inside, self.in_clauses());
        let outside = self.programs(&outside(), &self.outside, Vec::new());
        Self { outside, inside, handlers: self.more_handlers(), concurrent: self.concurrent }
    }

    fn programs(&self, values: &BoxedStrategy<Expr>, smaller: &Programs, more: Weighted<Program>) -> Programs {
        let p = || smaller.clone();
        let (value, k) = (values.clone(), used(values));
        let mut choices: Weighted<Program> = vec![
            (6, leaf(values, self.concurrent)),
            (10, (p(), p()).prop_map(|(first, then)| bind(first, "a", then)).boxed()),
            (2, (p(), p()).prop_map(|(body, handler)| catch(body, "a", handler)).boxed()),
            (4, (p(), p()).prop_map(|(body, cleanup)| finally(body, cleanup)).boxed()),
            (2, (p(), 0..9_i64).prop_map(|(body, event)| finally(body, note(event))).boxed()),
            (2, p().prop_map(call).boxed()),
            (1, p().prop_map(|body| repeat(2, body)).boxed()),
            (9, (self.handlers.clone(), p()).prop_map(|(handler, body)| with(handler, body)).boxed()),
            (1, (0..2_u32, value, p()).prop_map(|(key, value, body)| local([(key, value)], body)).boxed()),
            (1, p().prop_map(listen).boxed()),
            (1, p().prop_map(attempt).boxed()),
            (2, k.prop_map(act).boxed()),
        ];
        choices.extend(more);
        if self.concurrent {
            choices.extend(tasks::larger(smaller));
        }
        Union::new_weighted(choices).boxed()
    }

    /// What only clauses do.
    fn in_clauses(&self) -> Weighted<Program> {
        let tailed = (self.handlers.clone(), self.inside.clone()).prop_map(|(handler, body)| Act::With(handler, body));
        vec![
            (8, inside().prop_map(resume).boxed()),
            (8, inside().prop_map(return_resume).boxed()),
            (2, used(&inside()).prop_map(tail).boxed()),
            (1, inside().prop_map(resume_throw).boxed()),
            (2, Just(discontinue("k")).boxed()),
            (2, Just(delegate()).boxed()),
            (1, Just(return_delegate()).boxed()),
            (1, effect(&inside()).prop_map(|effect| act(Act::Delegate(Some(effect)))).boxed()),
            (1, effect(&inside()).prop_map(|effect| tail(Act::Delegate(Some(effect)))).boxed()),
            (2, Just(again()).boxed()),
            (1, inside().prop_map(|value| tail(Act::Pure(value))).boxed()),
            (1, self.inside.clone().prop_map(|program| tail(Act::Call(program))).boxed()),
            (1, tailed.prop_map(tail).boxed()),
            (2, (0..2_u32).prop_map(|key| put(key, var("k"))).boxed()),
        ]
    }

    fn more_handlers(&self) -> BoxedStrategy<Rc<Handler>> {
        let clauses = prop::collection::vec(self.clause(), 1..3);
        let returns = prop::option::weighted(0.3, self.body());
        let users = (clauses, returns)
            .prop_map(|(clauses, returns)| Rc::new(Handler { clauses, returns, ..Handler::default() }));
        prop_oneof![6 => users, 1 => built_in_handlers()].boxed()
    }

    fn clause(&self) -> impl Strategy<Value = Clause> + use<> {
        let kind = prop_oneof![
            1 => Just(ClauseKind::Val),
            2 => Just(ClauseKind::Fun),
            8 => Just(ClauseKind::Ctl),
            2 => Just(ClauseKind::Raw),
            3 => Just(ClauseKind::Final),
        ];
        let constant = (0..9_i64).prop_map(plain);
        let program = self.inside.clone().prop_map(|program| bind(pure(var("x")), "a", program));
        (taken(), kind, constant, self.body(), program).prop_map(|(effect, kind, constant, body, program)| {
            let body = match kind {
                ClauseKind::Val => constant,
                ClauseKind::Fun | ClauseKind::Final => body,
                ClauseKind::Ctl | ClauseKind::Raw => Body::Program(program),
            };
            Clause { effect, kind, body }
        })
    }

    /// A function that is not given a continuation.
    fn body(&self) -> BoxedStrategy<Body> {
        let program = self.outside.clone().prop_map(|program| bind(pure(var("x")), "a", program));
        prop_oneof![
            (0..9_i64).prop_map(|value| plain(add(var("x"), value))),
            Just(noting("called", var("x"))),
            Just(throwing(var("x"))),
            program.prop_map(Body::Program),
        ]
        .boxed()
    }
}

fn built_in_handlers() -> impl Strategy<Value = Rc<Handler>> {
    prop_oneof![
        Just(()).prop_map(|()| Rc::new(state([(1, 30)]).showing())),
        Just(()).prop_map(|()| Rc::new(state([(0, 40)]))),
        Just(()).prop_map(|()| Rc::new(reader([(1, 50)]))),
        Just(()).prop_map(|()| Rc::new(writer().showing())),
        Just(()).prop_map(|()| Rc::new(writer())),
        Just(()).prop_map(|()| Rc::new(tries())),
    ]
}

/// The effect type of a clause; `None` for a catch-all.
fn taken() -> impl Strategy<Value = Option<EffectType>> {
    let built_in = prop::sample::select(EffectType::BUILT_IN).prop_map(|(_, effect)| Some(effect));
    prop_oneof![
        12 => (0..3_u32).prop_map(|number| Some(number.effect_type())),
        2 => built_in,
        1 => Just(None),
    ]
}

fn outside() -> BoxedStrategy<Expr> {
    prop_oneof![2 => (0..9_i64).prop_map(Expr::from), 1 => Just(var("a"))].boxed()
}

fn inside() -> BoxedStrategy<Expr> {
    prop_oneof![2 => outside(), 1 => Just(var("x")), 1 => Just(var("k"))].boxed()
}

/// A use of whatever a variable holds as a continuation.
fn used(values: &BoxedStrategy<Expr>) -> BoxedStrategy<Act> {
    (values.clone(), values.clone(), 0..5_u8)
        .prop_map(|(k, value, how)| match how {
            0 => Act::Transfer { k, value, throws: false },
            1 => Act::Transfer { k, value, throws: true },
            2 => Act::Resume { k, value, throws: true },
            _ => Act::Resume { k, value, throws: false },
        })
        .boxed()
}

fn effect(values: &BoxedStrategy<Expr>) -> BoxedStrategy<Effect> {
    let (key, value) = (0..2_u32, values.clone());
    prop_oneof![
        8 => (0..3_u32, value.clone()).prop_map(|(number, payload)| Effect::User(number, payload)),
        2 => key.clone().prop_map(Effect::Get),
        2 => (key.clone(), value.clone()).prop_map(|(key, value)| Effect::Put(key, value)),
        1 => (key.clone(), value.clone()).prop_map(|(key, by)| Effect::Modify(key, crate::ast::Change::Add(by))),
        1 => (key.clone(), value.clone()).prop_map(|(key, error)| Effect::Modify(key, crate::ast::Change::Throw(error))),
        1 => key.prop_map(Effect::Ask),
        2 => value.prop_map(Effect::Tell),
    ]
    .boxed()
}

fn leaf(values: &BoxedStrategy<Expr>, concurrent: bool) -> Programs {
    let alone = prop_oneof![
        2 => values.clone().prop_map(pure),
        3 => (0..9_i64).prop_map(note),
        1 => values.clone().prop_map(note),
        1 => values.clone().prop_map(throw),
        9 => effect(values).prop_map(perform),
    ];
    if concurrent { prop_oneof![alone, tasks::leaf(values)].boxed() } else { alone.boxed() }
}
