//! Names of things: small integers that cross to the host and back.
//!
//! Two families. A [`Id`] is generational: it names an entity the heart owns (a segment, a continuation) and goes
//! stale when that entity is gone. The other numbers name places *in the host* (a generator, a value) or things that
//! cannot be named too late (a scope, a handler); they start at 1, so that 0 can mean "none" on the wire.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;

/// A generational name of one `T` in an arena. Copying the name does not copy the thing.
pub struct Id<T> {
    pub(crate) index: u32,
    pub(crate) generation: NonZeroU32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    pub(crate) fn new(index: u32, generation: NonZeroU32) -> Self {
        Self { index, generation, kind: PhantomData }
    }

    /// Rebuilds a name from its two words; `None` when the generation is 0, which no living thing has.
    #[must_use]
    pub fn from_words(index: u32, generation: u32) -> Option<Self> {
        NonZeroU32::new(generation).map(|generation| Self::new(index, generation))
    }

    /// The two words that carry this name to the host.
    #[must_use]
    pub fn words(self) -> (u32, u32) {
        (self.index, self.generation.get())
    }
}

/// The place of one `T` in an arena, half as large as its [`Id`]: for links to what is known to live as long as they do.
pub(crate) struct Place<T> {
    /// The index plus 1.
    number: NonZeroU32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    pub(crate) fn place(self) -> Place<T> {
        let number = self.index.checked_add(1).and_then(NonZeroU32::new).expect("an index is below 2^32 - 1");
        Place { number, kind: PhantomData }
    }
}

impl<T> Place<T> {
    pub(crate) fn index(self) -> usize {
        self.number.get() as usize - 1
    }
}

impl<T> Clone for Place<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Place<T> {}

impl<T> PartialEq for Place<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for Place<T> {}

impl<T> fmt::Debug for Place<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.number.get() - 1)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && self.generation == other.generation
    }
}

impl<T> Eq for Id<T> {}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
        self.generation.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}.{}", self.index, self.generation)
    }
}

/// Defines numbers that start at 1.
macro_rules! number {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) NonZeroU32);

        impl $name {
            /// The number on the wire; `None` for 0.
            #[must_use]
            pub fn from_word(word: u32) -> Option<Self> {
                NonZeroU32::new(word).map(Self)
            }

            /// The word that carries this number to the host.
            #[must_use]
            pub fn word(self) -> u32 {
                self.0.get()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", stringify!($name), self.0)
            }
        }
    )*};
}

number! {
    /// The host's place of one generator: a program or a clause that has been started and has not ended.
    GeneratorSlot;
    /// The host's place of one value that something here must keep: a store entry, a log entry, a parked value.
    ValueSlot;
    /// A store key, interned by the host: equal keys have equal numbers as long as any store holds the key.
    KeyId;
    /// The type of an effect. Numbers below [`EffectType::FIRST_FREE`] are the built-in effects.
    EffectType;
    /// A handler known to this VM.
    HandlerId;
    /// A scope: the handler stack as seen from a segment.
    ScopeId;
    /// A store: the entries of a State or Reader handler, or the log of a Writer handler.
    StoreId;
}

/// Numbers that index a table of the heart.
macro_rules! index {
    ($($name:ident)*) => {$(
        impl $name {
            pub(crate) fn index(self) -> usize {
                self.0.get() as usize
            }
        }
    )*};
}

index! { EffectType HandlerId ScopeId StoreId }

/// Defines the built-in effect types from one list, so that the host's copy can be generated from it.
macro_rules! effect_types {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $label:literal;)*) => {
        impl EffectType {
            $($(#[$doc])* pub const $name: Self = Self(NonZeroU32::new($number).unwrap());)*

            /// Every built-in effect type with its public name.
            pub const BUILT_IN: &'static [(&'static str, Self)] = &[$(($label, Self::$name)),*];
        }
    };
}

