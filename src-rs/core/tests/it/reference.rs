//! The reference interpreter: what programs mean, plainly and slowly, without a machine.
//!
//! A computation is a [`Tree`]: it has ended, or it asks for something and has a function from the answer to the rest.
//! A handler is a function from trees to trees, and a continuation is the rest wrapped by the handlers on the way: they
//! are deep because nothing else is written down. Closing is one of the answers. There are no frames and no segments.

use std::cell::RefCell;
use std::rc::Rc;

use doeff_vm_core::{ClauseKind, Fault, Native};

use crate::ast::{Act, Body, Change, Closure, Code, Effect, Env, Handler, Key, Program, Spec, Value};

enum Answer {
    Next(Value),
    Throw(Value),
    Close,
    /// To the performer of `Local`, `Listen` or `Try`: run the effect's program yourself.
    Granted(Closure<Effect>),
}

type Rest = Box<dyn FnOnce(Answer) -> Tree>;

enum Tree {
    End(End),
    /// A generator yielded.
    Act(Closure<Act>, Rest),
    /// A computation performs an effect.
    Perform(Closure<Effect>, Rest),
}

enum End {
    Value(Value),
    Throw(Value),
    /// A generator executed `return`.
    Return(Option<Closure<Act>>),
    /// It was being closed, and now it is.
    Closed,
    /// The frame is gone; the other computation goes on in its place.
    Jump(Rest, Answer),
    /// As above, up to the handler that declines.
    Forward(Rest, Closure<Effect>),
}

#[derive(Default)]
struct World {
    /// Continuations by number, until they are taken; with the effects they were captured for.
    rests: RefCell<Vec<(Option<Rest>, Closure<Effect>)>>,
    kept: RefCell<Vec<usize>>,
    trace: RefCell<Vec<String>>,
}

/// Where a frame stands.
#[derive(Clone)]
struct Site {
    world: Rc<World>,
    /// The clause that this is a part of.
    clause: Option<usize>,
    /// Whether this is a part of some cleanup.
    closing: bool,
}

/// A handler as installed once.
struct Installed {
    handler: Rc<Handler>,
    entries: RefCell<Vec<(Key, Value)>>,
    /// `Local` and `Listen` install one that leaves the rest of the search to the outer ones.
    layer: bool,
}

/// Runs a program to its end: the result and the events.
pub(crate) fn run(program: &Program) -> (Result<Value, Value>, Vec<String>) {
    let site = Site { world: Rc::default(), clause: None, closing: false };
    let mut end = drive(start(program, Env::default(), &site));
    while let Some(k) = { site.world.kept.borrow_mut().pop() } {
        if let Ok(rest) = site.world.take(k) {
            end = drive(close(rest, end));
        }
    }
    let result = match end {
        End::Throw(error) => Err(error),
        End::Value(value) => Ok(value),
        _ => Ok(Value::Nil),
    };
    (result, site.world.trace.take())
}

/// Nobody takes what is still performed.
fn drive(mut tree: Tree) -> End {
    loop {
        tree = match tree {
            Tree::End(end) => return end,
            Tree::Perform(_, rest) => rest(Answer::Throw(Value::Fault(Fault::UnhandledEffect))),
            Tree::Act(..) => unreachable!("frames carry out what generators yield"),
        }
    }
}

/// Goes on with `then` at the end, which also learns whether the tree was closed meanwhile.
fn follow(tree: Tree, closed: bool, then: impl FnOnce(End, bool) -> Tree + 'static) -> Tree {
    let after = move |rest: Rest| -> Rest {
        Box::new(move |answer| {
            let closed = closed || matches!(answer, Answer::Close);
            follow(rest(answer), closed, then)
        })
    };
    match tree {
        Tree::End(end) => then(end, closed),
        Tree::Act(act, rest) => Tree::Act(act, after(rest)),
        Tree::Perform(effect, rest) => Tree::Perform(effect, after(rest)),
    }
}

fn then(tree: Tree, f: impl FnOnce(End) -> Tree + 'static) -> Tree {
    follow(tree, false, |end, _| f(end))
}

