//! Who gives out the numbers of the host's places, and how the host learns that one became free.
//!
//! A generator's place is free as soon as its generator ended: the host saw that itself. Values, keys and handlers
//! are kept alive by counts in here; when a count reaches 0 the host must drop its reference, so a [`Release`] is
//! queued. It is told one turn late, so that the instruction it came with can still be carried out, and its number
//! is given out again only after it was told. A number that finds a new owner before that is not told at all.

use std::collections::VecDeque;

use crate::id::{GeneratorSlot, HandlerId, KeyId, ValueSlot};

/// Something the host must drop its reference to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// A kept value.
    Value(ValueSlot),
    /// A kept value: a promise that was not settled, and that nobody waits for any more.
    Forgotten(ValueSlot),
    /// An interned key.
    Key(KeyId),
    /// A handler.
    Handler(HandlerId),
}

/// Gives out small numbers from `first` on, the last freed one first.
pub(crate) struct Numbers {
    first: u32,
    next: u32,
    free: Vec<u32>,
}

impl Numbers {
    pub(crate) fn from(first: u32) -> Self {
        Self { first, next: first, free: Vec::new() }
    }

    pub(crate) fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            let number = self.next;
            self.next = number.checked_add(1).expect("fewer than 2^32 numbers are in use at once");
            number
        })
    }

    pub(crate) fn give_back(&mut self, number: u32) {
        self.free.push(number);
    }

    pub(crate) fn in_use(&self) -> usize {
        (self.next - self.first) as usize - self.free.len()
    }
}

/// Numbers with a count of owners each.
pub(crate) struct Counted {
    numbers: Numbers,
    owned: Vec<Owned>,
    live: usize,
}

#[derive(Clone, Copy, Default)]
struct Owned {
    owners: u32,
    /// A release of this number waits to be told.
    queued: bool,
}

impl Counted {
    pub(crate) fn from(first: u32) -> Self {
        Self { numbers: Numbers::from(first), owned: Vec::new(), live: 0 }
    }

    /// A number with one owner.
    pub(crate) fn take(&mut self) -> u32 {
        let number = self.numbers.take();
        let index = number as usize;
        if index >= self.owned.len() {
            self.owned.resize(index + 1, Owned::default());
        }
        self.share(number);
        number
    }

    pub(crate) fn share(&mut self, number: u32) {
        let owned = &mut self.owned[number as usize];
        self.live += usize::from(owned.owners == 0);
        owned.owners += 1;
    }

    /// One owner less; true when a release must be queued.
    pub(crate) fn drop_one(&mut self, number: u32) -> bool {
        let owned = &mut self.owned[number as usize];
        assert!(owned.owners > 0, "a number is released once per owner");
        owned.owners -= 1;
        if owned.owners > 0 {
            return false;
        }
        self.live -= 1;
        !std::mem::replace(&mut owned.queued, true)
    }

    /// Whether the queued release still holds; the number is free from now on if so.
    fn settle(&mut self, number: u32) -> bool {
        let owned = &mut self.owned[number as usize];
        owned.queued = false;
        let free = owned.owners == 0;
        if free {
            self.numbers.give_back(number);
        }
        free
    }

    pub(crate) fn owners(&self, number: u32) -> u32 {
        self.owned.get(number as usize).map_or(0, |owned| owned.owners)
    }

    pub(crate) fn live(&self) -> usize {
        self.live
    }
}

/// Every number the host knows, and what it must still be told.
pub(crate) struct Host {
    pub(crate) generators: Numbers,
    values: Counted,
    keys: Counted,
    handlers: Counted,
    releases: VecDeque<Release>,
    /// How many of `releases` are from earlier turns.
    tellable: usize,
    /// How many releases were told, or need not be.
    told: u64,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self {
            generators: Numbers::from(1),
            values: Counted::from(ValueSlot::UNDEFINED.word() + 1),
            keys: Counted::from(1),
            handlers: Counted::from(1),
            releases: VecDeque::new(),
            tellable: 0,
            told: 0,
        }
    }

    pub(crate) fn begin_turn(&mut self) {
        self.tellable = self.releases.len();
    }

    /// The next thing to tell the host; its number is free from now on.
    pub(crate) fn tell(&mut self) -> Option<Release> {
        while self.tellable > 0 {
            self.tellable -= 1;
            let release = self.releases.pop_front()?;
            self.told += 1;
            let holds = match release {
                Release::Value(slot) | Release::Forgotten(slot) => self.values.settle(slot.word()),
                Release::Key(key) => self.keys.settle(key.word()),
                Release::Handler(handler) => self.handlers.settle(handler.word()),
            };
            if holds {
                return Some(release);
            }
        }
        None
    }

    /// How many releases the host has not been told yet.
    pub(crate) fn untold(&self) -> usize {
        self.releases.len()
    }

    /// When the host will have been told of everything so far, by [`Host::has_told`].
    pub(crate) fn everything(&self) -> u64 {
        self.told + self.releases.len() as u64
    }

    pub(crate) fn has_told(&self, when: u64) -> bool {
        self.told >= when
    }

    pub(crate) fn take_generator(&mut self) -> GeneratorSlot {
        GeneratorSlot::from_word(self.generators.take()).expect("generator numbers start at 1")
    }

    pub(crate) fn free_generator(&mut self, slot: GeneratorSlot) {
        self.generators.give_back(slot.word());
    }

    pub(crate) fn take_value(&mut self) -> ValueSlot {
        ValueSlot::from_word(self.values.take()).expect("value numbers start at 2")
    }

    pub(crate) fn share_value(&mut self, slot: ValueSlot) {
        if slot != ValueSlot::UNDEFINED {
            self.values.share(slot.word());
        }
    }

    pub(crate) fn drop_value(&mut self, slot: ValueSlot) {
        if slot != ValueSlot::UNDEFINED && self.values.drop_one(slot.word()) {
            self.releases.push_back(Release::Value(slot));
        }
    }

    /// Drops what stands for a promise that nobody waits for any more.
    pub(crate) fn forget_promise(&mut self, slot: ValueSlot) {
        if self.values.drop_one(slot.word()) {
            self.releases.push_back(Release::Forgotten(slot));
        }
    }

    pub(crate) fn take_key(&mut self) -> KeyId {
        KeyId::from_word(self.keys.take()).expect("key numbers start at 1")
    }

    pub(crate) fn share_key(&mut self, key: KeyId) {
        self.keys.share(key.word());
    }

    pub(crate) fn drop_key(&mut self, key: KeyId) {
        if self.keys.drop_one(key.word()) {
            self.releases.push_back(Release::Key(key));
        }
    }

    pub(crate) fn take_handler(&mut self) -> HandlerId {
        HandlerId::from_word(self.handlers.take()).expect("handler numbers start at 1")
    }

    pub(crate) fn share_handler(&mut self, handler: HandlerId) {
        self.handlers.share(handler.word());
    }

    /// True when the handler has no owner left.
    pub(crate) fn drop_handler(&mut self, handler: HandlerId) -> bool {
        if self.handlers.drop_one(handler.word()) {
            self.releases.push_back(Release::Handler(handler));
        }
        self.handlers.owners(handler.word()) == 0
    }

    pub(crate) fn value_owners(&self, slot: ValueSlot) -> u32 {
        self.values.owners(slot.word())
    }

    pub(crate) fn live_values(&self) -> usize {
        self.values.live()
    }

    pub(crate) fn live_handlers(&self) -> usize {
        self.handlers.live()
    }
}