effect_types! {
    /// `Get(key)`.
    GET = 1, "Get";
    /// `Put(key, value)`.
    PUT = 2, "Put";
    /// `Modify(key, function)`.
    MODIFY = 3, "Modify";
    /// `Ask(key)`.
    ASK = 4, "Ask";
    /// `Local(bindings, program)`.
    LOCAL = 5, "Local";
    /// `Tell(message)`.
    TELL = 6, "Tell";
    /// `Listen(program)`.
    LISTEN = 7, "Listen";
    /// `Try(program)`.
    TRY = 8, "Try";
    /// `Spawn(program)`.
    SPAWN = 32, "Spawn";
    /// `Wait(waitable)`.
    WAIT = 33, "Wait";
    /// `Gather(...waitables)`.
    GATHER = 34, "Gather";
    /// `Race(...waitables)`.
    RACE = 35, "Race";
    /// `Cancel(task)`.
    CANCEL = 36, "Cancel";
    /// `Yield()`.
    YIELD = 37, "Yield";
    /// `CreatePromise()`.
    CREATE_PROMISE = 38, "CreatePromise";
    /// `CompletePromise(promise, value)`.
    COMPLETE_PROMISE = 39, "CompletePromise";
    /// `FailPromise(promise, error)`.
    FAIL_PROMISE = 40, "FailPromise";
    /// `CreateExternalPromise()`.
    CREATE_EXTERNAL_PROMISE = 41, "CreateExternalPromise";
    /// `CreateSemaphore(permits)`.
    CREATE_SEMAPHORE = 42, "CreateSemaphore";
    /// `Acquire(semaphore)`.
    ACQUIRE = 43, "Acquire";
    /// `Release(semaphore)`.
    RELEASE = 44, "Release";
    /// `Sleep(ms)`.
    SLEEP = 45, "Sleep";
    /// `Now()`.
    NOW = 46, "Now";
    /// `Await(promise)`.
    AWAIT = 47, "Await";
    /// What a scheduler is found by, whatever handlers are inside of it; nobody performs it.
    SCHEDULER = 48, "Scheduler";
    /// `CurrentTask()`.
    CURRENT_TASK = 49, "CurrentTask";
}

impl EffectType {
    /// The first number free for the user's effect types; the built-in ones stay below it.
    pub const FIRST_FREE: u32 = 64;

    /// Whether it is one of the scheduler's effects.
    #[must_use]
    pub fn is_scheduling(self) -> bool {
        (Self::SPAWN..=Self::CURRENT_TASK).contains(&self)
    }

    /// Whether the host can see to it without a word of the scheduler's, which hears of it later if it must; a task that
    /// was cancelled aside, and what makes the task wait while it is not known who goes on. That there is one is such a thing.
    #[must_use]
    pub fn is_at_once(self) -> bool {
        matches!(
            self,
            Self::CREATE_PROMISE
                | Self::COMPLETE_PROMISE
                | Self::FAIL_PROMISE
                | Self::CREATE_EXTERNAL_PROMISE
                | Self::CREATE_SEMAPHORE
                | Self::NOW
                | Self::CURRENT_TASK
                | Self::SLEEP
                | Self::AWAIT
                | Self::GATHER
                | Self::RACE
                | Self::SPAWN
                | Self::SCHEDULER
                | Self::WAIT
                | Self::CANCEL
                | Self::YIELD
        )
    }

    /// Whether it matters which task performs it: a child in place is a task of its own then.
    pub(crate) fn is_about_the_performer(self) -> bool {
        self.may_suspend() || matches!(self, Self::RELEASE | Self::SPAWN | Self::CURRENT_TASK)
    }

    /// Whether the task that performs it may have to wait. A cancelled task goes no further than this.
    pub(crate) fn may_suspend(self) -> bool {
        matches!(self, Self::WAIT | Self::GATHER | Self::RACE | Self::YIELD | Self::ACQUIRE | Self::SLEEP | Self::AWAIT)
    }
}

impl ValueSlot {
    /// The slot that always holds the host's "no value"; it is never given out and never released.
    pub const UNDEFINED: Self = Self(NonZeroU32::MIN);
}
