//! Answers of dispatch, published in the shared words: while a program runs, the host reads who takes an effect instead
//! of asking. What is published is a cache, filled by asking and read under stamps that are never given twice, so
//! nothing in it is ever wrong, and any of it may be overwritten at any time.

use doeff_vm_core::{Command, EffectType, Evidence, KeyId, Stamp, Stamps, StoreId, Takes, Vm};

use crate::protocol::{cell, entry, takes, word};
use crate::words::Words;

/// Publishes what the host has just had to ask for.
pub(crate) fn publish(vm: &mut Vm, command: &Command, stamps: &mut Stamps, words: &Words) {
    let (effect, key) = match *command {
        Command::PerformLate { effect, key } => (effect, key),
        Command::Perform { effect, key } if effect.is_at_once() => (effect, key),
        _ => return,
    };
    if key.is_none() && vm.scope_stamp().is_some_and(|scope| is_published(scope, effect, words)) {
        return;
    }
    let Some(evidence) = vm.evidence(effect, stamps) else { return };
    put_cell(cell_of(evidence.scope, effect), evidence, effect, words);
    if let (Takes::Store { store, stamp }, Some(key)) = (evidence.takes, key) {
        put_entry(vm, store, stamp, key, words);
    }
}

fn cell_of(scope: Stamp, effect: EffectType) -> u32 {
    let index = scope.get().wrapping_mul(cell::STRIDE).wrapping_add(effect.word()) % cell::COUNT;
    word::CELLS + index * cell::SIZE
}

/// Publishes who takes the effect in the mailbox, if the host is still in the scope that the machine knows.
pub(crate) fn publish_here(vm: &mut Vm, stamps: &mut Stamps, words: &Words) {
    let Some(effect) = EffectType::from_word(words.get(word::A)) else { return };
    if words.get(word::SCOPE) != vm.scope_stamp().map_or(0, Stamp::get) {
        return;
    }
    publish(vm, &Command::PerformLate { effect, key: None }, stamps, words);
    words.set(word::SCOPE, vm.scope_stamp().map_or(0, Stamp::get));
}

fn is_published(scope: Stamp, effect: EffectType, words: &Words) -> bool {
    let at = cell_of(scope, effect);
    words.get(at + cell::SCOPE) == scope.get() && words.get(at + cell::EFFECT) == effect.word()
}

fn put_cell(at: u32, evidence: Evidence, effect: EffectType, words: &Words) {
    let (kind, first, second) = match evidence.takes {
        Takes::Clause { kind, handler, clause } => (kind as u32, handler.word(), clause),
        Takes::Scheduler => (takes::SCHEDULER, 0, 0),
        Takes::Store { store, stamp } => (takes::STORE, store.word(), stamp.get()),
    };
    words.set(at + cell::SCOPE, evidence.scope.get());
    words.set(at + cell::EFFECT, effect.word());
    words.set(at + cell::TAKES, kind);
    words.set(at + cell::HANDLER, first);
    words.set(at + cell::CLAUSE, second);
    words.set(at + cell::OUTSIDE, evidence.outside.get());
}

fn put_entry(vm: &Vm, store: StoreId, stamp: Stamp, key: KeyId, words: &Words) {
    let Some(value) = vm.entry(store, key) else { return };
    let index = stamp.get().wrapping_mul(entry::STRIDE).wrapping_add(key.word()) % entry::COUNT;
    let at = word::ENTRIES + index * entry::SIZE;
    words.set(at + entry::STORE, stamp.get());
    words.set(at + entry::KEY, key.word());
    words.set(at + entry::VALUE, value.word());
}

/// Drops every entry: those of a store that was cleared are wrong from now on.
pub(crate) fn drop_entries(words: &Words) {
    words.clear(word::ENTRIES..word::CELLS);
}

/// Drops everything.
pub(crate) fn drop_all(words: &Words) {
    words.clear(word::ENTRIES..word::JOURNAL);
}

/// Checks that what is published for `effect` in the current scope is what asking gives.
///
/// # Panics
/// When it is not: a bug.
#[cfg(debug_assertions)]
pub(crate) fn check(vm: &mut Vm, command: &Command, stamps: &mut Stamps, words: &Words) {
    let (&Command::PerformLate { effect, .. } | &Command::Perform { effect, .. }) = command else { return };
    let Some(scope) = vm.scope_stamp() else { return };
    if is_published(scope, effect, words) {
        let at = cell_of(scope, effect);
        let read = || [0, 1, 2, 3, 4, 5].map(|offset| words.get(at + offset));
        let published = read();
        let evidence = vm.evidence(effect, stamps).expect("what is published can be published");
        put_cell(at, evidence, effect, words);
        assert_eq!(published, read(), "what is published for {effect:?} is what the search gives");
    }
}