/// Closes the rest, then ends so. What cleanup throws replaces the end; so does being closed once more.
fn close(rest: Rest, end: End) -> Tree {
    follow(rest(Answer::Close), false, |last, closed| match (last, end) {
        (End::Throw(error), End::Jump(rest, _) | End::Forward(rest, _)) => close(rest, End::Throw(error)),
        (End::Throw(error), _) => Tree::End(End::Throw(error)),
        (_, End::Jump(rest, _) | End::Forward(rest, _)) if closed => close(rest, End::Closed),
        (_, end) => Tree::End(if closed { End::Closed } else { end }),
    })
}

/// What a generator does, up to its first yield.
fn code(world: &Rc<World>, program: &Program, env: Env) -> Tree {
    let (world, program) = (Rc::clone(world), Rc::clone(program));
    match &*program {
        Code::Pure(expr) => Tree::End(End::Value(env.eval(expr))),
        Code::Throw(expr) => Tree::End(End::Throw(env.eval(expr))),
        Code::Return(act) => Tree::End(End::Return(Some(env.close(act)))),
        Code::Note(expr) => world.note(&format!("{:?}", env.eval(expr))),
        Code::Yield(act) => {
            let resumed = |answer| match answer {
                Answer::Next(value) => End::Value(value),
                Answer::Throw(error) => End::Throw(error),
                Answer::Close | Answer::Granted(_) => End::Return(None),
            };
            Tree::Act(env.close(act), Box::new(move |answer| Tree::End(resumed(answer))))
        }
        Code::Let(first, name, next) => {
            let (name, next) = (*name, next.clone());
            then(code(&world, first, env.clone()), move |end| match end {
                End::Value(value) => code(&world, &next, env.with(name, value)),
                end => Tree::End(end),
            })
        }
        Code::Catch(body, name, handler) => {
            let (name, handler) = (*name, handler.clone());
            then(code(&world, body, env.clone()), move |end| match end {
                End::Throw(error) => code(&world, &handler, env.with(name, error)),
                end => Tree::End(end),
            })
        }
        Code::Finally(body, cleanup) => {
            let cleanup = cleanup.clone();
            then(code(&world, body, env.clone()), move |end| {
                then(code(&world, &cleanup, env), |last| Tree::End(if let End::Value(_) = last { end } else { last }))
            })
        }
        Code::Repeat(0, _) => Tree::End(End::Value(Value::Nil)),
        Code::Repeat(times, body) => {
            let rest = Rc::new(Code::Repeat(times - 1, body.clone()));
            then(code(&world, body, env.clone()), move |end| match end {
                End::Value(_) => code(&world, &rest, env),
                end => Tree::End(end),
            })
        }
    }
}

/// A program as a computation of its own.
fn start(program: &Program, env: Env, site: &Site) -> Tree {
    let tree = frame(code(&site.world, program, env), site.clone(), false);
    then(tree, |end| if let End::Jump(rest, answer) = end { rest(answer) } else { Tree::End(end) })
}

/// A generator as a computation: what it yields is carried out.
fn frame(tree: Tree, site: Site, doomed: bool) -> Tree {
    match tree {
        Tree::End(End::Value(_) | End::Return(None)) if doomed => Tree::End(End::Closed),
        Tree::End(End::Return(None)) => Tree::End(End::Value(Value::Nil)),
        Tree::End(End::Return(Some(act))) => returned(&act, &site),
        Tree::Act(act, rest) => {
            let here = site.clone();
            let rest = Box::new(move |answer| {
                let doomed = doomed || matches!(answer, Answer::Close);
                frame(rest(answer), Site { closing: here.closing || doomed, ..here }, doomed)
            });
            perform(&act, rest, &site)
        }
        tree => tree,
    }
}

