//! The reference interpreter: what programs mean, plainly and slowly, without a machine.
//!
//! A computation is a [`Tree`]: it has ended, or it performs an effect and has a function from the answer to the rest.
//! A handler is a function from trees to trees, and a continuation is the rest wrapped by the handlers on the way: they
//! are deep because nothing else is written down. Closing is one of the answers. There are no frames and no segments.

mod built_in;
mod forms;
mod handling;
mod regions;
mod scheduling;
mod tasks;
mod tree;
mod waiting;
mod world;

use std::rc::Rc;

use doeff_vm_core::Until;

use crate::ast::{Act, Closure, Code, Env, Program, Value};
use crate::generator::{Generator, Input, Output};
use crate::scheduling::NO_WAITABLE;
use built_in::grant;
use handling::{Installed, under};
use regions::{Mark, bounded, scoped};
use tree::{Answer, End, Rest, Tree, close, close_on_the_way, drive, follow, then, unwind_below};
use world::Site;

/// Runs a program to its end: the result and the events.
pub(crate) fn run(program: &Program) -> (Result<Value, Value>, Vec<String>) {
    let site = Site::default();
    let mut end = drive(start(program, Env::default(), &site));
    while let Some(k) = { site.world.kept.borrow_mut().pop() } {
        if let Ok(rest) = site.world.take_number(k) {
            end = drive(close(rest, end));
        }
    }
    let result = match end {
        End::Throw(error) | End::Failed(error) => Err(error),
        End::Value(value) => Ok(value),
        _ => Ok(Value::Nil),
    };
    site.world.schedulers.take();
    site.world.spawned.take();
    (result, site.world.trace.take())
}

/// A program as a computation of its own.
fn start(program: &Program, env: Env, site: &Site) -> Tree {
    let site = Site { own: None, ..site.clone() };
    then(frame(Generator::new(program, env), Input::Next(Value::Nil), &site, false), |end| match end {
        End::Jump(_, rest, answer) => rest.go_on(answer),
        end => Tree::End(end),
    })
}

/// A generator as a computation: what it yields is carried out. Once closed it is `doomed` to end as such.
fn frame(mut generator: Generator, input: Input, site: &Site, doomed: bool) -> Tree {
    let closes = matches!(input, Input::Close);
    let output = generator.step(input, &mut site.world.trace.borrow_mut());
    match output {
        Output::Threw(error) => Tree::End(End::Throw(error)),
        Output::Tail(act) if !closes => returned(&act, site),
        Output::Returned(_) | Output::Tail(_) if doomed => Tree::End(End::Closed),
        Output::Returned(value) => Tree::End(End::Value(value)),
        Output::Tail(_) => unreachable!("what is closed is doomed"),
        Output::Yielded(act) => {
            let here = site.clone();
            let rest = move |answer| {
                let doomed = doomed || matches!(answer, Answer::Close);
                frame(generator, input_of(answer), &Site { closing: here.closing || doomed, ..here }, doomed)
            };
            let rest = Rest::new(rest);
            yielded(&act, if doomed { rest.marked(Mark::Closing) } else { rest }, site)
        }
    }
}

fn input_of(answer: Answer) -> Input {
    match answer {
        Answer::Next(value) => Input::Next(value),
        Answer::Throw(error) => Input::Throw(error),
        Answer::Close => Input::Close,
        Answer::Granted(_) => unreachable!("a grant is for who performed the effect"),
        Answer::Unwind(..) => unreachable!("an unwinding ends at a boundary"),
        Answer::Forked => unreachable!("only the body of a form has children"),
    }
}

/// A returned primitive: its frame is gone.
fn returned(Closure(act, env): &Closure<Act>, site: &Site) -> Tree {
    match jump(act, env, site, site.own) {
        Some(Ok(end)) => Tree::End(end),
        Some(Err(fault)) => Tree::End(End::Throw(fault)),
        None => {
            let program = match &**act {
                Act::Call(program) => program.clone(),
                other => Rc::new(Code::Yield(other.clone())),
            };
            frame(Generator::new(&program, env.clone()), Input::Next(Value::Nil), site, false)
        }
    }
}

/// Where a returned primitive leads, or a yielded one whose frame is closed first; `None` for the others. `own` is the
/// continuation of the clause that ends with it.
fn jump(act: &Act, env: &Env, site: &Site, own: Option<usize>) -> Option<Result<End, Value>> {
    Some(match act {
        Act::Resume { k, value, throws } | Act::Transfer { k, value, throws } => {
            let answer = answer_of(env.eval(value), *throws);
            site.world.take_to_resume(&env.eval(k), own).map(|(number, rest)| End::Jump(number, rest, answer))
        }
        Act::Delegate(effect) => site.declined().map(|(rest, own)| {
            let effect = effect.as_ref().map_or(own, |effect| env.effect(effect));
            End::Forward(rest, effect)
        }),
        _ => return None,
    })
}

fn answer_of(value: Value, throws: bool) -> Answer {
    if throws { Answer::Throw(value) } else { Answer::Next(value) }
}

