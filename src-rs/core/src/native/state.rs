//! State: `Get`, `Put`, `Modify` on the handler's store. Each is one look up, O(1).

use crate::id::{EffectType, KeyId, StoreId, ValueSlot};
use crate::outcome::Instruction;
use crate::turn::Step;
use crate::vm::Vm;

#[inline]
pub(crate) fn answer(vm: &mut Vm, store: Option<StoreId>, effect: EffectType, key: Option<KeyId>) -> Step {
    let store = store.expect("a State handler has a store (I6)");
    let held = key.and_then(|key| vm.stores.store(store).get(key));
    match effect {
        EffectType::PUT => {
            let (value, new_key) = vm.stores.write(store, key, &mut vm.host);
            vm.ask(Instruction::Keep { value, new_key })
        }
        EffectType::MODIFY => match held {
            Some(value) => vm.ask(Instruction::Modify { value }),
            None => vm.ask(Instruction::ModifyAbsent { store }),
        },
        _ => vm.ask(Instruction::Load(held.unwrap_or(ValueSlot::UNDEFINED))),
    }
}
