//! The native programs under way, by number.

use crate::native::program::{NativeNumber, NativeProgram};
use crate::numbers::Numbers;

pub(crate) struct Programs {
    programs: Vec<Option<Box<dyn NativeProgram>>>,
    numbers: Numbers,
}

impl Programs {
    pub(crate) fn new() -> Self {
        Self { programs: Vec::new(), numbers: Numbers::from(0) }
    }

    #[cfg(debug_assertions)]
    pub(crate) fn len(&self) -> usize {
        self.numbers.in_use()
    }

    pub(crate) fn insert(&mut self, program: Box<dyn NativeProgram>) -> NativeNumber {
        let number = self.numbers.take();
        if number as usize >= self.programs.len() {
            self.programs.resize_with(number as usize + 1, || None);
        }
        self.programs[number as usize] = Some(program);
        number
    }

    /// Takes a program out to call it; it comes back by [`Programs::put_back`], or its number by [`Programs::free`].
    pub(crate) fn take(&mut self, number: NativeNumber) -> Box<dyn NativeProgram> {
        self.programs[number as usize].take().expect("a native frame's program exists (I3)")
    }

    pub(crate) fn put_back(&mut self, number: NativeNumber, program: Box<dyn NativeProgram>) {
        self.programs[number as usize] = Some(program);
    }

    pub(crate) fn free(&mut self, number: NativeNumber) {
        self.numbers.give_back(number);
    }
}
