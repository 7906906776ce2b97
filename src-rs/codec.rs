//! Words to commands and outcomes to words. It knows the layout, and of the semantics what the layout depends on: which
//! instruction has a listing, and how many returns are likely to follow.

use std::num::NonZeroU32;

use doeff_vm_core::{
    CancelScopeId, ClauseKind, Command, ContinuationId, EffectType, Forked, GeneratorSlot, HandlerId, Instruction,
    KeyId, Native, Opening, Position, Release, SemaphoreId, Stats, StoreId, Strand, TaskId, Until, ValueSlot, Vm,
    Waitable,
};

use crate::journal::resolve;
use crate::protocol::{code, flag, forked, op, position, release, stat, until, word};
use crate::words::Words;

/// Reads the command in the mailbox; `None` when its words are not one.
///
/// What this very turn has made from the journal is named by the place of its entry.
pub(crate) fn decode(words: &Words) -> Option<Command> {
    let [a, b, c, d] = [word::A, word::B, word::C, word::D].map(|at| words.get(at));
    let effect = || EffectType::from_word(a);
    let handler = || HandlerId::from_word(a);
    let name = || resolve(words, [a, b]);
    let scope = || CancelScopeId::from_words(name()[0], name()[1]);
    let continuation = || ContinuationId::from_words(name()[0], name()[1]);
    Some(match words.get(word::OP) {
        op::PERFORM_LATE => Command::PerformLate { effect: effect()?, key: KeyId::from_word(b) },
        op::PERFORM => Command::Perform { effect: effect()?, key: KeyId::from_word(b) },
        op::PERFORM_ON => Command::Perform { effect: effect()?, key: None },
        op::RETURN => Command::Return,
        op::CALL => Command::Call,
        op::RESUME => Command::Resume { k: continuation()?, throws: c != 0, position: decode_position(d)? },
        op::START => Command::Start,
        op::CLOSED => Command::Closed { count: a },
        op::THROW => Command::Throw,
        op::DELIVER => Command::Deliver,
        op::RAISE => Command::Raise,
        op::ONWARD => Command::Onward { effect: effect()?, key: KeyId::from_word(b) },
        op::FUN_PROGRAM => Command::FunProgram,
        op::DELEGATE => Command::Delegate { position: decode_position(a)? },
        op::FORWARD => {
            Command::Forward { k: continuation()?, effect: EffectType::from_word(c)?, key: KeyId::from_word(d) }
        }
        op::INSTALL => Command::Install { handler: handler()? },
        op::INHERIT => Command::Inherit { handler: handler()? },
        op::INSTALL_FRESH => Command::InstallFresh { native: decode_native(a)?, returns: b != 0 },
        op::DISCONTINUE => Command::Discontinue { k: continuation()? },
        op::GET_CONTINUATION => Command::GetContinuation,
        op::GET_HANDLERS => Command::GetHandlers { callsite: a != 0 },
        op::RESOLVE => Command::Resolve { effect: effect()? },
        op::CREATE_CONTINUATION => Command::CreateContinuation,
        op::START_CONTINUATION => Command::StartContinuation { k: continuation()? },
        op::DEFINE_HANDLER => Command::DefineHandler { returns: a != 0 },
        op::DEFINE_CLAUSE => {
            Command::DefineClause { handler: handler()?, effect: EffectType::from_word(b), kind: decode_kind(c)? }
        }
        op::DEFINE_NATIVE => Command::DefineNative { native: decode_native(a)? },
        op::SET_INSTALLED => Command::SetInstalled { handler: handler()?, installed: b != 0 },
        op::WRITE => Command::Write { store: StoreId::from_word(a)?, key: KeyId::from_word(b) },
        op::ENTRIES => Command::Entries { store: StoreId::from_word(a)?, from: b },
        op::CLEAR => Command::Clear { store: StoreId::from_word(a)? },
        op::CHAIN => Command::Chain { k: ContinuationId::from_words(a, b) },
        op::FORGET => Command::Forget { value: ValueSlot::from_word(a)? },
        op::INSTALL_SCHEDULER => Command::InstallScheduler { most: a, preempt_every: b },
        op::DEFINE_SCHEDULER => Command::DefineScheduler { most: a },
        op::SETTLE => Command::Settle { waitable: Waitable::from_words(a, b)?, failed: c != 0 },
        op::WATCH => Command::Watch { waitable: Waitable::from_words(name()[0], name()[1]), external: c != 0 },
        op::PARK => Command::Park { every: decode_until(a)? },
        op::STORE_OF => Command::StoreOf { handler: handler()? },
        op::NEXT => Command::Next { settled: Waitable::from_words(a, b).map(|waitable| (waitable, c != 0)) },
        op::WAIT_OUTSIDE => Command::WaitOutside,
        op::WATCH_OFFERED => Command::WatchOffered,
        op::INTERRUPT => Command::Interrupt { task: decode_task(a, b) },
        op::STUCK => Command::Stuck,
        op::TASKS => Command::Tasks { from: a },
        op::CURRENT_TASK => Command::CurrentTask,
        op::HOLDERS => Command::Holders { semaphore: SemaphoreId::from_words(a, b)? },
        op::TASK_CHAIN => Command::TaskChain { task: decode_task(a, b)? },
        op::ABORT => Command::Abort { waits: a != 0 },
        op::OPEN_SCOPE => Command::Open(Opening::CancelScope { collects: a != 0 }),
        op::OPEN_SHIELD => Command::Open(Opening::Shield(a)),
        op::OPEN_RESTORE => Command::Open(Opening::Restore(a)),
        op::OPEN_CHILD => Command::Open(Opening::Child),
        op::CANCEL_SCOPE => Command::CancelScope { scope: scope()? },
        op::JOIN => Command::Join { scope: scope()?, until: if c == until::ALL { Until::All } else { Until::Any } },
        op::DRAIN => Command::Drain,
        _ => return None,
    })
}

