//! Panics at the fence: one that a turn catches is told in the error of the machine it broke, and nowhere else. Any other
//! panic of this addon goes to the hook that was there before.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::rc::Rc;
use std::sync::Once;

/// Whether a turn is under way on this thread, and what the last panic of one said.
#[derive(Default)]
pub(crate) struct Fence {
    is_in_turn: Cell<bool>,
    told: RefCell<Option<String>>,
}

thread_local! {
    static FENCE: Rc<Fence> = Rc::default();
}

static HOOKED: Once = Once::new();

impl Fence {
    /// The fence of this thread. Environments keep it, so that a turn need not look for it.
    pub(crate) fn of_this_thread() -> Rc<Self> {
        HOOKED.call_once(hook);
        FENCE.with(Rc::clone)
    }

    /// Carries out one turn.
    ///
    /// # Errors
    /// The text of its panic.
    pub(crate) fn guard(&self, turn: impl FnOnce()) -> Result<(), String> {
        self.is_in_turn.set(true);
        let result = catch_unwind(AssertUnwindSafe(turn));
        self.is_in_turn.set(false);
        result.map_err(|_| self.text())
    }

    /// The text of a panic that ended the turn without unwinding, because WebAssembly traps instead; an empty one when the
    /// trap was none; `None` when no turn was under way.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn after_trap(&self) -> Option<String> {
        self.is_in_turn.replace(false).then(|| self.told.take().unwrap_or_default())
    }

    fn text(&self) -> String {
        self.told.take().unwrap_or_else(|| "a panic without a message".to_owned())
    }

    /// Whether the panic is one that a turn catches; then it is known what it said and where it was.
    fn notes(&self, info: &PanicHookInfo<'_>) -> bool {
        if !self.is_in_turn.get() {
            return false;
        }
        let text = info.payload().downcast_ref::<String>().map(String::as_str);
        let text =
            text.or_else(|| info.payload().downcast_ref::<&str>().copied()).unwrap_or("a panic without a message");
        self.told.replace(Some(match info.location() {
            Some(place) => format!("{text} ({place})"),
            None => text.to_owned(),
        }));
        true
    }
}

fn hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // A thread that is ending has none any more.
        if !FENCE.try_with(|fence| fence.notes(info)).unwrap_or(false) {
            before(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::panic::{self, catch_unwind};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{Fence, HOOKED, hook};

    #[test]
    fn a_panic_of_a_turn_is_told_with_its_place_and_reaches_no_hook() {
        let told = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&told);
        // Other tests panic on threads of their own; this one's are counted.
        let own = std::thread::current().id();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == own {
                counted.fetch_add(1, Ordering::Relaxed);
            } else {
                before(info);
            }
        }));
        HOOKED.call_once(|| {});
        hook();
        let fence = Fence::of_this_thread();
        let text = fence.guard(|| panic!("broken {}", 7)).expect_err("it panicked");
        assert!(text.starts_with("broken 7 (") && text.contains("fence.rs:"), "{text}");
        assert_eq!(told.load(Ordering::Relaxed), 0);
        assert_eq!(fence.guard(|| {}), Ok(()));
        assert!(catch_unwind(|| panic!("elsewhere")).is_err());
        assert_eq!(told.load(Ordering::Relaxed), 1, "a panic outside of a turn is nobody's to hide");
    }
}
