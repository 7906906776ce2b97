//! What a handler means: a function from the tree of its body to another one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use doeff_vm_core::{ClauseKind, Native};

use super::forms::Request;
use super::regions::{Leave, Mark};
use super::tasks::Scheduler;
use super::tree::{close_on_the_way, unwind_below};
use super::world::{Site, World};
use super::{Answer, End, Rest, Tree, call, close, follow, frame, start, then};
use crate::ast::{Body, Closure, Effect, Env, Handler, Key, Program, Spec, Value};
use crate::generator::{Generator, Input};

/// A handler as installed once.
pub(super) struct Installed {
    handler: Rc<Handler>,
    pub(super) entries: Rc<RefCell<Vec<(Key, Value)>>>,
    /// Tells it from others; tasks that inherit it know it by the same number.
    number: usize,
    /// The scheduler of the task that has it from where it was spawned: results are not mapped.
    inherited: Option<Rc<Scheduler>>,
    /// That task, once a continuation was taken that this is a part of: it may be closed elsewhere.
    home: Cell<Option<usize>>,
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
    let tree = match tree {
        Tree::End(End::Value(value)) if !doomed => return own.result(value, site),
        Tree::End(End::Closed) if !doomed && !site.closing => return own.result(Value::Nil, site),
        Tree::End(End::Value(_)) => return Tree::End(End::Closed),
        Tree::End(end) => return Tree::End(end),
        tree => tree,
    };
    let tree = tree.with_rest(move |rest, answer| {
        let doomed = doomed || matches!(answer, Answer::Close);
        handle(&own, rest.go_on(answer), &outside, doomed)
    });
    let tree = tree.map_rest(|mut rest| {
        rest.handlers.push(Rc::clone(installed));
        rest
    });
    match tree {
        Tree::Perform(effect, rest) => {
            installed.answer(effect, rest, &Site { closing: site.closing || doomed, ..site.clone() }, doomed)
        }
        Tree::Ask(Request::Final(number, effect), rest) if number == installed.number => {
            installed.answer(effect, rest, &Site { closing: site.closing || doomed, ..site.clone() }, doomed)
        }
        Tree::Ask(Request::LeaveTo(number, result), rest) if number == installed.number => {
            leave_at_end(close(rest, result.map_or_else(End::Throw, End::Value)), installed.escapes(doomed))
        }
        tree => tree,
    }
}

impl Installed {
    pub(super) fn new(handler: &Rc<Handler>, world: &World) -> Rc<Self> {
        let entries = handler.native.iter().flat_map(|spec| spec.entries.clone()).collect();
        let (entries, number) = (Rc::new(RefCell::new(entries)), world.count_handler());
        Rc::new(Self {
            handler: Rc::clone(handler),
            entries,
            number,
            inherited: None,
            home: Cell::new(None),
            layer: false,
        })
    }

    pub(super) fn layer(native: Native, entries: Vec<(Key, Value)>, world: &World) -> Rc<Self> {
        let spec = Spec { native, entries: Vec::new(), shows: native == Native::Writer, bound: None };
        let handler = Rc::new(Handler { native: Some(spec), ..Handler::default() });
        let (entries, number) = (Rc::new(RefCell::new(entries)), world.count_handler());
        Rc::new(Self { handler, entries, number, inherited: None, home: Cell::new(None), layer: true })
    }

    /// As a task has it that is spawned inside.
    pub(super) fn inherited(&self, scheduler: &Rc<Scheduler>) -> Rc<Self> {
        let (handler, entries) = (Rc::clone(&self.handler), Rc::clone(&self.entries));
        let inherited = Some(Rc::clone(scheduler));
        Rc::new(Self { handler, entries, number: self.number, inherited, home: Cell::new(None), layer: self.layer })
    }

    /// The scheduler of the task that has inherited it, unless it was moved out of there.
    fn inheritor(&self) -> Option<&Rc<Scheduler>> {
        let is_home = |scheduler: &&Rc<Scheduler>| self.home.get().is_none_or(|home| scheduler.runs(home));
        self.inherited.as_ref().filter(is_home)
    }

    /// A continuation is taken that this is a part of.
    fn note_home(&self) {
        if let (Some(scheduler), None) = (&self.inherited, self.home.get()) {
            self.home.set(Some(scheduler.running_task().1));
        }
    }

    /// The body returned a value.
    fn result(&self, value: Value, site: &Site) -> Tree {
        if self.inherited.is_some() {
            return Tree::End(End::Value(value));
        }
        match (&self.handler.returns, &self.handler.native) {
            (Some(body), _) => run(body, Env::default().with("x", value), site),
            (None, Some(spec)) if spec.shows => Tree::End(End::Value(Value::List(vec![value, self.show(spec.native)]))),
            (None, _) => Tree::End(End::Value(value)),
        }
    }