fn decode_task(index: u32, generation: u32) -> Option<TaskId> {
    match Waitable::from_words(index, generation)? {
        Waitable::Task(task) => Some(task),
        Waitable::Promise(_) => None,
    }
}

fn decode_position(word: u32) -> Option<Position> {
    Some(match word {
        position::NON_TAIL => Position::NonTail,
        position::TAIL => Position::Tail,
        position::CLOSING => Position::Closing,
        _ => return None,
    })
}

#[expect(clippy::option_option, reason = "the outer one says whether the word means anything")]
fn decode_until(word: u32) -> Option<Option<bool>> {
    Some(match word {
        until::ONLY => None,
        until::FIRST => Some(false),
        until::ALL => Some(true),
        _ => return None,
    })
}

fn decode_native(word: u32) -> Option<Native> {
    Native::ALL.iter().map(|&(_, native)| native).find(|&native| native as u32 + 1 == word)
}

fn decode_kind(word: u32) -> Option<ClauseKind> {
    ClauseKind::ALL.iter().map(|&(_, kind)| kind).find(|&kind| kind as u32 == word)
}

/// Carries out a command and writes its outcome, and what the machine wants released, into the mailbox.
pub(crate) fn turn(vm: &mut Vm, command: Command, told: u32, words: &Words) {
    if matches!(words.get(word::OP), op::PERFORM_ON | op::FORWARD) {
        let [index, generation, about] = [0, 1, 2].map(|at| words.get(word::SUBJECT + at));
        let [index, generation] = resolve(words, [index, generation]);
        vm.name_subject([index, generation, about]);
    }
    if matches!(words.get(word::OP), op::WATCH_OFFERED | op::PARK) {
        let end = words.get(word::LISTING_COUNT).min(word::FIRM - word::LISTING);
        let pairs = (word::LISTING..word::LISTING + end).step_by(2);
        vm.offer(pairs.flat_map(|at| resolve(words, [words.get(at), words.get(at + 1)])));
    }
    vm.turn(command);
    let outcome = vm.outcome();
    let mut flags = told;
    if let Some(slot) = outcome.park {
        words.set(word::PARK, slot.word());
        flags |= flag::PARK;
    }
    if let Some(slot) = outcome.load {
        words.set(word::LOAD, slot.word());
        flags |= flag::LOAD;
    }
    if let Some(integer) = outcome.integer {
        words.set(word::INTEGER, integer.cast_unsigned());
        flags |= flag::INTEGER;
    }
    if let Some((handle, how)) = outcome.settled {
        words.set(word::SETTLED, handle.word());
        words.set(word::SETTLEMENT, how as u32);
        flags |= flag::SETTLED;
    }
    if let Some((index, generation)) = outcome.named {
        words.set(word::NAME_INDEX, index);
        words.set(word::NAME_GENERATION, generation);
        words.set(word::NAME_WAITER, outcome.waiter.map_or(0, |(slot, _)| slot.word()));
        words.set(word::NAME_SCOPE, outcome.waiter.and_then(|(_, scope)| scope).map_or(0, NonZeroU32::get));
        flags |= flag::NAMED;
    }
    if outcome.left != outcome.goes_on {
        words.set(word::LEFT, outcome.left.map_or(0, Strand::word));
        words.set(word::GOES_ON, outcome.goes_on.map_or(0, Strand::word));
        flags |= flag::SWITCHED;
    }
    if let Some(slot) = outcome.performer {
        words.set(word::PERFORMER, slot.word());
        flags |= flag::PERFORMER;
    }
    encode(&outcome.instruction, words);
    let instruction = outcome.instruction;
    if !vm.forked().is_empty() {
        flags |= encode_forked(vm, words);
    }
    match instruction {
        Instruction::Listed { .. } | Instruction::Leftover => words.set_listing(vm.listing().iter().copied()),
        Instruction::Close(slot) => {
            words.set_listing(std::iter::once(slot).chain(vm.doomed_ahead()).map(GeneratorSlot::word));
        }
        Instruction::Resume(_) => {
            words.set_below(vm.below().take(likely_returns(&command)).map(GeneratorSlot::word));
        }
        Instruction::Throw(_) | Instruction::Failed if !vm.crossed().is_empty() => {
            words.set_listing(vm.crossed().iter().map(|handler| handler.word()));
            flags |= flag::CROSSED;
        }
        _ => {}
    }
    if vm.has_untold_releases() {
        flags |= encode_releases(vm, words);
    }
    words.set(word::FLAGS, flags);
}

