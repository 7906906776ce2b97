//! The journal of the mailbox: what the host did ahead of a machine, read in order and replayed before the command; and
//! what the host may do ahead of the next one.

use doeff_vm_core::{
    Deed, EffectType, Foresight, GeneratorSlot, Named, Opening, StoreId, TaskId, ValueSlot, Vm, Waitable,
};

use crate::protocol::{deed, flag, journal, ready, word};
use crate::words::Words;

/// Makes the machine catch up with the host, and writes into each entry the name of what it has made: gives the flag that
/// says whether there is any.
pub(crate) fn catch_up(vm: &mut Vm, words: &Words) -> u32 {
    vm.performed_ahead(words.take(word::PERFORMED));
    for at in [word::BELOW_COUNT, word::BELOW_ENDED, word::CHILDREN, word::FIRM] {
        words.set(at, 0);
    }
    let mut flags = 0;
    for place in 0..words.take(word::DEEDS).min(journal::MOST) {
        let at = word::JOURNAL + place * journal::SIZE;
        let Some(named) = read(words, at).and_then(|deed| vm.replay(deed)) else { continue };
        write(words, at, named);
        flags = flag::NAMES;
    }
    flags
}

/// The deed in the entry at `at`; `None` when it was taken back.
fn read(words: &Words, at: u32) -> Option<Deed> {
    let what = words.get(at + journal::WHAT);
    let operand = what / 16;
    let place = |word| GeneratorSlot::from_word(word).expect("a generator has a place");
    let slot = || place(words.get(at + journal::SLOT));
    let effect = || EffectType::from_word(operand).expect("an effect has a type");
    let opened = |opening| Deed::Opened { opening, slot: slot() };
    Some(match what % 16 {
        deed::CALLED => Deed::Called { slot: slot() },
        deed::ENDED => Deed::Ended { count: operand },
        deed::IN_PLACE => Deed::Answering { effect: effect(), slot: slot() },
        deed::STARTED => Deed::Started { effect: effect(), slot: slot() },
        deed::RESUMED => Deed::Resumed { effect: effect(), slot: slot() },
        deed::TOLD => Deed::Told { store: StoreId::from_word(operand).expect("a message is told to a store") },
        deed::SPAWNED => Deed::Spawned { options: operand },
        deed::SETTLED => Deed::Settled { promise: about(words, at), failed: operand != 0 },
        deed::CANCELLED => Deed::Cancelled { task: task(words, at) },
        deed::HANDED_OFF => Deed::HandedOff { to: place(operand) },
        deed::BEGAN => Deed::Began,
        deed::SCOPE => opened(Opening::CancelScope { collects: operand != 0 }),
        deed::SHIELD => opened(Opening::Shield(operand)),
        deed::RESTORE => opened(Opening::Restore(operand)),
        deed::CHILD => opened(Opening::Child),
        _ => return None,
    })
}

fn about(words: &Words, at: u32) -> Waitable {
    let [index, generation] = resolve(words, name_in(words, at));
    Waitable::from_words(index, generation).expect("the deed is about something")
}

fn task(words: &Words, at: u32) -> TaskId {
    match about(words, at) {
        Waitable::Task(task) => task,
        Waitable::Promise(promise) => panic!("only tasks are cancelled, not {promise:?}"),
    }
}

fn name_in(words: &Words, at: u32) -> [u32; 2] {
    [journal::INDEX, journal::GENERATION].map(|word| words.get(at + word))
}

fn write(words: &Words, at: u32, named: Named) {
    let (name, handle) = match named {
        Named::Continuation(k) => (Some(k.words()), None),
        Named::Scope { scope, handle } => (Some(scope.words()), Some(handle)),
        Named::Waitable { waitable, handle } => (Some(waitable.words()), Some(handle)),
        Named::Message(handle) => (None, Some(handle)),
    };
    if let Some((index, generation)) = name {
        words.set(at + journal::INDEX, index);
        words.set(at + journal::GENERATION, generation);
    }
    words.set(at + journal::HANDLE, handle.map_or(0, ValueSlot::word));
}

/// The name that these two words give, or that the entry has which they stand for.
pub(crate) fn resolve(words: &Words, [index, generation]: [u32; 2]) -> [u32; 2] {
    match index.checked_sub(journal::UNNAMED) {
        Some(place) if generation == 0 && place < journal::MOST => {
            name_in(words, word::JOURNAL + place * journal::SIZE)
        }
        _ => [index, generation],
    }
}

/// Says what the host may do ahead.
pub(crate) fn answer(vm: &Vm, words: &Words) {
    let Foresight { spawns, running, alone, inherits } = vm.foresight();
    let handle = running.and_then(|task| vm.handle_of_task(task));
    words.set(word::SPAWNS, spawns.min(i32::MAX.unsigned_abs()));
    words.set(word::RUNNING, running.map_or(0, |task| Waitable::Task(task).words().0));
    words.set(word::RUNNING_HANDLE, handle.map_or(0, ValueSlot::word));
    words.set(word::READY, if alone { ready::NONE } else { ready::UNKNOWN });
    words.set(word::IN_PLACE, vm.in_place());
    words.set(word::INHERITS, u32::from(inherits));
}
