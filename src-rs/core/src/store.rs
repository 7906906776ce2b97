//! Stores: what State, Reader and Writer handlers keep, as key and value numbers in insertion order.
//!
//! A store owns one count of each of its keys and values; [`Stores::clear`] gives them back. Look up is O(1); stores
//! of up to [`INDEXED_FROM`] entries are scanned, which is faster than hashing.

use rustc_hash::FxHashMap;

use crate::evidence::Stamp;
use crate::id::{KeyId, StoreId, ValueSlot};
use crate::numbers::{Host, Numbers};

const INDEXED_FROM: usize = 8;

/// The entries of State and Reader, or the log of Writer (entries without a key).
#[derive(Default)]
pub(crate) struct Store {
    entries: Vec<(Option<KeyId>, ValueSlot)>,
    /// Position of each key; empty while the store is small.
    index: FxHashMap<KeyId, u32>,
    /// What the host knows the store by, once an answer was given from it.
    stamp: Option<Stamp>,
}

impl Store {
    pub(crate) fn entries(&self) -> &[(Option<KeyId>, ValueSlot)] {
        &self.entries
    }

    #[inline]
    pub(crate) fn get(&self, key: KeyId) -> Option<ValueSlot> {
        if self.index.is_empty() {
            return self.entries.iter().find(|entry| entry.0 == Some(key)).map(|entry| entry.1);
        }
        self.index.get(&key).map(|&at| self.entries[at as usize].1)
    }

    fn push(&mut self, key: Option<KeyId>, value: ValueSlot) {
        let at = self.entries.len();
        self.entries.push((key, value));
        if at == INDEXED_FROM && key.is_some() {
            let positions = self.entries.iter().zip(0..).filter_map(|(&(key, _), at)| Some((key?, at)));
            self.index.extend(positions);
        } else if let (true, Some(key)) = (at > INDEXED_FROM, key) {
            self.index.insert(key, u32::try_from(at).expect("a store holds at most 2^32 entries"));
        }
    }
}

/// Every living store of a VM.
pub(crate) struct Stores {
    stores: Vec<Option<Store>>,
    numbers: Numbers,
}

impl Stores {
    pub(crate) fn new() -> Self {
        Self { stores: Vec::new(), numbers: Numbers::from(1) }
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.in_use()
    }

    pub(crate) fn create(&mut self) -> StoreId {
        let id = StoreId::from_word(self.numbers.take()).expect("store numbers start at 1");
        if id.index() >= self.stores.len() {
            self.stores.resize_with(id.index() + 1, || None);
        }
        self.stores[id.index()] = Some(Store::default());
        id
    }

    pub(crate) fn get(&self, id: StoreId) -> Option<&Store> {
        self.stores.get(id.index())?.as_ref()
    }

    pub(crate) fn store(&self, id: StoreId) -> &Store {
        self.get(id).expect("a store in use exists (I6)")
    }

    fn store_mut(&mut self, id: StoreId) -> &mut Store {
        self.stores[id.index()].as_mut().expect("a store in use exists (I6)")
    }

    /// The slot to write `key`'s value to, and the key's number when it is new to the host.
    pub(crate) fn write(&mut self, id: StoreId, key: Option<KeyId>, host: &mut Host) -> (ValueSlot, Option<KeyId>) {
        if let Some(slot) = key.and_then(|key| self.store(id).get(key)) {
            return (slot, None);
        }
        let slot = host.take_value();
        if let Some(known) = key {
            host.share_key(known);
            self.store_mut(id).push(key, slot);
            return (slot, None);
        }
        let new = Some(host.take_key());
        self.store_mut(id).push(new, slot);
        (slot, new)
    }

    pub(crate) fn stamp(&mut self, id: StoreId) -> &mut Option<Stamp> {
        &mut self.store_mut(id).stamp
    }

    pub(crate) fn forget_stamps(&mut self) {
        self.stores.iter_mut().flatten().for_each(|store| store.stamp = None);
    }

    /// Adds a message to a log; the log becomes one owner of it.
    pub(crate) fn append(&mut self, id: StoreId, message: ValueSlot) {
        self.store_mut(id).push(None, message);
    }

    /// Drops every entry.
    pub(crate) fn clear(&mut self, id: StoreId, host: &mut Host) {
        let store = self.store_mut(id);
        store.index = FxHashMap::default();
        for (key, value) in std::mem::take(&mut store.entries) {
            host.drop_value(value);
            if let Some(key) = key {
                host.drop_key(key);
            }
        }
    }

    pub(crate) fn free(&mut self, id: StoreId, host: &mut Host) {
        self.clear(id, host);
        self.stores[id.index()] = None;
        self.numbers.give_back(id.word());
    }

    #[cfg(debug_assertions)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Store> {
        self.stores.iter().flatten()
    }
}