/// A returned primitive: its frame is gone.
fn returned(Closure(act, env): &Closure<Act>, site: &Site) -> Tree {
    let refused = |fault| Tree::End(End::Throw(fault));
    match &**act {
        Act::Resume { k, value, throws } | Act::Transfer { k, value, throws } => match site.world.k(&env.eval(k)) {
            Ok(rest) => Tree::End(End::Jump(rest, answer_of(env.eval(value), *throws))),
            Err(fault) => refused(fault),
        },
        Act::Delegate(effect) => match site.declined(effect.as_ref().map(|effect| env.effect(effect))) {
            Ok((rest, effect)) => Tree::End(End::Forward(rest, effect)),
            Err(fault) => refused(fault),
        },
        Act::Call(program) => frame(code(&site.world, program, env.clone()), site.clone(), false),
        other => frame(code(&site.world, &Rc::new(Code::Yield(other.clone())), env.clone()), site.clone(), false),
    }
}

fn answer_of(value: Value, throws: bool) -> Answer {
    if throws { Answer::Throw(value) } else { Answer::Next(value) }
}

/// A yielded act; `rest` is the frame's.
fn perform(Closure(act, env): &Closure<Act>, rest: Rest, site: &Site) -> Tree {
    let refuse = |rest: Rest, fault| rest(Answer::Throw(fault));
    match &**act {
        Act::Pure(value) => rest(Answer::Next(env.eval(value))),
        Act::Call(program) => call(start(program, env.clone(), site), rest, site),
        Act::With(handler, program) => under(&Installed::new(handler), program, env, rest, site),
        Act::Perform(effect) => {
            let site = site.clone();
            let granted = |answer| match answer {
                Answer::Granted(effect) => grant(&effect, rest, &site),
                answer => rest(answer),
            };
            Tree::Perform(env.effect(effect), Box::new(granted))
        }
        Act::Resume { k, value, throws } => match site.world.k(&env.eval(k)) {
            Ok(k) => call(k(answer_of(env.eval(value), *throws)), rest, site),
            Err(fault) => refuse(rest, fault),
        },
        Act::Transfer { k, value, throws } => match site.world.k(&env.eval(k)) {
            Ok(k) => close(rest, End::Jump(k, answer_of(env.eval(value), *throws))),
            Err(fault) => refuse(rest, fault),
        },
        Act::Discontinue(k) => match site.world.k(&env.eval(k)) {
            Ok(k) => call(close(k, End::Value(Value::Nil)), rest, site),
            Err(fault) => refuse(rest, fault),
        },
        Act::Delegate(effect) => match site.declined(effect.as_ref().map(|effect| env.effect(effect))) {
            Ok((k, effect)) => close(rest, End::Forward(k, effect)),
            Err(fault) => refuse(rest, fault),
        },
        other => unimplemented!("the reference interpreter knows no reflection: {other:?}"),
    }
}

/// The rest waits for the end of the tree.
fn call(tree: Tree, rest: Rest, site: &Site) -> Tree {
    let is_cleanup = site.closing;
    follow(tree, false, move |end, closed| match end {
        End::Forward(..) => close(rest, end),
        End::Throw(error) if closed => close(rest, End::Throw(error)),
        _ if closed => close(rest, End::Closed),
        // A computation that was being closed answers nobody: cleanup that resumed it is closed with it.
        End::Closed if is_cleanup => close(rest, End::Closed),
        End::Value(value) => rest(Answer::Next(value)),
        End::Throw(error) => rest(Answer::Throw(error)),
        _ => rest(Answer::Next(Value::Nil)),
    })
}

/// Runs a program under a handler for the rest.
fn under(installed: &Rc<Installed>, program: &Program, env: &Env, rest: Rest, site: &Site) -> Tree {
    let body = start(program, env.clone(), &Site { clause: None, ..site.clone() });
    call(handle(installed, body, site, false), rest, site)
}

