//! The built-in handlers, as the reference interpreter understands them.

use doeff_vm_core::{Fault, Native};

use super::handling::{Installed, under};
use super::world::Site;
use super::{Answer, End, Rest, Tree, call, follow, start};
use crate::ast::{Change, Closure, Effect, Key, Value};

impl Installed {
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

    /// The store as a value.
    pub(super) fn show(&self, native: Native) -> Value {
        let show = |(key, value): &(Key, Value)| match native {
            Native::Writer => value.clone(),
            _ => Value::List(vec![Value::Int(i64::from(*key)), value.clone()]),
        };
        Value::List(self.entries.borrow().iter().map(show).collect())
    }

    pub(super) fn answer_natively(&self, native: Native, effect: Closure<Effect>, rest: Rest) -> Tree {
        let Closure(asked, env) = &effect;
        match (native, &**asked) {
            (Native::State, Effect::Get(key)) => rest.go_on(Answer::Next(self.get(*key).unwrap_or(Value::Nil))),
            (Native::State, Effect::Put(key, value)) => {
                self.put(*key, env.eval(value));
                rest.go_on(Answer::Next(Value::Nil))
            }
            (Native::State, Effect::Modify(key, change)) => {
                let old = self.get(*key).unwrap_or(Value::Nil);
                match change {
                    Change::Add(by) => self.put(*key, old.plus(&env.eval(by))),
                    Change::Throw(error) => return rest.go_on(Answer::Throw(env.eval(error))),
                }
                rest.go_on(Answer::Next(old))
            }
            (Native::Reader, Effect::Ask(key)) => match self.get(*key) {
                Some(value) => rest.go_on(Answer::Next(value)),
                None if self.layer => Tree::Perform(effect, rest),
                None => rest.go_on(Answer::Throw(Value::Fault(Fault::MissingEnvKey))),
            },
            (Native::Writer, Effect::Tell(message)) => {
                self.entries.borrow_mut().push((0, env.eval(message)));
                if self.layer { Tree::Perform(effect, rest) } else { rest.go_on(Answer::Next(Value::Nil)) }
            }
            (Native::Reader, Effect::Local(..))
            | (Native::Writer, Effect::Listen(_))
            | (Native::Try, Effect::Try(_)) => rest.go_on(Answer::Granted(effect)),
            _ => Tree::Perform(effect, rest),
        }
    }
}

/// The performer of an effect with a program runs it where it stands.
pub(super) fn grant(Closure(effect, env): &Closure<Effect>, rest: Rest, site: &Site) -> Tree {
    match &**effect {
        Effect::Local(bindings, program) => {
            let entries = bindings.iter().map(|(key, value)| (*key, env.eval(value))).collect();
            under(&Installed::layer(Native::Reader, entries, &site.world), program, env, rest, site)
        }
        Effect::Listen(program) => {
            under(&Installed::layer(Native::Writer, Vec::new(), &site.world), program, env, rest, site)
        }
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
