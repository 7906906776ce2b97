//! Faults: the ways a command can be refused. Their numbers are the wire's and never change.
//!
//! A fault is not a user's error: those are values and pass through the register. Nor is it a bug of ours: those are
//! assertions. After a fault the VM is as it was before the command.

/// Why a command was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Fault {
    /// No handler in scope takes the effect.
    UnhandledEffect = 1,
    /// The continuation was consumed before.
    OneShotViolation = 2,
    /// No clause is under way on the current segment.
    NoHandlerContext = 3,
    /// The continuation has not been started.
    UnstartedContinuation = 4,
    /// No reader in scope binds the key.
    MissingEnvKey = 5,
    /// The command makes no sense now.
    OutOfOrder = 6,
    /// More permits would be in than the semaphore has.
    TooManyPermits = 7,
    /// The scheduler has as many tasks as it may.
    TooManyTasks = 8,
    /// The continuation is of a task, and its result would go to where the task is not.
    EscapedTask = 9,
}

impl Fault {
    /// Every fault with its name, for the generated host copy.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("UNHANDLED_EFFECT", Self::UnhandledEffect),
        ("ONE_SHOT_VIOLATION", Self::OneShotViolation),
        ("NO_HANDLER_CONTEXT", Self::NoHandlerContext),
        ("UNSTARTED_CONTINUATION", Self::UnstartedContinuation),
        ("MISSING_ENV_KEY", Self::MissingEnvKey),
        ("OUT_OF_ORDER", Self::OutOfOrder),
        ("TOO_MANY_PERMITS", Self::TooManyPermits),
        ("TOO_MANY_TASKS", Self::TooManyTasks),
        ("ESCAPED_TASK", Self::EscapedTask),
    ];
}