/// How many frames may be expected to return before the machine is asked again: after one has returned, many.
fn likely_returns(command: &Command) -> usize {
    match command {
        Command::Return => 32,
        Command::Resume { .. } => 4,
        _ => 0,
    }
}

fn encode(instruction: &Instruction, words: &Words) {
    match *instruction {
        Instruction::Resume(slot) => words.put(code::RESUME, [slot.word()]),
        Instruction::Throw(slot) => words.put(code::THROW, [slot.word()]),
        Instruction::Close(slot) => words.put(code::CLOSE, [slot.word()]),
        Instruction::Begin(slot) => words.put(code::BEGIN, [slot.word()]),
        Instruction::Load(value) => words.put(code::LOAD, [value.word()]),
        Instruction::Keep { value, new_key } => {
            words.put(code::KEEP, [value.word(), new_key.map_or(0, KeyId::word)]);
        }
        Instruction::Modify { value } => words.put(code::MODIFY, [value.word()]),
        Instruction::ModifyAbsent { store } => words.put(code::MODIFY_ABSENT, [store.word()]),
        Instruction::Overheard { value } => words.put(code::OVERHEARD, [value.word()]),
        Instruction::Val { handler, clause } => words.put(code::VAL, [handler.word(), clause]),
        Instruction::Fun { handler, clause } => words.put(code::FUN, [handler.word(), clause]),
        Instruction::Ctl { handler, clause, slot, k } => {
            let (index, generation) = k.words();
            words.put(code::CTL, [handler.word(), clause, slot.word(), index, generation]);
        }
        Instruction::Start { handler, clause } => words.put(code::START, [handler.word(), clause]),
        Instruction::Final { handler, clause, slot } => {
            words.put(code::FINAL, [handler.word(), clause, slot.word()]);
        }
        Instruction::Returns { handler, slot } => words.put(code::RETURNS, [handler.word(), slot.word()]),
        Instruction::Ended { handler, store } => words.put(code::ENDED, [handler.word(), store.word()]),
        Instruction::Seed { store, handler } => words.put(code::SEED, [store.word(), handler.word()]),
        Instruction::Task => words.put(code::TASK, []),
        Instruction::Spawned { task, handle } => {
            let (index, generation) = Waitable::Task(task).words();
            words.put(code::SPAWNED, [handle.word(), index, generation]);
        }
        Instruction::StartTask { slot, handle } => words.put(code::START_TASK, [slot.word(), handle.word()]),
        Instruction::Answer { slot, handle } => words.put(code::ANSWER, [slot.word(), handle.word()]),
        Instruction::Perform(slot) => words.put(code::PERFORM, [slot.word()]),
        Instruction::Idle => words.put(code::IDLE, []),
        Instruction::Deadlock => words.put(code::DEADLOCK, []),
        Instruction::Leftover => words.put(code::LEFTOVER, []),
        Instruction::Store { store, native, layer } => {
            let native = native.map_or(0, |native| native as u32 + 1);
            words.put(code::STORE, [0, store.map_or(0, StoreId::word), native, u32::from(layer)]);
        }
        Instruction::Opened { scope, handle } => {
            words.put(code::SCOPE_OPENED, [handle.word(), scope.words().0, scope.words().1]);
        }
        Instruction::Expired { handle } => words.put(code::EXPIRED, [handle.word()]),
        Instruction::Escaped { handle, threw } => words.put(code::ESCAPED, [handle.word(), u32::from(threw)]),
        Instruction::Again => words.put(code::AGAIN, []),
        Instruction::Enter => words.put(code::ENTER, []),
        Instruction::Caught { ok } => words.put(code::CAUGHT, [u32::from(ok)]),
        Instruction::Forward { k } => words.put(code::FORWARD, [k.words().0, k.words().1]),
        Instruction::Callsite(slot) => words.put(code::CALLSITE, [slot.word()]),
        Instruction::Defined { handler, store } => {
            words.put(code::DEFINED, [handler.word(), store.map_or(0, StoreId::word)]);
        }
        Instruction::Created(k) => words.put(code::CREATED, [k.words().0, k.words().1]),
        Instruction::Listed { more } => words.put(code::LISTED, [u32::from(more)]),
        Instruction::Ready => words.put(code::READY, []),
        Instruction::Fault(fault) => words.put(code::FAULT, [fault as u32]),
        Instruction::Done => words.put(code::DONE, []),
        Instruction::Failed => words.put(code::FAILED, []),
    }
}