/// The performer of an effect with a program runs it where it stands.
fn grant(Closure(effect, env): &Closure<Effect>, rest: Rest, site: &Site) -> Tree {
    match &**effect {
        Effect::Local(bindings, program) => {
            let entries = bindings.iter().map(|(key, value)| (*key, env.eval(value))).collect();
            under(&Installed::layer(Native::Reader, entries), program, env, rest, site)
        }
        Effect::Listen(program) => under(&Installed::layer(Native::Writer, Vec::new()), program, env, rest, site),
        Effect::Try(program) => {
            let is_cleanup = site.closing;
            let tried = follow(start(program, env.clone(), site), false, move |end, closed| {
                Tree::End(match end {
                    End::Value(value) if !closed => End::Value(Value::Good(Box::new(value))),
                    End::Closed if !closed && !is_cleanup => End::Value(Value::Good(Box::new(Value::Nil))),
                    End::Throw(error) if !closed => End::Value(Value::Bad(Box::new(error))),
                    end => end,
                })
            });
            call(tried, rest, site)
        }
        other => unreachable!("{other:?} has no program"),
    }
}

/// The meaning of a handler.
fn handle(installed: &Rc<Installed>, tree: Tree, site: &Site, doomed: bool) -> Tree {
    let own = Rc::clone(installed);
    match tree {
        Tree::End(End::Value(value)) if !doomed => own.result(value, site),
        Tree::End(End::Closed) if !doomed && !site.closing => own.result(Value::Nil, site),
        Tree::End(End::Value(_)) => Tree::End(End::Closed),
        Tree::Perform(effect, rest) => {
            let outside = site.clone();
            let rest = Box::new(move |answer| {
                let doomed = doomed || matches!(answer, Answer::Close);
                handle(&own, rest(answer), &outside, doomed)
            });
            installed.answer(effect, rest, &Site { closing: site.closing || doomed, ..site.clone() })
        }
        tree => tree,
    }
}

impl Installed {
    fn new(handler: &Rc<Handler>) -> Rc<Self> {
        let entries = handler.native.iter().flat_map(|spec| spec.entries.clone()).collect();
        Rc::new(Self { handler: Rc::clone(handler), entries: RefCell::new(entries), layer: false })
    }

    fn layer(native: Native, entries: Vec<(Key, Value)>) -> Rc<Self> {
        let spec = Spec { native, entries: Vec::new(), shows: native == Native::Writer, bound: None };
        let handler = Rc::new(Handler { native: Some(spec), ..Handler::default() });
        Rc::new(Self { handler, entries: RefCell::new(entries), layer: true })
    }

    /// The body returned a value.
    fn result(&self, value: Value, site: &Site) -> Tree {
        if let Some(body) = &self.handler.returns {
            return plain_or_program(body, Env::default().with("x", value), site);
        }
        let Some(Spec { shows: true, native, .. }) = self.handler.native else {
            return Tree::End(End::Value(value));
        };
        let show = |(key, value): &(Key, Value)| match native {
            Native::Writer => value.clone(),
            _ => Value::List(vec![Value::Int(i64::from(*key)), value.clone()]),
        };
        let shown = self.entries.borrow().iter().map(show).collect();
        Tree::End(End::Value(Value::List(vec![value, Value::List(shown)])))
    }

    fn get(&self, key: Key) -> Option<Value> {
        self.entries.borrow().iter().find(|entry| entry.0 == key).map(|entry| entry.1.clone())
    }

    fn put(&self, key: Key, value: Value) {
        let mut entries = self.entries.borrow_mut();
        match entries.iter_mut().find(|entry| entry.0 == key) {
            Some(entry) => entry.1 = value,
            None => entries.push((key, value)),
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
            ClauseKind::Val | ClauseKind::Fun => {
                let end = plain_or_program(&clause.body, env, site);
                let answer: Rest = Box::new(move |answer| match answer {
                    Answer::Throw(error) => close(rest, End::Throw(error)),
                    Answer::Close => close(rest, End::Closed),
                    answer => rest(answer),
                });
                call(end, answer, site)
            }
            ClauseKind::Final => {
                let (body, site) = (clause.body.clone(), site.clone());
                then(close(rest, End::Value(Value::Nil)), move |end| match end {
                    End::Value(_) => plain_or_program(&body, env, &site),
                    end => Tree::End(end),
                })
            }
            ClauseKind::Ctl | ClauseKind::Raw => {
                let Body::Program(program) = &clause.body else { panic!("a ctl clause is a generator") };
                let k = site.world.keep(rest, effect.clone(), clause.kind == ClauseKind::Raw);
                let env = env.with("e", Value::Effect(effect)).with("k", Value::K(k));
                let inside = Site { clause: Some(k), ..site.clone() };
                let owned = (clause.kind == ClauseKind::Ctl).then_some(k);
                own(frame(code(&site.world, program, env), inside, false), owned, &site.world)
            }
        }
    }

