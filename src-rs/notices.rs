//! What the host did in the scheduler's place, read from the mailbox before the command.

use doeff_vm_core::{Notice, Vm, Waitable};

use crate::mailbox::Words;
use crate::protocol::{flag, notice, noticed, word};

/// Tells the machine, in order; a notice of a task that was spawned becomes its handle and name. Gives the flag for that.
pub(crate) fn take(vm: &mut Vm, words: &Words) -> u32 {
    let count = words.take(word::NOTICE_COUNT).min(notice::MOST);
    let mut flags = 0;
    for place in 0..count {
        if let Some((task, handle)) = vm.notice(read(words, place)) {
            let (index, generation) = Waitable::Task(task).words();
            let at = word::NOTICES + place * notice::SIZE;
            words.set(at + notice::WHAT, handle.word());
            words.set(at + notice::INDEX, index);
            words.set(at + notice::GENERATION, generation);
            flags = flag::SPAWNED;
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
        _ => Notice::Cancelled { task: about() },
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

/// Says what the host may do ahead: how many tasks to spawn, which task not to cancel, and whether to wait.
pub(crate) fn answer(vm: &Vm, words: &Words) {
    words.set(word::SPAWNS, vm.spawns_ahead().min(i32::MAX.unsigned_abs()));
    words.set(word::RUNNING, vm.sole_running().map_or(0, |task| Waitable::Task(task).words().0));
    words.set(word::ALONE, u32::from(vm.is_alone()));
}