    /// What becomes of an effect performed inside; `rest` includes this handler.
    fn answer(&self, effect: Closure<Effect>, rest: Rest, site: &Site, doomed: bool) -> Tree {
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
                // The program runs on top of the performer, and is no clause.
                let tree = run(&clause.body, env, &Site { clause: None, ..site.clone() });
                call(tree, rest, site)
            }
            ClauseKind::Final => {
                self.tell_from_parents(&rest);
                self.end_body(effect, &clause.body, env, rest, site, doomed)
            }
            ClauseKind::Ctl | ClauseKind::Raw => {
                self.tell_from_parents(&rest);
                let Body::Program(program) = &clause.body else { panic!("a ctl clause is a generator") };
                for handler in &rest.handlers {
                    handler.note_home();
                }
                let across = self.inheritor().is_some();
                // Over the border of a task nobody but the clause can resume it.
                let keeps = clause.kind == ClauseKind::Raw && !across;
                let k = site.world.keep(rest, effect.clone(), keeps, across);
                let env = env.with("e", Value::Effect(effect)).with("k", Value::K(k));
                let inside = Site { clause: Some(k), own: Some(k), ..site.clone() };
                let tree = frame(Generator::new(program, env), Input::Next(Value::Nil), &inside, false);
                self.own(tree, k, keeps, &inside, doomed)
            }
        }
    }

    /// Children in place that the effect came out of become tasks.
    fn tell_from_parents(&self, rest: &Rest) {
        for scheduler in self.inheritor().into_iter().chain(rest.schedulers.iter().rev()) {
            scheduler.fork();
        }
    }

    /// A `final` clause has taken the effect.
    fn end_body(&self, effect: Closure<Effect>, body: &Body, env: Env, rest: Rest, site: &Site, doomed: bool) -> Tree {
        if let Some(scheduler) = self.inheritor()
            && scheduler.tell_form(|| Leave::Final(self.number, effect)).is_some()
        {
            return if doomed { close_on_the_way(rest, End::Closed) } else { Tree::Ask(Request::Leave, rest) };
        }
        let (body, site) = (body.clone(), site.clone());
        let escapes = self.escapes(doomed);
        then(close(rest, End::Value(Value::Nil)), move |end| match end {
            End::Value(_) => leave_at_end(run(&body, env, &site), escapes),
            end => Tree::End(end),
        })
    }

    /// A clause: a `k` that it owns and has not used is closed when it ends.
    fn own(&self, tree: Tree, k: usize, keeps: bool, site: &Site, doomed: bool) -> Tree {
        let world = Rc::clone(&site.world);
        let tree = if keeps { tree } else { hold(tree, k, &world) };
        let escapes = self.escapes(doomed);
        follow(tree, false, move |end, closed| {
            let escapes = escapes.filter(|_| !closed);
            let end = match end {
                End::Jump(number, rest, answer) if number == k => return rest.go_on(answer),
                end => end,
            };
            let unused = if keeps { None } else { world.take_for_clause(k).ok() };
            let ended = match unused {
                Some(rest) => close(rest, end),
                None => Tree::End(end),
            };
            follow(ended, false, move |end, closed| {
                let escapes = escapes.filter(|_| !closed);
                match end {
                    End::Jump(_, rest, answer) => leave_at_end(rest.go_on(answer), escapes),
                    End::Forward(rest, effect) => Tree::Perform(effect, rest),
                    end => leave(escapes.as_ref(), end),
                }
            })
        })
    }

    /// The scheduler of the task that a clause leaves, and the handler's number. A clause that answers for the sake of its
    /// body's own end does not leave.
    fn escapes(&self, doomed: bool) -> Option<(Rc<Scheduler>, usize)> {
        self.inheritor().cloned().filter(|_| !doomed).map(|scheduler| (scheduler, self.number))
    }
}

/// A clause has ended: one of an inherited handler leaves the task.
fn leave(escapes: Option<&(Rc<Scheduler>, usize)>, end: End) -> Tree {
    match escapes {
        Some((scheduler, number)) => scheduler.leave(*number, end),
        None => Tree::End(end),
    }
}

/// As [`leave`], once the tree has ended, unless it was closed.
fn leave_at_end(tree: Tree, escapes: Option<(Rc<Scheduler>, usize)>) -> Tree {
    follow(tree, false, move |end, closed| leave(escapes.filter(|_| !closed).as_ref(), end))
}

/// A clause that owns `k` is inside of what is around the performer.
fn hold(tree: Tree, k: usize, world: &Rc<World>) -> Tree {
    let own = Rc::clone(world);
    let tree = tree.with_rest(move |rest, answer| match answer {
        Answer::Unwind(target, failure) if !own.holds(&rest.marks, &target) => {
            let performer = own.take_for_clause(k).expect("the target is in the continuation");
            let back = Rest::new(move |answer| Tree::End(End::Jump(k, performer, answer)));
            unwind_below(rest, back, target, failure)
        }
        answer => hold(rest.go_on(answer), k, &own),
    });
    tree.map_rest(|rest| rest.marked(Mark::Clause(k)))
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
