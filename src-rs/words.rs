//! The shared words: what both sides read and write. Nothing here is unsafe, and nothing knows whose memory it is.

use std::cell::Cell;
use std::ops::Range;

use crate::protocol::word;

/// As many words as the protocol asks for; each is a cell, because the host writes them between turns.
pub(crate) type Cells = [Cell<u32>; word::LENGTH as usize];

/// The shared words of one environment.
pub(crate) struct Words(&'static Cells);

impl Words {
    pub(crate) const fn over(cells: &'static Cells) -> Self {
        Self(cells)
    }

    /// Words of their own, for tests; they are never freed.
    #[cfg(test)]
    pub(crate) fn leaked() -> Self {
        let cells: Box<[Cell<u32>]> = (0..word::LENGTH).map(|_| Cell::new(0)).collect();
        let cells: &Cells = (&*Box::leak(cells)).try_into().expect("as many cells as words");
        Self::over(cells)
    }

    pub(crate) fn get(&self, at: u32) -> u32 {
        self.0[at as usize].get()
    }

    pub(crate) fn set(&self, at: u32, value: u32) {
        self.0[at as usize].set(value);
    }

    /// Reads a word and sets it to 0.
    pub(crate) fn take(&self, at: u32) -> u32 {
        let word = self.get(at);
        self.set(at, 0);
        word
    }

    /// Sets these words to 0.
    pub(crate) fn clear(&self, words: Range<u32>) {
        words.for_each(|at| self.set(at, 0));
    }

    /// Writes an instruction and its operands.
    pub(crate) fn put<const N: usize>(&self, code: u32, operands: [u32; N]) {
        self.set(word::CODE, code);
        for (operand, at) in operands.into_iter().zip(word::X..) {
            self.set(at, operand);
        }
    }

    /// Copies a listing to its place; it is cut where its room ends.
    pub(crate) fn set_listing(&self, listing: impl Iterator<Item = u32>) {
        let mut count = 0;
        for (entry, at) in listing.zip(word::LISTING..word::FIRM) {
            self.set(at, entry);
            count += 1;
        }
        self.set(word::LISTING_COUNT, count);
    }

    /// Copies the places of the frames below to theirs; as many as there is room for.
    pub(crate) fn set_below(&self, below: impl Iterator<Item = u32>) {
        let mut count = 0;
        for (slot, at) in below.zip(word::BELOW..word::ENTRIES) {
            self.set(at, slot);
            count += 1;
        }
        self.set(word::BELOW_COUNT, count);
    }
}
