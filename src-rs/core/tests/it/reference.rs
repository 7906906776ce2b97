//! The reference interpreter: what programs mean, plainly and slowly, without a machine.
//!
//! A computation is a [`Tree`]: it has ended, or it performs an effect and has a function from the answer to the rest.
//! A handler is a function from trees to trees, and a continuation is the rest wrapped by the handlers on the way: they
//! are deep because nothing else is written down. Closing is one of the answers. There are no frames and no segments.

mod built_in;
mod handling;
mod scheduling;
mod tasks;
mod tree;
mod waiting;
mod world;

use std::rc::Rc;

use crate::ast::{Act, Closure, Code, Env, Program, Value};
use crate::generator::{Generator, Input, Output};
use crate::scheduling::NO_WAITABLE;
use built_in::grant;
use handling::{Installed, under};
use tree::{Answer, End, Rest, Tree, close, close_on_the_way, drive, follow, then};
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
    (result, site.world.trace.take())
}

/// A program as a computation of its own.
fn start(program: &Program, env: Env, site: &Site) -> Tree {
    then(frame(Generator::new(program, env), Input::Next(Value::Nil), site, false), |end| match end {
        End::Jump(rest, answer) => rest.go_on(answer),
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
            yielded(&act, Rest::new(rest), site)
        }
    }
}

fn input_of(answer: Answer) -> Input {
    match answer {
        Answer::Next(value) => Input::Next(value),
        Answer::Throw(error) => Input::Throw(error),
        Answer::Close => Input::Close,
        Answer::Granted(_) => unreachable!("a grant is for who performed the effect"),
    }
}

/// A returned primitive: its frame is gone.
fn returned(Closure(act, env): &Closure<Act>, site: &Site) -> Tree {
    match jump(act, env, site) {
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

/// Where a returned primitive leads, or a yielded one whose frame is closed first; `None` for the others.
fn jump(act: &Act, env: &Env, site: &Site) -> Option<Result<End, Value>> {
    Some(match act {
        Act::Resume { k, value, throws } | Act::Transfer { k, value, throws } => {
            let answer = answer_of(env.eval(value), *throws);
            site.world.take(&env.eval(k)).map(|rest| End::Jump(rest, answer))
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
        Act::With(handler, program) => return under(&Installed::new(handler), program, env, rest, site),
        Act::Perform(effect) => {
            let effect = env.effect(effect);
            if effect.subject().is_none() {
                return rest.go_on(Answer::Throw(NO_WAITABLE.into()));
            }
            return Tree::Perform(effect, granting(rest, site));
        }
        Act::Resume { k, value, throws } => {
            let answer = answer_of(env.eval(value), *throws);
            site.world.take(&env.eval(k)).map(|k| k.go_on(answer))
        }
        Act::Discontinue(k) => site.world.take(&env.eval(k)).map(|k| close(k, End::Value(Value::Nil))),
        other => match jump(other, env, site).expect("the reference interpreter knows no reflection") {
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

/// The rest waits for the end of the tree.
fn call(tree: Tree, rest: Rest, site: &Site) -> Tree {
    let is_cleanup = site.closing;
    follow(tree, false, move |end, closed| match end {
        End::Forward(..) => close(rest, end),
        End::Failed(error) => close_on_the_way(rest, End::Failed(error)),
        End::Throw(error) if closed => close_on_the_way(rest, End::Failed(error)),
        // A computation that was being closed answers nobody: cleanup that resumed it is closed with it.
        _ if closed => close_on_the_way(rest, End::Closed),
        End::Closed if is_cleanup => close_on_the_way(rest, End::Closed),
        End::Value(value) => rest.go_on(Answer::Next(value)),
        End::Throw(error) => rest.go_on(Answer::Throw(error)),
        End::Closed | End::Jump(..) => rest.go_on(Answer::Next(Value::Nil)),
    })
}