/// A yielded act; `rest` is the frame's.
fn yielded(Closure(act, env): &Closure<Act>, rest: Rest, site: &Site) -> Tree {
    let used = match &**act {
        Act::Pure(value) => return rest.go_on(Answer::Next(env.eval(value))),
        Act::Call(program) => return call(start(program, env.clone(), site), rest, site),
        Act::With(handler, program) => return under(&Installed::new(handler, &site.world), program, env, rest, site),
        Act::Perform(effect) => {
            let effect = env.effect(effect);
            let shared = &site.world.shared;
            let known = (shared.waited.borrow().len(), shared.semaphores.borrow().len());
            if effect.subject().is_none_or(|subject| !subject.exists(known.0, known.1)) {
                return rest.go_on(Answer::Throw(NO_WAITABLE.into()));
            }
            return Tree::Perform(effect, granting(rest, site));
        }
        Act::Resume { k, value, throws } => {
            let answer = answer_of(env.eval(value), *throws);
            site.world.take_to_resume(&env.eval(k), None).map(|(_, k)| k.go_on(answer))
        }
        Act::Shield(name, program) => {
            let number = site.world.count_shield();
            let inside = start(program, env.with(name, Value::Shield(number)), site);
            return call(bounded(inside, Mark::Shield(number)), rest, site);
        }
        Act::Restored(shield, program) => {
            let inside = start(program, env.clone(), site);
            return match env.eval(shield) {
                Value::Shield(number) => call(bounded(inside, Mark::Restore(number)), rest, site),
                _ => call(inside, rest, site),
            };
        }
        Act::Scoped(bounds, name, program) => {
            let id = site.world.open(*bounds, 0);
            let inside = start(program, env.with(name, Value::Scope(id)), site);
            return call(scoped(inside, id, &site.world), rest, site);
        }
        Act::CancelScope(scope) => {
            if let Value::Scope(id) = env.eval(scope) {
                site.world.cancel_scope(id);
            }
            return rest.go_on(Answer::Next(Value::Nil));
        }
        Act::All(programs) => return forms::form(Until::All, programs, env, rest, site),
        Act::Any(programs) => return forms::form(Until::Any, programs, env, rest, site),
        Act::Discontinue(k) => site.world.take(&env.eval(k)).map(|k| close(k, End::Value(Value::Nil))),
        other => match jump(other, env, site, site.own).expect("the reference interpreter knows no reflection") {
            Ok(end) => return close(rest, end),
            Err(fault) => Err(fault),
        },
    };
    match used {
        Ok(tree) => call(tree, rest, site),
        Err(fault) => rest.go_on(Answer::Throw(fault)),
    }
}

fn granting(rest: Rest, site: &Site) -> Rest {
    let site = site.clone();
    rest.wrap(move |rest, answer| match answer {
        Answer::Granted(effect) => grant(&effect, rest, &site),
        answer => rest.go_on(answer),
    })
}

/// The rest waits for the end of the tree, which runs on top of it.
fn call(tree: Tree, rest: Rest, site: &Site) -> Tree {
    let is_cleanup = site.closing || rest.is_closing();
    on_top(tree, rest, site, is_cleanup, false)
}

fn on_top(tree: Tree, rest: Rest, site: &Site, is_cleanup: bool, closed: bool) -> Tree {
    let tree = match tree {
        Tree::End(end) => return answered(end, closed, rest, is_cleanup),
        tree => tree,
    };
    let (own, marks, schedulers) = (site.clone(), rest.marks.clone(), rest.schedulers.clone());
    let tree = tree.with_rest(move |top, answer| match answer {
        Answer::Unwind(target, failure) if !own.world.holds(&top.marks, &target) => {
            unwind_below(top, rest, target, failure)
        }
        answer => {
            let closed = closed || matches!(answer, Answer::Close);
            on_top(top.go_on(answer), rest, &own, is_cleanup, closed)
        }
    });
    tree.map_rest(|mut top| {
        top.marks.extend(marks);
        top.schedulers.extend(schedulers);
        top
    })
}

/// The tree on top has ended.
fn answered(end: End, closed: bool, rest: Rest, is_cleanup: bool) -> Tree {
    match end {
        // Who is being closed itself declines nothing any more.
        End::Forward(k, _) if closed => then(close_on_the_way(rest, End::Closed), |end| close_on_the_way(k, end)),
        End::Forward(..) => close(rest, end),
        End::Failed(error) => close_on_the_way(rest, End::Failed(error)),
        End::Throw(error) if closed => close_on_the_way(rest, End::Failed(error)),
        // A computation that was being closed answers nobody: cleanup that resumed it is closed with it.
        _ if closed => close_on_the_way(rest, End::Closed),
        End::Closed if is_cleanup => close_on_the_way(rest, End::Closed),
        End::Value(value) => rest.go_on(Answer::Next(value)),
        End::Throw(error) => rest.go_on(Answer::Throw(error)),
        End::Closed | End::Jump(..) => rest.go_on(Answer::Next(Value::Nil)),
    }
}
