//! Stores, as the test host sees them: it keeps the values and knows the keys, the machine knows which is where.

use doeff_vm_core::{Command, HandlerId, Instruction, KeyId, Native, StoreId, ValueSlot};

use crate::ast::{Change, Closure, Effect, Key, Value};
use crate::generator::Input;
use crate::host::{Host, Todo};

impl Host {
    pub(crate) fn keep(&mut self, value: ValueSlot, new_key: Option<KeyId>) -> Todo {
        let effect = self.effect();
        if let (Some(number), Effect::Put(key, _)) = (new_key, &*effect.0) {
            self.slots.add_key(*key, number);
        }
        self.slots.keep(value, effect.payload());
        Todo::Step(Input::Next(Value::Nil))
    }

    /// The result of the effect's function.
    fn change(&self, old: &Value) -> (Key, Result<Value, Value>) {
        let Closure(effect, env) = self.effect();
        match &*effect {
            Effect::Modify(key, Change::Add(by)) => (*key, Ok(old.plus(&env.eval(by)))),
            Effect::Modify(key, Change::Throw(error)) => (*key, Err(env.eval(error))),
            other => panic!("{other:?} changes nothing"),
        }
    }

    pub(crate) fn modify(&mut self, slot: ValueSlot) -> Todo {
        let old = self.slots.value(slot);
        match self.change(&old).1 {
            Ok(new) => self.slots.keep(slot, new),
            Err(error) => return Todo::Step(Input::Throw(error)),
        }
        Todo::Step(Input::Next(old))
    }

    pub(crate) fn modify_absent(&mut self, store: StoreId) -> Todo {
        match self.change(&Value::Nil) {
            (key, Ok(new)) => self.write(store, key, new),
            (_, Err(error)) => return Todo::Step(Input::Throw(error)),
        }
        Todo::Step(Input::Next(Value::Nil))
    }

    pub(crate) fn seed(&mut self, store: StoreId, _layer: HandlerId) -> Todo {
        let Closure(effect, env) = self.effect();
        let Effect::Local(bindings, program) = &*effect else { panic!("only Local seeds a store") };
        for (key, value) in bindings {
            self.write(store, *key, env.eval(value));
        }
        self.enter(program, env)
    }

    pub(crate) fn show_store(&mut self, handler: HandlerId, store: StoreId) -> Todo {
        let entries = self.entries(store);
        let is_log = self
            .slots
            .handler(handler)
            .is_none_or(|known| known.native.as_ref().is_some_and(|spec| spec.native == Native::Writer));
        let shown = entries.into_iter().map(|(key, value)| match key {
            Some(key) if !is_log => Value::List(vec![Value::Int(i64::from(key)), value]),
            _ => value,
        });
        let shown = Value::List(shown.collect());
        self.leave(Ok(Value::List(vec![self.register.clone(), shown])))
    }

    /// Defines a built-in handler over a store that lives as long as the machine.
    pub(crate) fn define_native(&mut self, native: Native) -> (HandlerId, StoreId) {
        match self.send(Command::DefineNative { native }) {
            Instruction::Defined { handler, store } => (handler, store.expect("it has a store")),
            other => panic!("{other:?} defines nothing"),
        }
    }

    pub(crate) fn write(&mut self, store: StoreId, key: Key, value: Value) {
        let number = self.slots.key_number(key);
        let Instruction::Keep { value: slot, new_key } = self.send(Command::Write { store, key: number }) else {
            panic!("a store keeps what is written")
        };
        if let Some(new) = new_key {
            self.slots.add_key(key, new);
        }
        self.slots.keep(slot, value);
    }

    pub(crate) fn entries(&mut self, store: StoreId) -> Vec<(Option<Key>, Value)> {
        let mut entries = Vec::new();
        loop {
            let from = u32::try_from(entries.len()).expect("a script's store is small");
            let Instruction::Listed { more } = self.send(Command::Entries { store, from }) else {
                panic!("a store lists its entries")
            };
            for pair in self.vm.listing().chunks(2) {
                let key = KeyId::from_word(pair[0]).map(|number| self.slots.key(number));
                let slot = ValueSlot::from_word(pair[1]).expect("an entry has a value");
                entries.push((key, self.slots.value(slot)));
            }
            if !more {
                return entries;
            }
        }
    }
}
