//! What a handler means: a function from the tree of its body to another one.

use std::cell::RefCell;
use std::rc::Rc;

use doeff_vm_core::{ClauseKind, Native};

use super::tasks::Scheduler;
use super::world::Site;
use super::{Answer, End, Rest, Tree, call, close, frame, start, then};
use crate::ast::{Body, Closure, Effect, Env, Handler, Key, Program, Spec, Value};
use crate::generator::{Generator, Input};

/// A handler as installed once.
pub(super) struct Installed {
    handler: Rc<Handler>,
    pub(super) entries: Rc<RefCell<Vec<(Key, Value)>>>,
    /// A task has it from where it was spawned: results are not mapped.
    inherited: bool,
    /// `Local` and `Listen` install one that leaves the rest of the search to the outer ones.
    pub(super) layer: bool,
}

/// Runs a program under a handler for the rest.
pub(super) fn under(installed: &Rc<Installed>, program: &Program, env: &Env, rest: Rest, site: &Site) -> Tree {
    if let Some(scheduled) = &installed.handler.scheduler {
        return call(Scheduler::begin(scheduled, program, env, site), rest, site);
    }
    let body = start(program, env.clone(), &Site { clause: None, ..site.clone() });
    call(handle(installed, body, site, false), rest, site)
}

pub(super) fn handle(installed: &Rc<Installed>, tree: Tree, site: &Site, doomed: bool) -> Tree {
    let (own, outside) = (Rc::clone(installed), site.clone());
    match tree {
        Tree::End(End::Value(value)) if !doomed => own.result(value, site),
        Tree::End(End::Closed) if !doomed && !site.closing => own.result(Value::Nil, site),
        Tree::End(End::Value(_)) => Tree::End(End::Closed),
        Tree::Perform(effect, rest) => {
            let mut rest = rest.wrap(move |rest, answer| {
                let doomed = doomed || matches!(answer, Answer::Close);
                handle(&own, rest.go_on(answer), &outside, doomed)
            });
            rest.handlers.push(Rc::clone(installed));
            installed.answer(effect, rest, &Site { closing: site.closing || doomed, ..site.clone() })
        }
        tree => tree.with_rest(move |rest, answer| {
            let doomed = doomed || matches!(answer, Answer::Close);
            handle(&own, rest.go_on(answer), &outside, doomed)
        }),
    }
}

impl Installed {
    pub(super) fn new(handler: &Rc<Handler>) -> Rc<Self> {
        let entries = handler.native.iter().flat_map(|spec| spec.entries.clone()).collect();
        let entries = Rc::new(RefCell::new(entries));
        Rc::new(Self { handler: Rc::clone(handler), entries, inherited: false, layer: false })
    }

    pub(super) fn layer(native: Native, entries: Vec<(Key, Value)>) -> Rc<Self> {
        let spec = Spec { native, entries: Vec::new(), shows: native == Native::Writer, bound: None };
        let handler = Rc::new(Handler { native: Some(spec), ..Handler::default() });
        Rc::new(Self { handler, entries: Rc::new(RefCell::new(entries)), inherited: false, layer: true })
    }

    /// As a task has it that is spawned inside.
    pub(super) fn inherited(&self) -> Rc<Self> {
        let (handler, entries) = (Rc::clone(&self.handler), Rc::clone(&self.entries));
        Rc::new(Self { handler, entries, inherited: true, layer: self.layer })
    }

    /// The body returned a value.
    fn result(&self, value: Value, site: &Site) -> Tree {
        if self.inherited {
            return Tree::End(End::Value(value));
        }
        match (&self.handler.returns, &self.handler.native) {
            (Some(body), _) => run(body, Env::default().with("x", value), site),
            (None, Some(spec)) if spec.shows => Tree::End(End::Value(Value::List(vec![value, self.show(spec.native)]))),
            (None, _) => Tree::End(End::Value(value)),
        }
    }

    /// What becomes of an effect performed inside; `rest` includes this handler.
    fn answer(&self, effect: Closure<Effect>, rest: Rest, site: &Site) -> Tree {
        if let Some(spec) = &self.handler.native {
            return self.answer_natively(spec.native, effect, rest);
        }
        let mine = effect.effect_type();
        let Some(clause) = self.handler.clauses.iter().find(|own| own.effect.is_none_or(|own| own == mine)) else {
            return Tree::Perform(effect, rest);
        };
        let env = Env::default().with("x", effect.payload());
        match clause.kind {
            ClauseKind::Val | ClauseKind::Fun => call(run(&clause.body, env, site), in_place(rest), site),
            ClauseKind::Final => {
                let (body, site) = (clause.body.clone(), site.clone());
                then(close(rest, End::Value(Value::Nil)), move |end| match end {
                    End::Value(_) => run(&body, env, &site),
                    end => Tree::End(end),
                })
            }
            ClauseKind::Ctl | ClauseKind::Raw => {
                let Body::Program(program) = &clause.body else { panic!("a ctl clause is a generator") };
                let k = site.world.keep(rest, effect.clone(), clause.kind == ClauseKind::Raw);
                let env = env.with("e", Value::Effect(effect)).with("k", Value::K(k));
                let inside = Site { clause: Some(k), ..site.clone() };
                let tree = frame(Generator::new(program, env), Input::Next(Value::Nil), &inside, false);
                own(tree, (clause.kind == ClauseKind::Ctl).then_some(k), &inside)
            }
        }
    }
}

/// The answer of a `fun` clause: when there is none, the body is closed.
fn in_place(rest: Rest) -> Rest {
    rest.wrap(|rest, answer| match answer {
        Answer::Throw(error) => close(rest, End::Throw(error)),
        Answer::Close => close(rest, End::Closed),
        answer => rest.go_on(answer),
    })
}

fn run(body: &Body, env: Env, site: &Site) -> Tree {
    match body {
        Body::Program(program) => start(program, env, site),
        Body::Plain { note, result } => {
            site.world.trace.borrow_mut().extend(note.map(str::to_owned));
            Tree::End(match result {
                Ok(answer) => End::Value(env.eval(answer)),
                Err(error) => End::Throw(env.eval(error)),
            })
        }
    }
}

/// A clause: a `k` that it owns and has not used is closed when it ends.
fn own(tree: Tree, k: Option<usize>, site: &Site) -> Tree {
    let world = Rc::clone(&site.world);
    let ended = then(tree, move |end| match k.map(|k| world.take_number(k)) {
        Some(Ok(rest)) => close(rest, end),
        _ => Tree::End(end),
    });
    then(ended, |end| match end {
        End::Jump(rest, answer) => rest.go_on(answer),
        End::Forward(rest, effect) => Tree::Perform(effect, rest),
        end => Tree::End(end),
    })
}