/// Names the children that have become tasks.
fn encode_forked(vm: &mut Vm, words: &Words) -> u32 {
    let count = u32::try_from(vm.forked().len()).expect("few children are in place at a time");
    assert!(count <= forked::MOST, "the host tells its children before they are more than one outcome can name");
    words.set(word::FORKED_COUNT, count);
    for (&Forked { task, handle, parent, below }, place) in vm.forked().iter().zip(0..forked::MOST) {
        let (index, generation) = Waitable::Task(task).words();
        let at = word::FORKED + place * forked::SIZE;
        words.set(at + forked::HANDLE, handle.word());
        words.set(at + forked::INDEX, index);
        words.set(at + forked::GENERATION, generation);
        words.set(at + forked::PARENT, Waitable::Task(parent).words().0);
        words.set(at + forked::BELOW, below);
        words.set(at + forked::PARENT_HANDLE, vm.handle_of_task(parent).map_or(0, ValueSlot::word));
    }
    vm.note_forked();
    flag::FORKED
}

/// Tells as many releases as fit; the flag says whether there are any.
fn encode_releases(vm: &mut Vm, words: &Words) -> u32 {
    let mut count = 0;
    while count < word::LISTING - word::RELEASES {
        let (number, kind) = match vm.release() {
            None => break,
            Some(Release::Value(slot)) => (slot.word(), release::VALUE),
            Some(Release::Forgotten(slot)) => (slot.word(), release::FORGOTTEN),
            Some(Release::Key(key)) => (key.word(), release::KEY),
            Some(Release::Handler(handler)) => (handler.word(), release::HANDLER),
        };
        words.set(word::RELEASES + count, number * 4 + kind);
        count += 1;
    }
    if count == 0 {
        return 0;
    }
    words.set(word::RELEASE_COUNT, count);
    flag::RELEASES
}

/// Writes the counts of a machine into the listing.
pub(crate) fn encode_stats(vm: &Vm, words: &Words) {
    let stats: Stats = vm.stats();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let mut listing = [0; 10];
    let mut put = |at: u32, value: u32| listing[at as usize] = value;
    put(stat::SEGMENTS, count(stats.segments));
    put(stat::TASKS, count(stats.tasks));
    put(stat::FRAMES, count(stats.frames));
    put(stat::CONTINUATIONS, count(stats.continuations));
    put(stat::HANDLERS, count(stats.handlers));
    put(stat::SCOPES, count(stats.scopes));
    put(stat::STORES, count(stats.stores));
    put(stat::VALUES, count(stats.values));
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of a 64-bit count")]
    {
        put(stat::PERFORMED_LOW, stats.performed as u32);
        put(stat::PERFORMED_HIGH, (stats.performed >> 32) as u32);
    }
    words.set(word::CODE, code::LISTED);
    words.set(word::FLAGS, 0);
    words.set(word::X, 0);
    words.set_listing(listing.into_iter());
}
