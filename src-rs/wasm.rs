//! The mailbox of the second backend: the words lie in the memory of this module, and JavaScript calls its exports.
//!
//! With `mailbox.rs`, its sibling for Node-API, this file has all hand-written `unsafe` of the project. A module has one
//! instance in one JavaScript environment, so its statics are that environment's.

#![expect(unsafe_code, reason = "this is the fence: exported symbols, and the environment between turns")]

use std::cell::Cell;
use std::ptr;

use crate::environment::Environment;
use crate::protocol::word;
use crate::words::{Cells, Words};

static VERSION: &str = env!("CARGO_PKG_VERSION");

thread_local! {
    static ENVIRONMENT: Cell<*mut Environment> = const { Cell::new(ptr::null_mut()) };
}

/// The address of the text of this module's version.
#[unsafe(no_mangle)]
extern "C" fn version() -> *const u8 {
    VERSION.as_ptr()
}

/// How many bytes that text has.
#[unsafe(no_mangle)]
extern "C" fn version_length() -> usize {
    VERSION.len()
}

/// Makes the environment; gives the address of its words. Call it once.
#[unsafe(no_mangle)]
extern "C" fn open() -> *const Cells {
    let cells: Box<[Cell<u32>]> = (0..word::LENGTH).map(|_| Cell::new(0)).collect();
    let cells: &'static Cells = (&*Box::leak(cells)).try_into().expect("as many cells as words");
    ENVIRONMENT.set(Box::into_raw(Box::new(Environment::new(Words::over(cells)))));
    cells
}

/// How many words there are.
#[unsafe(no_mangle)]
extern "C" fn words_length() -> u32 {
    word::LENGTH
}

/// Runs one turn over the words. A panic traps; then call `after_trap`.
#[unsafe(no_mangle)]
extern "C" fn turn() {
    // SAFETY: `open` leaked this environment, or it is null; a turn calls no JavaScript, so no second reference can
    // exist meanwhile.
    if let Some(environment) = unsafe { ENVIRONMENT.get().as_mut() } {
        environment.turn();
    }
}

/// Poisons the machine of the turn that trapped. The others go on. Gives 0 if no turn had begun, and nothing is poisoned.
#[unsafe(no_mangle)]
extern "C" fn after_trap() -> u32 {
    // SAFETY: as in `turn`; the reference of the turn that trapped is gone with its stack.
    let environment = unsafe { ENVIRONMENT.get().as_mut() };
    environment.is_some_and(Environment::after_trap).into()
}
