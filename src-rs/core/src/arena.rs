//! A generational arena: entities by [`Id`], O(1) insert, look up and remove, stale names answered with `None`.
//!
//! It is not a general container: no iteration order is promised, and an index is reused as soon as it is free.

use std::num::NonZeroU32;

use crate::id::{Id, Place};

enum Entry<T> {
    Full { generation: NonZeroU32, item: T },
    Free { generation: NonZeroU32 },
}

/// Owns every living `T` of one kind.
pub(crate) struct Arena<T> {
    entries: Vec<Entry<T>>,
    free: Vec<u32>,
}

impl<T> Arena<T> {
    pub(crate) fn new() -> Self {
        Self { entries: Vec::new(), free: Vec::new() }
    }

    /// Number of living entities.
    pub(crate) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// No index is as high as this.
    pub(crate) fn room(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn insert(&mut self, item: T) -> Id<T> {
        let Some(index) = self.free.pop() else {
            let index = u32::try_from(self.entries.len()).expect("an arena holds at most 2^32 entities");
            let generation = NonZeroU32::MIN;
            self.entries.push(Entry::Full { generation, item });
            return Id::new(index, generation);
        };
        let entry = &mut self.entries[index as usize];
        let (Entry::Free { generation } | Entry::Full { generation, .. }) = *entry;
        *entry = Entry::Full { generation, item };
        Id::new(index, generation)
    }

    pub(crate) fn get(&self, id: Id<T>) -> Option<&T> {
        match self.entries.get(id.index as usize) {
            Some(Entry::Full { generation, item }) if *generation == id.generation => Some(item),
            _ => None,
        }
    }

    /// The name of what is in a place.
    ///
    /// # Panics
    /// When nothing is.
    pub(crate) fn name_at(&self, place: Place<T>) -> Id<T> {
        match self.entries.get(place.index()) {
            Some(Entry::Full { generation, .. }) => {
                let index = u32::try_from(place.index()).expect("an arena holds at most 2^32 entities");
                Id::new(index, *generation)
            }
            _ => panic!("what is linked to lives"),
        }
    }

    pub(crate) fn get_mut(&mut self, id: Id<T>) -> Option<&mut T> {
        match self.entries.get_mut(id.index as usize) {
            Some(Entry::Full { generation, item }) if *generation == id.generation => Some(item),
            _ => None,
        }
    }

    /// Takes the entity out; every copy of its name is stale from now on.
    pub(crate) fn remove(&mut self, id: Id<T>) -> Option<T> {
        self.get(id)?;
        match std::mem::replace(&mut self.entries[id.index as usize], Self::free_after(id)) {
            Entry::Full { item, .. } => {
                self.free.push(id.index);
                Some(item)
            }
            Entry::Free { .. } => None,
        }
    }

    /// Drops the entity in place, which must be there; as [`Arena::remove`] otherwise.
    pub(crate) fn free(&mut self, id: Id<T>) {
        self.entries[id.index as usize] = Self::free_after(id);
        self.free.push(id.index);
    }

    fn free_after(id: Id<T>) -> Entry<T> {
        // Generations wrap past 2^32 removals of one index; by then no host object can still hold the first name.
        Entry::Free { generation: id.generation.checked_add(1).unwrap_or(NonZeroU32::MIN) }
    }

    /// Every living entity, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Id<T>, &T)> {
        self.entries.iter().enumerate().filter_map(|(index, entry)| match entry {
            #[expect(clippy::cast_possible_truncation, reason = "insert keeps every index within u32")]
            Entry::Full { generation, item } => Some((Id::new(index as u32, *generation), item)),
            Entry::Free { .. } => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Arena;

    #[test]
    fn a_removed_name_is_stale_even_after_its_index_is_reused() {
        let mut arena = Arena::new();
        let first = arena.insert("first");
        assert_eq!(arena.remove(first), Some("first"));
        let second = arena.insert("second");
        assert_eq!(second.words().0, first.words().0);
        assert_eq!((arena.get(first), arena.get(second)), (None, Some(&"second")));
        assert_eq!(arena.remove(first), None);
        assert_eq!(arena.len(), 1);
    }
}
