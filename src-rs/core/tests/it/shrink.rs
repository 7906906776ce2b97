//! Smaller programs: what proptest leaves of a failing one is reduced by its structure.

use std::rc::Rc;

use crate::ast::{Act, Body, Clause, Code, Effect, Handler, Program};
use crate::build::pure;
use crate::resource::{bracket, used_by};
use crate::scheduling::Scheduling;

/// A program with which `fails` still holds, none of whose parts can be left out or replaced by a part of its own.
pub(crate) fn shrink(mut program: Program, fails: impl Fn(&Program) -> bool) -> Program {
    while let Some(smaller) = variants(&program).into_iter().find(&fails) {
        program = smaller;
    }
    program
}

/// The programs that are one step smaller, the smallest first.
fn variants(program: &Program) -> Vec<Program> {
    let mut all = Vec::new();
    if !matches!(&**program, Code::Pure(_)) {
        all.push(pure(0));
    }
    match &**program {
        Code::Pure(_) | Code::Note(_) | Code::Throw(_) => {}
        Code::Let(a, name, b) => two(&mut all, a, b, |a, b| Code::Let(a, name, b)),
        Code::Catch(a, name, b) => two(&mut all, a, b, |a, b| Code::Catch(a, name, b)),
        Code::Finally(a, b) => two(&mut all, a, b, Code::Finally),
        Code::Repeat(times, body) => one(&mut all, body, |body| Code::Repeat(*times, body)),
        Code::Yield(act) => acts(&mut all, act, Code::Yield),
        Code::Return(act) => acts(&mut all, act, Code::Return),
    }
    all
}

fn one(all: &mut Vec<Program>, part: &Program, whole: impl Fn(Program) -> Code) {
    all.push(part.clone());
    all.extend(variants(part).into_iter().map(|part| Rc::new(whole(part))));
}

fn two(all: &mut Vec<Program>, a: &Program, b: &Program, whole: impl Fn(Program, Program) -> Code) {
    one(all, a, |a| whole(a, b.clone()));
    one(all, b, |b| whole(a.clone(), b));
}

fn acts(all: &mut Vec<Program>, act: &Act, code: fn(Act) -> Code) {
    if let Some(uses) = used_by(act) {
        all.push(uses.clone());
        all.extend(variants(uses).into_iter().map(bracket));
        return;
    }
    match act {
        Act::Call(program) => one(all, program, |program| code(Act::Call(program))),
        Act::With(handler, program) => {
            one(all, program, |program| code(Act::With(Rc::clone(handler), program)));
            let smaller = handlers(handler).into_iter();
            all.extend(smaller.map(|handler| Rc::new(code(Act::With(Rc::new(handler), program.clone())))));
        }
        Act::Shield(name, program) => one(all, program, |program| code(Act::Shield(name, program))),
        Act::Restored(shield, program) => one(all, program, |program| code(Act::Restored(shield.clone(), program))),
        Act::Scoped(bounds, name, program) => one(all, program, |program| code(Act::Scoped(*bounds, name, program))),
        Act::All(programs) => several(all, programs, |programs| code(Act::All(programs))),
        Act::Any(programs) => several(all, programs, |programs| code(Act::Any(programs))),
        Act::Perform(effect) => effects(all, effect, |effect| code(Act::Perform(effect))),
        _ => {}
    }
}

fn several(all: &mut Vec<Program>, programs: &[Program], whole: impl Fn(Vec<Program>) -> Code) {
    for at in 0..programs.len() {
        let without = programs.iter().enumerate().filter(|&(own, _)| own != at).map(|(_, program)| program.clone());
        all.push(Rc::new(whole(without.collect())));
        one(all, &programs[at], |part| {
            let mut parts = programs.to_vec();
            parts[at] = part;
            whole(parts)
        });
    }
}

fn effects(all: &mut Vec<Program>, effect: &Effect, whole: impl Fn(Effect) -> Code) {
    match effect {
        Effect::Local(bindings, program) => {
            one(all, program, |program| whole(Effect::Local(bindings.clone(), program)));
        }
        Effect::Listen(program) => one(all, program, |program| whole(Effect::Listen(program))),
        Effect::Try(program) => one(all, program, |program| whole(Effect::Try(program))),
        Effect::Scheduling(Scheduling::Spawn { program, priority, daemon }) => one(all, program, |program| {
            whole(Effect::Scheduling(Scheduling::Spawn { program, priority: *priority, daemon: *daemon }))
        }),
        _ => {}
    }
}

fn handlers(handler: &Handler) -> Vec<Handler> {
    let copy = |clauses: Vec<Clause>, returns: Option<Body>| Handler { clauses, returns, ..Handler::default() };
    if handler.native.is_some() || handler.scheduler.is_some() {
        return Vec::new();
    }
    let mut all = Vec::new();
    if handler.returns.is_some() {
        all.push(copy(clauses(handler), None));
    }
    for at in 0..handler.clauses.len() {
        let mut without = clauses(handler);
        without.remove(at);
        all.push(copy(without, handler.returns.clone()));
        if let Body::Program(program) = &handler.clauses[at].body {
            all.extend(variants(program).into_iter().map(|program| {
                let mut smaller = clauses(handler);
                smaller[at].body = Body::Program(program);
                copy(smaller, handler.returns.clone())
            }));
        }
    }
    all
}

fn clauses(handler: &Handler) -> Vec<Clause> {
    let copy = |clause: &Clause| Clause { effect: clause.effect, kind: clause.kind, body: clause.body.clone() };
    handler.clauses.iter().map(copy).collect()
}
