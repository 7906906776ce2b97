//! What the host did ahead of a machine, read from the mailbox and told to it before the command.

use doeff_vm_core::{
    Ahead, CancelScopeId, ContinuationId, EffectType, GeneratorSlot, Made, Opening, StoreId, ValueSlot, Vm,
};

use crate::notices;
use crate::protocol::{ahead, flag, pushed, word};
use crate::words::Words;

/// Makes the machine catch up with the host, and tells the host what it must know of it: gives the flags for that.
pub(crate) fn catch_up(vm: &mut Vm, words: &Words) -> u32 {
    let performed = words.take(word::PERFORMED);
    vm.performed_ahead(performed);
    if words.take(word::STARTING) != 0 {
        vm.begin_ahead();
    }
    vm.returned_ahead(words.take(word::POPPED));
    words.set(word::BELOW_COUNT, 0);
    words.set(word::CHILDREN, 0);
    // First the notices: they speak of the scope that the host was left in, the frames may lead out of it.
    notices::take(vm, words) | tell(vm, words) | push(vm, words)
}

/// The messages of writers; each word that names a store becomes the slot to keep the message in.
fn tell(vm: &mut Vm, words: &Words) -> u32 {
    let count = words.get(word::TOLD_COUNT);
    for at in (word::TOLD..word::BELOW).take(count as usize) {
        let store = StoreId::from_word(words.get(at)).expect("a message is told to a store");
        words.set(at, ValueSlot::word(vm.told_ahead(store)));
    }
    if count == 0 { 0 } else { flag::TOLD }
}

fn push(vm: &mut Vm, words: &Words) -> u32 {
    let mut flags = 0;
    let count = words.take(word::PUSHED_COUNT).min(pushed::MOST);
    words.set(word::CAUGHT_COUNT, count);
    for index in 0..count {
        let at = word::PUSHED + index * pushed::SIZE;
        let slot = GeneratorSlot::from_word(words.get(at + pushed::SLOT)).expect("a frame has a place");
        let what = words.get(at + pushed::WHAT);
        let Some(made) = vm.catch_up(deed(what, slot)) else { continue };
        let (index, generation) = match made {
            Made::Continuation(k) => k.words(),
            Made::Scope { scope, handle } => {
                words.set(at + pushed::WHAT, handle.word());
                scope.words()
            }
        };
        words.set(at + pushed::K_INDEX, index);
        words.set(at + pushed::K_GENERATION, generation);
        flags = flag::CAPTURED;
    }
    flags
}

fn deed(what: u32, slot: GeneratorSlot) -> Ahead {
    let operand = what / 8;
    let effect = || EffectType::from_word(operand).expect("an effect has a type");
    match what % 8 {
        ahead::IN_PLACE => Ahead::Answering { effect: effect(), slot },
        ahead::STARTED => Ahead::Started { effect: effect(), slot },
        ahead::RESUMED => Ahead::Resumed { effect: effect(), slot },
        ahead::SCOPE => Ahead::Opened { opening: Opening::CancelScope { collects: operand != 0 }, slot },
        ahead::SHIELD => Ahead::Opened { opening: Opening::Shield(operand), slot },
        ahead::RESTORE => Ahead::Opened { opening: Opening::Restore(operand), slot },
        ahead::CHILD => Ahead::Opened { opening: Opening::Child, slot },
        _ => Ahead::Called { slot },
    }
}

/// The continuation that was captured in this turn for the frame at this place.
pub(crate) fn captured_at(words: &Words, index: u32) -> Option<ContinuationId> {
    let [index, generation] = name_at(words, index)?;
    ContinuationId::from_words(index, generation)
}

/// The cancel scope that was made in this turn for the frame at this place.
pub(crate) fn scope_at(words: &Words, index: u32) -> Option<CancelScopeId> {
    let [index, generation] = name_at(words, index)?;
    CancelScopeId::from_words(index, generation)
}

fn name_at(words: &Words, index: u32) -> Option<[u32; 2]> {
    let at = word::PUSHED + index * pushed::SIZE;
    (index < pushed::MOST).then(|| [pushed::K_INDEX, pushed::K_GENERATION].map(|offset| words.get(at + offset)))
}
