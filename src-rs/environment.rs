//! One JavaScript environment (the main thread or a worker): its machines by number, and the turn over its mailbox.
//!
//! Nothing is shared between environments. A panic poisons the machine it happened in and no other.

use std::num::NonZeroU32;
use std::rc::Rc;

use doeff_vm_core::{Command, Stamps, Vm};

use crate::codec::{decode, encode_stats, turn};
use crate::fence::Fence;
use crate::journal::{self, catch_up};
use crate::protocol::{code, op, word};
use crate::published;
use crate::words::Words;

enum Place {
    Free,
    Live(Box<Vm>),
    Poisoned,
}

pub(crate) struct Environment {
    fence: Rc<Fence>,
    words: Words,
    machines: Vec<Place>,
    stamps: Stamps,
}

impl Environment {
    pub(crate) fn new(words: Words) -> Self {
        Self { fence: Fence::of_this_thread(), words, machines: Vec::new(), stamps: Stamps::default() }
    }

    /// Carries out the command in the mailbox. Never unwinds.
    pub(crate) fn turn(&mut self) {
        let number = self.words.get(word::VM) as usize;
        let fence = Rc::clone(&self.fence);
        if let Err(text) = fence.guard(|| self.obey(number)) {
            drop(self.poison(number, &text));
        }
    }

    /// Poisons the machine of a turn that trapped, and says so in the words. Gives whether a turn was under way: the stack
    /// may have ended before it began.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn after_trap(&mut self) -> bool {
        let Some(text) = self.fence.after_trap() else { return false };
        let number = self.words.get(word::VM) as usize;
        // A trap may have left the machine half changed: to drop it could trap again, so it is left where it lies.
        std::mem::forget(self.poison(number, &text));
        true
    }

    /// Poisons a machine, and says why in the words. Gives what it was.
    fn poison(&mut self, number: usize, text: &str) -> Option<Place> {
        // Who opens a machine has none yet, and names any.
        let is_opening = self.words.get(word::OP) == op::OPEN;
        let place = if is_opening { None } else { self.machines.get_mut(number) };
        let before = place.map(|place| std::mem::replace(place, Place::Poisoned));
        self.answer(code::POISONED, 0);
        // One character a word.
        self.words.set_listing(text.chars().map(u32::from));
        before
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
        // These are no matter of the chain: what is ahead may stay so.
        match self.words.get(word::OP) {
            op::LEASE => return turn(vm, Command::Lease, 0, &self.words),
            op::PUBLISH => {
                published::publish_here(vm, &mut self.stamps, &self.words);
                return answer(&self.words, code::READY, 0);
            }
            _ => {}
        }
        let told = catch_up(vm, &self.words);
        match decode(&self.words) {
            Some(command) => {
                #[cfg(debug_assertions)]
                published::check(vm, &command, &mut self.stamps, &self.words);
                published::publish(vm, &command, &mut self.stamps, &self.words);
                turn(vm, command, told, &self.words);
                if let Command::Clear { .. } = command {
                    published::drop_entries(&self.words);
                }
            }
            None => obey_fence(vm, told, &self.words),
        }
        self.words.set(word::SCOPE, vm.scope_stamp().map_or(0, NonZeroU32::get));
        self.words.set(word::BUDGET, vm.budget());
        self.words.set(word::UNTOLD, u32::from(vm.has_untold_releases()));
        journal::answer(vm, &self.words);
        if self.stamps.are_used_up() {
            self.renew_stamps();
        }
    }

    /// Every stamp was given out once: all answers kept under them are dropped, and they are given out again.
    fn renew_stamps(&mut self) {
        for place in &mut self.machines {
            if let Place::Live(vm) = place {
                vm.forget_stamps();
            }
        }
        published::drop_all(&self.words);
        self.words.set(word::SCOPE, 0);
        self.stamps = Stamps::default();
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
        answer(&self.words, code, operand);
        // Nothing of another machine's may be taken for this one's.
        for at in [word::SCOPE, word::BELOW_COUNT, word::UNTOLD, word::SPAWNS, word::RUNNING, word::READY] {
            self.words.set(at, 0);
        }
        for at in [word::INHERITS, word::IN_PLACE, word::CHILDREN] {
            self.words.set(at, 0);
        }
    }
}

/// The fence's own commands to a machine.
fn obey_fence(vm: &Vm, told: u32, words: &Words) {
    match words.get(word::OP) {
        op::CATCH_UP => answer(words, code::READY, 0),
        op::STATS => encode_stats(vm, words),
        #[cfg(feature = "test-hooks")]
        op::PANIC => panic!("a panic asked for by a test"),
        _ => answer(words, code::MALFORMED, 0),
    }
    words.set(word::FLAGS, told);
}

fn answer(words: &Words, code: u32, operand: u32) {
    words.set(word::CODE, code);
    words.set(word::FLAGS, 0);
    words.set(word::X, operand);
}

#[cfg(test)]
mod tests {
    use doeff_vm_core::{ClauseKind, EffectType, Stamps};

    use super::Environment;
    use crate::protocol::{op, word};
    use crate::words::Words;

    /// Sends a command; gives the first operand of the outcome.
    fn send(environment: &mut Environment, op: u32, operands: [u32; 3]) -> u32 {
        let words = &environment.words;
        words.set(word::OP, op);
        for (operand, at) in operands.into_iter().zip(word::A..) {
            words.set(at, operand);
        }
        environment.turn();
        environment.words.get(word::X)
    }

    /// A program runs under a handler with one clause.
    fn running() -> Environment {
        let mut environment = Environment::new(Words::leaked());
        send(&mut environment, op::OPEN, [0; 3]);
        let handler = send(&mut environment, op::DEFINE_HANDLER, [0; 3]);
        let clause = [handler, EffectType::FIRST_FREE, ClauseKind::Fun as u32];
        send(&mut environment, op::DEFINE_CLAUSE, clause);
        send(&mut environment, op::START, [0; 3]);
        send(&mut environment, op::INSTALL, [handler, 0, 0]);
        send(&mut environment, op::CALL, [0; 3]);
        environment
    }

    fn published(environment: &Environment) -> usize {
        (word::CELLS..word::JOURNAL).filter(|&at| environment.words.get(at) != 0).count()
    }

    #[test]
    fn what_was_asked_for_is_published_for_the_scope_that_the_outcome_names() {
        let mut environment = running();
        assert_eq!(environment.words.get(word::SCOPE), 0, "nothing was asked for yet");
        send(&mut environment, op::PERFORM_LATE, [EffectType::FIRST_FREE, 0, 0]);
        assert_ne!(environment.words.get(word::SCOPE), 0);
        assert_ne!(published(&environment), 0);
        send(&mut environment, op::OPEN, [0; 3]);
        assert_eq!(environment.words.get(word::SCOPE), 0, "a new machine is in no scope");
    }

    #[test]
    fn when_all_stamps_were_given_out_everything_under_them_is_dropped() {
        let mut environment = running();
        environment.stamps = Stamps::after(i32::MAX.unsigned_abs() - 5);
        send(&mut environment, op::PERFORM_LATE, [EffectType::FIRST_FREE, 0, 0]);
        assert_eq!((environment.words.get(word::SCOPE), published(&environment)), (0, 0));
        send(&mut environment, op::PERFORM_LATE, [EffectType::FIRST_FREE, 0, 0]);
        assert_eq!(environment.words.get(word::SCOPE), 1, "they are given out again");
    }
}
