//! What a scheduler does with each of its effects, as the reference interpreter understands it.

use std::rc::Rc;

use doeff_vm_core::{Fault, Priority};

use super::tasks::{Scheduler, Waiting, Wake};
use super::waiting::{Permits, answer_of};
use super::{Answer, End, Rest, Tree, start};
use crate::ast::{Closure, Effect, Env, Program, Value};
use crate::scheduling::{NO_WAITABLE, SETTLED_BEFORE, Scheduling, Subject};

impl Scheduler {
    pub(super) fn answer(self: &Rc<Self>, asked: &Scheduling, effect: &Closure<Effect>, rest: Rest) -> Tree {
        let (world, env) = (Rc::clone(&self.site.world), &effect.1);
        let shared = &world.shared;
        let may_suspend = matches!(
            asked,
            Scheduling::Wait(_)
                | Scheduling::Gather(_)
                | Scheduling::Race(_)
                | Scheduling::Yield
                | Scheduling::Acquire(_)
        );
        if may_suspend || matches!(asked, Scheduling::Spawn { .. } | Scheduling::Release(_)) {
            // It matters which task performs it. What is inside of the task, and not a task of this scheduler, goes along.
            self.fork();
            rest.schedulers.iter().rev().for_each(Self::fork);
        }
        let id = self.running_task().1;
        if may_suspend && let Some(target) = self.own_target(&rest) {
            return self.unwind(rest, target);
        }
        let (waitables, semaphore) = match effect.subject() {
            Some(Subject::Waitables(numbers)) => (numbers, 0),
            Some(Subject::Semaphore(number)) => (Vec::new(), number),
            _ => (Vec::new(), 0),
        };
        let (settled, waiting) = match asked {
            Scheduling::Spawn { program, priority, .. } => return self.spawn(program, *priority, env, rest),
            Scheduling::Yield => {
                self.wake(id, Wake::Answer(Answer::Next(Value::Nil)));
                return self.park(id, rest, Waiting::Nothing);
            }
            Scheduling::Wait(_) => (shared.result(waitables[0]), Waiting::Nothing),
            Scheduling::Gather(_) => (shared.all(&waitables), Waiting::All(waitables.clone())),
            Scheduling::Race(_) => (shared.first(&waitables), Waiting::First(waitables.clone())),
            Scheduling::Acquire(_) if !shared.acquire(semaphore, self, id) => (None, Waiting::Nothing),
            asked => (Some(self.answer_at_once(id, asked, env, &waitables, semaphore)), Waiting::Nothing),
        };
        if let Some(settled) = settled {
            return self.go(rest.go_on(answer_of(settled)));
        }
        for number in waitables {
            let waited = &mut shared.waited.borrow_mut()[number];
            if waited.result.is_none() {
                waited.waiters.push((Rc::clone(self), id));
            }
        }
        self.park(id, rest, waiting)
    }

    fn answer_at_once(
        self: &Rc<Self>,
        id: usize,
        asked: &Scheduling,
        env: &Env,
        waitables: &[usize],
        semaphore: usize,
    ) -> Result<Value, Value> {
        let shared = &self.site.world.shared;
        let result = match asked {
            Scheduling::Cancel(_) => {
                let task = self.site.world.spawned.borrow().get(&waitables[0]).cloned();
                if let Some((scheduler, task)) = task {
                    scheduler.cancel(task);
                }
                return Ok(Value::Nil);
            }
            Scheduling::CreatePromise => return Ok(Value::Waitable(shared.add(false, None))),
            Scheduling::CreateExternal(outside) => {
                return Ok(Value::Waitable(shared.add(false, Some(env.close(outside)))));
            }
            Scheduling::CreateSemaphore(most) => {
                let mut semaphores = shared.semaphores.borrow_mut();
                semaphores.push(Permits { most: *most, free: *most, waiters: Vec::new(), holders: Vec::new() });
                return Ok(Value::Semaphore(semaphores.len() - 1));
            }
            Scheduling::Release(_) if !shared.release(semaphore, self, id) => {
                return Err(Value::Fault(Fault::TooManyPermits));
            }
            Scheduling::Complete { value, .. } => Ok(env.eval(value)),
            Scheduling::Fail { error, .. } => Err(env.eval(error)),
            _ => return Ok(Value::Nil),
        };
        let (is_promise, is_settled) = {
            let own = &shared.waited.borrow()[waitables[0]];
            (!own.is_task && own.outside.is_none(), own.result.is_some())
        };
        match (is_promise, is_settled) {
            (false, _) => Err(NO_WAITABLE.into()),
            (true, true) => Err(SETTLED_BEFORE.into()),
            (true, false) => {
                shared.settle(waitables[0], &result);
                Ok(Value::Nil)
            }
        }
    }

    fn spawn(self: &Rc<Self>, program: &Program, priority: Priority, env: &Env, rest: Rest) -> Tree {
        if self.is_full() {
            return self.go(rest.go_on(Answer::Throw(Value::Fault(Fault::TooManyTasks))));
        }
        let (handlers, own) = (rest.handlers.clone(), Rc::clone(self));
        let (program, env) = (program.clone(), env.clone());
        let child = Rest::new(move |answer| {
            if matches!(answer, Answer::Close) {
                return Tree::End(End::Closed);
            }
            own.inheriting(&handlers, start(&program, env, &own.site))
        });
        let number = self.site.world.shared.add(true, None);
        let id = self.add(Some(number), priority, Some(child));
        self.site.world.spawned.borrow_mut().insert(number, (Rc::clone(self), id));
        self.wake(id, Wake::Answer(Answer::Next(Value::Nil)));
        if let Some(scope) = self.collecting(&rest.marks) {
            self.join_scope(scope, id);
        }
        self.go(rest.go_on(Answer::Next(Value::Waitable(number))))
    }
}
