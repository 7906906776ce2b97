//! Writer: `Tell` appends to the log; `Listen` installs a layer that overhears its program.
//!
//! A layer appends the message to its own log and lets the search go on outside of it, so the messages stay in the
//! outer log too, in the same order.

use crate::command::Native;
use crate::handler::{Answer, Resolution};
use crate::id::EffectType;
use crate::outcome::Instruction;
use crate::turn::Step;
use crate::vm::Vm;

pub(crate) fn answer(vm: &mut Vm, found: Resolution, effect: EffectType) -> Step {
    let Answer::Native { store, layer, .. } = found.answer else {
        unreachable!("a writer is a built-in handler");
    };
    if effect == EffectType::LISTEN {
        let _ = vm.with_store(Native::Writer, true, true);
        return vm.ask(Instruction::Enter);
    }
    let value = vm.host.take_value();
    vm.stores.append(store.expect("a Writer handler has a store (I6)"), value);
    if layer {
        vm.pending = Some(found);
        return vm.ask(Instruction::Overheard { value });
    }
    vm.ask(Instruction::Keep { value, new_key: None })
}
