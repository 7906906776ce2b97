//! The places of the test host: every generator, value, key and handler that the machine's numbers stand for.
//!
//! Stricter than the real host: reading a place that was released, or filling one that is in use, fails the test, and
//! nothing may be left when a run is over.

use std::collections::HashMap;
use std::rc::Rc;

use doeff_vm_core::{GeneratorSlot, HandlerId, KeyId, Release, ValueSlot};

use crate::ast::{Handler, Key, Value};
use crate::generator::Generator;

#[derive(Default)]
pub(crate) struct Slots {
    generators: HashMap<GeneratorSlot, Generator>,
    /// The continuation that the clause in a place was given; still there when its generator has just ended.
    origins: HashMap<GeneratorSlot, usize>,
    values: HashMap<ValueSlot, Value>,
    key_numbers: HashMap<Key, KeyId>,
    keys: HashMap<KeyId, Key>,
    handlers: HashMap<HandlerId, Rc<Handler>>,
    handler_numbers: HashMap<*const Handler, HandlerId>,
}

impl Slots {
    /// Puts a generator, and the continuation its clause was given, into a free place.
    pub(crate) fn begin(&mut self, slot: GeneratorSlot, generator: Generator, k: Option<usize>) {
        let old = self.generators.insert(slot, generator);
        assert!(old.is_none(), "{slot:?} was given out while in use");
        match k {
            Some(k) => self.origins.insert(slot, k),
            None => self.origins.remove(&slot),
        };
    }

    pub(crate) fn generator(&mut self, slot: GeneratorSlot) -> &mut Generator {
        self.generators.get_mut(&slot).expect("the machine names a living generator")
    }

    /// The continuation of the clause in this place, if it is one's.
    pub(crate) fn origin(&self, slot: GeneratorSlot) -> Option<usize> {
        self.origins.get(&slot).copied()
    }

    /// The generator ended.
    pub(crate) fn end(&mut self, slot: GeneratorSlot) {
        self.generators.remove(&slot).expect("a generator ends once");
    }

    pub(crate) fn value(&self, slot: ValueSlot) -> Value {
        if slot == ValueSlot::UNDEFINED {
            return Value::Nil;
        }
        self.values.get(&slot).expect("the machine names a kept value").clone()
    }

    pub(crate) fn keep(&mut self, slot: ValueSlot, value: Value) {
        assert_ne!(slot, ValueSlot::UNDEFINED, "the place of no value is never written");
        self.values.insert(slot, value);
    }

    pub(crate) fn key_number(&self, key: Key) -> Option<KeyId> {
        self.key_numbers.get(&key).copied()
    }

    pub(crate) fn add_key(&mut self, key: Key, number: KeyId) {
        let old = (self.key_numbers.insert(key, number), self.keys.insert(number, key));
        assert_eq!(old, (None, None), "a key has one number at a time");
    }

    pub(crate) fn key(&self, number: KeyId) -> Key {
        self.keys[&number]
    }

    pub(crate) fn handler_number(&self, handler: &Rc<Handler>) -> Option<HandlerId> {
        self.handler_numbers.get(&Rc::as_ptr(handler)).copied()
    }

    pub(crate) fn add_handler(&mut self, handler: &Rc<Handler>, number: HandlerId) {
        self.handler_numbers.insert(Rc::as_ptr(handler), number);
        self.place_handler(handler, number);
    }

    /// Puts a handler behind a number that only one installation uses.
    pub(crate) fn place_handler(&mut self, handler: &Rc<Handler>, number: HandlerId) {
        let old = self.handlers.insert(number, Rc::clone(handler));
        assert!(old.is_none(), "{number:?} was given out while in use");
    }

    /// The handler behind a number; the layer of a `Listen` or `Local` has none.
    pub(crate) fn handler(&self, number: HandlerId) -> Option<&Rc<Handler>> {
        self.handlers.get(&number)
    }

    pub(crate) fn release(&mut self, release: Release) {
        match release {
            Release::Value(slot) | Release::Forgotten(slot) => {
                self.values.remove(&slot).expect("a kept value is released once");
            }
            Release::Key(number) => {
                let key = self.keys.remove(&number).expect("a key is released once");
                self.key_numbers.remove(&key);
            }
            Release::Handler(number) => {
                if let Some(handler) = self.handlers.remove(&number) {
                    self.handler_numbers.retain(|&known, &mut own| own != number || known != Rc::as_ptr(&handler));
                }
            }
        }
    }

    /// How much is kept: generators, values, keys, handlers.
    pub(crate) fn counts(&self) -> [usize; 4] {
        assert_eq!(self.keys.len(), self.key_numbers.len(), "keys and their numbers go together");
        [self.generators.len(), self.values.len(), self.keys.len(), self.handlers.len()]
    }
}
