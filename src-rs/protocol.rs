//! The wire: which number means what, and where each word lies. The one source; the front's `protocol.ts` is
//! generated from here, and a test fails when it is stale.
//!
//! All words are 32 bits in native byte order. The host fills the command words, calls `turn`, reads the outcome words.

/// Defines a group of numbered words together with its table of names.
macro_rules! words {
    ($(#[$doc:meta])* $group:ident: $($name:ident = $number:expr,)*) => {
        $(#[$doc])*
        pub(crate) mod $group {
            $(
                #[allow(dead_code, reason = "some words are read or written by the front only")]
                pub(crate) const $name: u32 = $number;
            )*
            #[cfg(test)]
            pub(crate) const TABLE: &[(&str, u32)] = &[$((stringify!($name), $name)),*];
        }
    };
}

#[cfg(test)]
mod front_copy;

words! {
    /// Where each word lies in the mailbox.
    word:
    VM = 0,
    OP = 1,
    A = 2,
    B = 3,
    C = 4,
    D = 5,
    DEEDS = 6,
    INTEGER = 7,
    CODE = 8,
    FLAGS = 9,
    X = 10,
    Y = 11,
    Z = 12,
    W = 13,
    V = 14,
    PARK = 15,
    LOAD = 16,
    PERFORMER = 17,
    RELEASE_COUNT = 18,
    LISTING_COUNT = 19,
    RELEASES = 20,
    LISTING = 84,
    FIRM = 596,
    BELOW_COUNT = 597,
    BELOW_ENDED = 598,
    SCOPE = 599,
    PERFORMED = 600,
    BUDGET = 601,
    UNTOLD = 602,
    SPAWNS = 603,
    RUNNING = 604,
    READY = 605,
    INHERITS = 606,
    IN_PLACE = 607,
    CHILDREN = 608,
    LEFT = 609,
    GOES_ON = 610,
    SETTLED = 611,
    SETTLEMENT = 612,
    NAME_INDEX = 613,
    NAME_GENERATION = 614,
    NAME_WAITER = 615,
    NAME_SCOPE = 616,
    SUBJECT = 617,
    FORKED_COUNT = 620,
    RUNNING_HANDLE = 621,
    FORKED = 624,
    BELOW = 816,
    ENTRIES = 864,
    CELLS = 4960,
    JOURNAL = 21344,
    LENGTH = 29536,
}

words! {
    /// The words of one entry of the journal: `operand * 16 + kind`; the place of a frame, or 0; a name, which is what the
    /// deed is about, or is written by the machine when the deed has made something; the scope before the deed; the frame
    /// below; where the machine keeps what was made.
    /// Until it is named, what the entry in place `n` makes is called `UNNAMED + n`, in generation 0.
    journal:
    WHAT = 0,
    SLOT = 1,
    INDEX = 2,
    GENERATION = 3,
    SCOPE = 4,
    BELOW = 5,
    HANDLE = 6,
    SIZE = 8,
    MOST = 1024,
    UNNAMED = 0x4000_0000,
}

words! {
    /// What the host writes for a scope that it does not know; no stamp is so high.
    scope:
    UNKNOWN = 0x7fff_ffff,
}

words! {
    /// The kinds of deeds. `CALLED` and `IN_PLACE` and those from `SCOPE` on are frames that give what they end with to the
    /// frame below. The operand is an effect type, the number of a shield, whether a cancel scope collects tasks, how many
    /// frames have ended, the store of a message, the options of a task, whether a promise failed, or the place where the
    /// task goes on that was handed off to. `NOTHING` was taken back.
    deed:
    NOTHING = 0,
    BEGAN = 1,
    ENDED = 2,
    TOLD = 3,
    SPAWNED = 4,
    SETTLED = 5,
    CANCELLED = 6,
    HANDED_OFF = 7,
    STARTED = 8,
    RESUMED = 9,
    CALLED = 10,
    IN_PLACE = 11,
    SCOPE = 12,
    SHIELD = 13,
    RESTORE = 14,
    CHILD = 15,
}

words! {
    /// Who is ready beside the task that runs, as far as the host knows. `ONE` is written by the host: a task that it has
    /// made ready itself, and of which it knows where it goes on.
    ready:
    UNKNOWN = 0,
    NONE = 1,
    ONE = 2,
}

words! {
    /// The words of a cell: who takes an effect performed in a scope. Cell `scope * STRIDE + effect`, modulo `COUNT`.
    cell:
    SCOPE = 0,
    EFFECT = 1,
    TAKES = 2,
    HANDLER = 3,
    CLAUSE = 4,
    STORE = 3,
    STAMP = 4,
    OUTSIDE = 5,
    SIZE = 8,
    COUNT = 2048,
    STRIDE = 37,
}

words! {
    /// How a cell says that the effect is answered; clauses are said by their kind.
    takes:
    STORE = 8,
    SCHEDULER = 9,
}

words! {
    /// The words of an entry: where the value of a key is. Entry `store * STRIDE + key`, modulo `COUNT`.
    entry:
    STORE = 0,
    KEY = 1,
    VALUE = 2,
    SIZE = 4,
    COUNT = 1024,
    STRIDE = 37,
}

words! {
    /// Commands. Those from `OPEN` on concern the fence, not a machine.
    op:
    START = 1,
    CALL = 2,
    RETURN = 3,
    THROW = 4,
    DELIVER = 5,
    RAISE = 6,
    PERFORM = 7,
    ONWARD = 8,
    FUN_PROGRAM = 10,
    DELEGATE = 11,
    FORWARD = 12,
    INSTALL = 13,
    INSTALL_FRESH = 14,
    RESUME = 15,
    DISCONTINUE = 16,
    GET_CONTINUATION = 17,
    GET_HANDLERS = 18,
    CREATE_CONTINUATION = 19,
    START_CONTINUATION = 21,
    DEFINE_HANDLER = 22,
    DEFINE_CLAUSE = 23,
    DEFINE_NATIVE = 24,
    SET_INSTALLED = 25,
    WRITE = 26,
    ENTRIES = 27,
    CLEAR = 28,
    CHAIN = 29,
    FORGET = 30,
    ABORT = 31,
    DRAIN = 32,
    LEASE = 33,
    CLOSED = 34,
    RESOLVE = 35,
    PERFORM_LATE = 36,
    PERFORM_ON = 37,
    INSTALL_SCHEDULER = 38,
    DEFINE_SCHEDULER = 39,
    SETTLE = 40,
    WATCH = 41,
    PARK = 42,
    NEXT = 43,
    INTERRUPT = 44,
    TASKS = 45,
    STORE_OF = 46,
    WAIT_OUTSIDE = 49,
    WATCH_OFFERED = 50,
    OPEN_SCOPE = 51,
    OPEN_SHIELD = 52,
    OPEN_RESTORE = 53,
    OPEN_CHILD = 54,
    CANCEL_SCOPE = 55,
    JOIN = 56,
    INHERIT = 57,
    STUCK = 58,
    CURRENT_TASK = 59,
    HOLDERS = 60,
    TASK_CHAIN = 61,
    OPEN = 64,
    CLOSE = 65,
    STATS = 66,
    PANIC = 67,
    CATCH_UP = 68,
    PUBLISH = 69,
}

words! {
    /// What the host does next. Those from `OPENED` on answer the fence's own commands.
    code:
    RESUME = 1,
    THROW = 2,
    CLOSE = 3,
    BEGIN = 4,
    LOAD = 5,
    KEEP = 6,
    MODIFY = 7,
    MODIFY_ABSENT = 8,
    OVERHEARD = 9,
    VAL = 10,
    FUN = 11,
    CTL = 12,
    FINAL = 13,
    RETURNS = 14,
    ENDED = 15,
    SEED = 16,
    ENTER = 17,
    CAUGHT = 18,
    FORWARD = 19,
    CALLSITE = 20,
    DEFINED = 21,
    CREATED = 22,
    LISTED = 23,
    READY = 24,
    FAULT = 25,
    DONE = 26,
    FAILED = 27,
    START = 28,
    TASK = 29,
    SPAWNED = 30,
    START_TASK = 31,
    ANSWER = 32,
    PERFORM = 33,
    IDLE = 34,
    DEADLOCK = 35,
    LEFTOVER = 36,
    AGAIN = 37,
    STORE = 38,
    SCOPE_OPENED = 39,
    EXPIRED = 40,
    ESCAPED = 41,
    OPENED = 64,
    POISONED = 65,
    NO_SUCH_VM = 66,
    MALFORMED = 67,
}

words! {
    /// Which of the optional words are filled.
    flag:
    PARK = 1,
    LOAD = 2,
    PERFORMER = 4,
    RELEASES = 8,
    CROSSED = 16,
    INTEGER = 32,
    NAMES = 64,
    SETTLED = 256,
    NAMED = 512,
    SWITCHED = 1024,
    FORKED = 4096,
}

words! {
    /// The words of a child that has become a task: its handle, its name, the strand of its parent, how many children were in
    /// place below it, and the handle of its parent (0 for a root task).
    forked:
    HANDLE = 0,
    INDEX = 1,
    GENERATION = 2,
    PARENT = 3,
    BELOW = 4,
    PARENT_HANDLE = 5,
    SIZE = 6,
    MOST = 32,
}

words! {
    /// What becomes of the frame that asks for a jump.
    position:
    NON_TAIL = 0,
    TAIL = 1,
    CLOSING = 2,
}

words! {
    /// Until when a task parks.
    until:
    ONLY = 0,
    FIRST = 1,
    ALL = 2,
}

words! {
    /// The kinds in a release word: `number * 4 + kind`.
    release:
    VALUE = 0,
    KEY = 1,
    HANDLER = 2,
    FORGOTTEN = 3,
}

words! {
    /// Where each count lies in the listing that `STATS` fills.
    stat:
    SEGMENTS = 0,
    FRAMES = 1,
    CONTINUATIONS = 2,
    HANDLERS = 3,
    SCOPES = 4,
    STORES = 5,
    VALUES = 6,
    PERFORMED_LOW = 7,
    PERFORMED_HIGH = 8,
    TASKS = 9,
}
