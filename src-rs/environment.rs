//! One JavaScript environment (the main thread or a worker): its machines by number, and the turn over its mailbox.
//!
//! Nothing is shared between environments. A panic poisons the machine it happened in and no other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use doeff_vm_core::Vm;

use crate::codec::{catch_up, decode, encode_stats, turn};
use crate::mailbox::Words;
use crate::protocol::{code, flag, op, word};

enum Place {
    Free,
    Live(Box<Vm>),
    Poisoned,
}

pub(crate) struct Environment {
    words: Words,
    machines: Vec<Place>,
}

impl Environment {
    pub(crate) fn new(words: Words) -> Self {
        Self { words, machines: Vec::new() }
    }

    /// Carries out the command in the mailbox. Never unwinds.
    pub(crate) fn turn(&mut self) {
        let number = self.words.get(word::VM) as usize;
        let result = catch_unwind(AssertUnwindSafe(|| self.obey(number)));
        if let Err(panic) = result {
            if let Some(place) = self.machines.get_mut(number) {
                *place = Place::Poisoned;
            }
            self.answer(code::POISONED, 0);
            self.words.set_listing(message_of(panic.as_ref()).into_iter());
        }
    }

    fn obey(&mut self, number: usize) {
        match self.words.get(word::OP) {
            op::OPEN => return self.open(),
            op::CLOSE => return self.close(number),
            _ => {}
        }
        let vm = match self.machines.get_mut(number) {
            Some(Place::Live(vm)) => vm,
            Some(Place::Poisoned) => {
                self.words.set_listing(std::iter::empty());
                return self.answer(code::POISONED, 0);
            }
            Some(Place::Free) | None => return self.answer(code::NO_SUCH_VM, 0),
        };
        let captured = catch_up(vm, &self.words);
        match decode(&self.words, captured) {
            Some(command) => turn(vm, command, captured, &self.words),
            None => self.obey_fence(number, captured.is_some()),
        }
    }

    /// The fence's own commands to a machine.
    fn obey_fence(&self, number: usize, captured: bool) {
        let Some(Place::Live(vm)) = self.machines.get(number) else { return };
        match self.words.get(word::OP) {
            op::CATCH_UP => self.answer(code::READY, 0),
            op::STATS => encode_stats(vm, &self.words),
            #[cfg(feature = "test-hooks")]
            op::PANIC => panic!("a panic asked for by a test"),
            _ => self.answer(code::MALFORMED, 0),
        }
        if captured {
            self.words.set(word::FLAGS, flag::CAPTURED);
        }
    }

    fn open(&mut self) {
        let free = self.machines.iter().position(|place| matches!(place, Place::Free));
        let number = free.unwrap_or_else(|| {
            self.machines.push(Place::Free);
            self.machines.len() - 1
        });
        self.machines[number] = Place::Live(Box::default());
        self.answer(code::OPENED, u32::try_from(number).expect("fewer than 2^32 machines"));
    }

    fn close(&mut self, number: usize) {
        if let Some(place) = self.machines.get_mut(number) {
            *place = Place::Free;
        }
        self.answer(code::READY, 0);
    }

    fn answer(&self, code: u32, operand: u32) {
        self.words.set(word::CODE, code);
        self.words.set(word::FLAGS, 0);
        self.words.set(word::X, operand);
    }
}

/// The panic's message, one character a word.
fn message_of(panic: &(dyn Any + Send)) -> Vec<u32> {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").chars().map(u32::from).collect()
}
