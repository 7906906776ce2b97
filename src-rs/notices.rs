//! What the host did in the scheduler's place, read from the mailbox before the command.

use doeff_vm_core::{Foresight, GeneratorSlot, Notice, ValueSlot, Vm, Waitable};

use crate::protocol::{flag, notice, noticed, word};
use crate::words::Words;

/// Tells the machine, in order; the notice of what has no name yet becomes its handle and name. Gives the flag for that.
pub(crate) fn take(vm: &mut Vm, words: &Words) -> u32 {
    let count = words.take(word::NOTICE_COUNT).min(notice::MOST);
    let mut flags = 0;
    for place in 0..count {
        if let Some((named, handle)) = vm.notice(read(words, place)) {
            let (index, generation) = named.words();
            let at = word::NOTICES + place * notice::SIZE;
            words.set(at + notice::WHAT, handle.word());
            words.set(at + notice::INDEX, index);
            words.set(at + notice::GENERATION, generation);
            flags = flag::NOTICED;
        }
    }
    flags
}

fn read(words: &Words, place: u32) -> Notice {
    let at = word::NOTICES + place * notice::SIZE;
    let what = words.get(at + notice::WHAT);
    let about = || {
        let [index, generation] = resolve(words, [notice::INDEX, notice::GENERATION].map(|word| words.get(at + word)));
        Waitable::from_words(index, generation).expect("a notice is about something")
    };
    match what % 4 {
        noticed::SPAWNED => Notice::Spawned { options: what / 4 },
        noticed::SETTLED => Notice::Settled { promise: about(), failed: what / 4 != 0 },
        noticed::CANCELLED => Notice::Cancelled { task: about() },
        _ => Notice::HandedOff { to: GeneratorSlot::from_word(what / 4).expect("a task goes on somewhere") },
    }
}

/// The name that these two words give, or stand for.
pub(crate) fn resolve(words: &Words, [index, generation]: [u32; 2]) -> [u32; 2] {
    match index.checked_sub(notice::UNNAMED) {
        Some(place) if generation == 0 && place < notice::MOST => {
            let at = word::NOTICES + place * notice::SIZE;
            [notice::INDEX, notice::GENERATION].map(|word| words.get(at + word))
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
    words.set(word::ALONE, u32::from(alone));
    words.set(word::QUIET, 0);
    words.set(word::IN_PLACE, vm.in_place());
    words.set(word::INHERITS, u32::from(inherits));
}
