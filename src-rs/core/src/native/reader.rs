//! Reader: `Ask` looks its key up; `Local` installs a layer of bindings around its program.
//!
//! A layer that does not bind the asked key declines, and the search goes on outside of it, as for any handler. So the
//! bindings hold exactly where the program runs, through capture and resume, and are gone on every exit.

use crate::command::Native;
use crate::error::Fault;
use crate::handler::{Answer, Resolution};
use crate::id::{EffectType, KeyId};
use crate::outcome::Instruction;
use crate::turn::Step;
use crate::vm::Vm;

pub(crate) fn answer(vm: &mut Vm, found: Resolution, effect: EffectType, key: Option<KeyId>) -> Step {
    if effect == EffectType::LOCAL {
        let (handler, store) = vm.with_store(Native::Reader, true, false);
        let store = store.expect("a Reader handler has a store (I6)");
        return vm.ask(Instruction::Seed { store, handler });
    }
    ask(vm, found, effect, key)
}

/// Looks the key up from layer to layer. O(layers that lack the key).
fn ask(vm: &mut Vm, mut found: Resolution, effect: EffectType, key: Option<KeyId>) -> Step {
    loop {
        let Answer::Native { native: Native::Reader, store, layer } = found.answer else {
            return vm.answer(found, effect, key);
        };
        let store = store.expect("a Reader handler has a store (I6)");
        if let Some(value) = key.and_then(|key| vm.stores.store(store).get(key)) {
            return vm.ask(Instruction::Load(value));
        }
        if !layer {
            return vm.ask(Instruction::Fault(Fault::MissingEnvKey));
        }
        match vm.resolve_outside(found, effect) {
            Some(outer) => found = outer,
            None => return vm.ask(Instruction::Fault(Fault::UnhandledEffect)),
        }
    }
}