    fn answer_natively(&self, native: Native, effect: Closure<Effect>, rest: Rest) -> Tree {
        let Closure(asked, env) = &effect;
        match (native, &**asked) {
            (Native::State, Effect::Get(key)) => rest(Answer::Next(self.get(*key).unwrap_or(Value::Nil))),
            (Native::State, Effect::Put(key, value)) => {
                self.put(*key, env.eval(value));
                rest(Answer::Next(Value::Nil))
            }
            (Native::State, Effect::Modify(key, change)) => {
                let old = self.get(*key).unwrap_or(Value::Nil);
                match change {
                    Change::Add(by) => self.put(*key, old.plus(&env.eval(by))),
                    Change::Throw(error) => return rest(Answer::Throw(env.eval(error))),
                }
                rest(Answer::Next(old))
            }
            (Native::Reader, Effect::Ask(key)) => match self.get(*key) {
                Some(value) => rest(Answer::Next(value)),
                None if self.layer => Tree::Perform(effect, rest),
                None => rest(Answer::Throw(Value::Fault(Fault::MissingEnvKey))),
            },
            (Native::Writer, Effect::Tell(message)) => {
                self.entries.borrow_mut().push((0, env.eval(message)));
                if self.layer { Tree::Perform(effect, rest) } else { rest(Answer::Next(Value::Nil)) }
            }
            (Native::Reader, Effect::Local(..)) | (Native::Writer, Effect::Listen(_)) | (Native::Try, Effect::Try(_)) => {
                rest(Answer::Granted(effect))
            }
            _ => Tree::Perform(effect, rest),
        }
    }
}

fn plain_or_program(body: &Body, env: Env, site: &Site) -> Tree {
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
fn own(tree: Tree, k: Option<usize>, world: &Rc<World>) -> Tree {
    let world = Rc::clone(world);
    let ended = then(tree, move |end| match k.map(|k| world.take(k)) {
        Some(Ok(rest)) => close(rest, end),
        _ => Tree::End(end),
    });
    then(ended, |end| match end {
        End::Jump(rest, answer) => rest(answer),
        End::Forward(rest, effect) => Tree::Perform(effect, rest),
        end => Tree::End(end),
    })
}

impl Site {
    /// The continuation and effect that the clause around here declines.
    fn declined(&self, other: Option<Closure<Effect>>) -> Result<(Rest, Closure<Effect>), Value> {
        let k = self.clause.ok_or(Value::Fault(Fault::NoHandlerContext))?;
        let own = self.world.rests.borrow()[k].1.clone();
        Ok((self.world.take(k)?, other.unwrap_or(own)))
    }
}

impl World {
    fn note(&self, event: &str) -> Tree {
        self.trace.borrow_mut().push(event.to_owned());
        Tree::End(End::Value(Value::Nil))
    }

    fn keep(&self, rest: Rest, effect: Closure<Effect>, outlives: bool) -> usize {
        let mut rests = self.rests.borrow_mut();
        rests.push((Some(rest), effect));
        if outlives {
            self.kept.borrow_mut().push(rests.len() - 1);
        }
        rests.len() - 1
    }

    fn take(&self, k: usize) -> Result<Rest, Value> {
        self.rests.borrow_mut()[k].0.take().ok_or(Value::Fault(Fault::OneShotViolation))
    }

    fn k(&self, k: &Value) -> Result<Rest, Value> {
        match k {
            Value::K(number) => self.take(*number),
            other => panic!("{other:?} is no continuation"),
        }
    }
}
