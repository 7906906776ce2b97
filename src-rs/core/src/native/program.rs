//! Handlers written in Rust: a handler gives a program for each effect it takes, and the program says, step by step,
//! what it wants next. It never calls into the machine, and the machine never calls it while it runs itself.
//!
//! This is for whoever builds an addon of their own on this crate. Values stay the host's: a program sees that the
//! register holds one, may keep it in a slot, and may resume with the register, a kept value, or an integer.

use crate::continuation::ContinuationId;
use crate::frame::Frame;
use crate::handler::{Body, Handler, Resolution};
use crate::id::{EffectType, HandlerId, KeyId, ValueSlot};
use crate::outcome::Instruction;
use crate::turn::{Mode, Step};
use crate::vm::Vm;

/// A handler written in Rust. Installed like any other; found by the same search.
///
/// # Example
///
/// A quota: it answers each `Draw` with the number of draws left, and ends the computation when none is.
///
/// ```
/// use doeff_vm_core::{Action, EffectType, NativeContext, NativeHandler, NativeProgram, Performed, Vm};
///
/// struct Quota { draw: EffectType, left: i32 }
///
/// impl NativeHandler for Quota {
///     fn takes(&self, effect: EffectType) -> bool {
///         effect == self.draw
///     }
///     fn handle(&mut self, _effect: Performed) -> Box<dyn NativeProgram> {
///         self.left -= 1;
///         Box::new(Draw { left: self.left })
///     }
/// }
///
/// struct Draw { left: i32 }
///
/// impl NativeProgram for Draw {
///     fn start(&mut self, _context: &mut NativeContext<'_>) -> Action {
///         if self.left < 0 { Action::Return } else { Action::ResumeInteger(self.left) }
///     }
/// }
///
/// let draw = EffectType::from_word(EffectType::FIRST_FREE).unwrap();
/// let mut vm = Vm::new();
/// let quota = vm.define_native(Box::new(Quota { draw, left: 2 }));
/// # let _ = quota;
/// ```
pub trait NativeHandler: Send {
    /// Whether this handler has a clause for the effect type. Must always answer the same.
    fn takes(&self, effect: EffectType) -> bool;

    /// A program that handles one performed effect.
    fn handle(&mut self, effect: Performed) -> Box<dyn NativeProgram>;

    /// The handler is gone: kept values must be given up here.
    fn close(&mut self, context: &mut NativeContext<'_>) {
        let _ = context;
    }
}

/// One handling under way. Each method is called with the register as its doc says, and answers what to do next.
pub trait NativeProgram: Send {
    /// The register holds the effect.
    fn start(&mut self, context: &mut NativeContext<'_>) -> Action;

    /// After [`Action::ResumeAndWait`]: the register holds the result of the resumed computation.
    fn resume(&mut self, context: &mut NativeContext<'_>) -> Action {
        let _ = context;
        Action::Return
    }

    /// After [`Action::ResumeAndWait`]: the register holds the error of the resumed computation.
    fn throw(&mut self, context: &mut NativeContext<'_>) -> Action {
        let _ = context;
        Action::Throw
    }

    /// The program ends without having said so, because it is unwound: kept values must be given up here.
    fn close(&mut self, context: &mut NativeContext<'_>) {
        let _ = context;
    }
}

/// An effect as a native handler sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Performed {
    /// Its type.
    pub effect: EffectType,
    /// Its interned key, for the keyed built-in effects, when any store holds it.
    pub key: Option<KeyId>,
}

/// What a native program wants next. All but [`Action::ResumeAndWait`] end the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Resume the performer with the register, in tail position.
    Resume,
    /// Resume the performer with an integer.
    ResumeInteger(i32),
    /// Resume the performer with a kept value, which is given up.
    ResumeKept(ValueSlot),
    /// Throw the register at the performer.
    ResumeThrow,
    /// Resume the performer with the register and be called again with the result.
    ResumeAndWait,
    /// Decline: the search goes on outside. Only at the start, while the register holds the effect.
    Delegate,
    /// The register is the result of the handled computation; the performer is unwound if it was not resumed.
    Return,
    /// The register is the error of the handled computation; the performer is unwound if it was not resumed.
    Throw,
}

/// What a native program may do to the register while it decides.
pub struct NativeContext<'vm> {
    vm: &'vm mut Vm,
}

impl NativeContext<'_> {
    /// Keeps the register's value. At most once per call; the register still holds it.
    ///
    /// # Panics
    /// When called twice in one call.
    pub fn keep(&mut self) -> ValueSlot {
        let slot = self.vm.keep_register();
        self.vm.lent.push(slot);
        slot
    }

    /// Gives a kept value up.
    ///
    /// # Panics
    /// When the value was not kept, or was given up before.
    pub fn forget(&mut self, slot: ValueSlot) {
        self.vm.take_back(slot);
        self.vm.host.drop_value(slot);
    }
}

/// The number of a native program under way.
pub(crate) type NativeNumber = u32;

/// What a native program is called for.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    Start,
    Resume,
    Throw,
}

impl Vm {
    /// Makes a native handler known; it lives as long as the machine, or until its last owner gives it up.
    pub fn define_native(&mut self, handler: Box<dyn NativeHandler>) -> HandlerId {
        self.define(Handler { body: Body::Program(handler), returns: false, unowned: true, fresh: false })
    }

    /// Starts the program of a native handler on a captured continuation.
    pub(crate) fn start_native(&mut self, found: Resolution, effect: EffectType, key: Option<KeyId>) -> Step {
        let entry = self.handlers[found.handler.index()].as_mut();
        let Some(Handler { body: Body::Program(handler), .. }) = entry else {
            unreachable!("a native answer comes from a native handler (I7)");
        };
        let program = handler.handle(Performed { effect, key });
        let captured = self.capture(found.at);
        let k = self.continuations.insert(captured);
        let number = self.natives.insert(program);
        self.push(Frame::Native { program: number, k });
        self.call_native(number, k, Event::Start)
    }

    /// Calls the native program of the top frame and does what it wants.
    pub(crate) fn call_native(&mut self, number: NativeNumber, k: ContinuationId, event: Event) -> Step {
        let mut program = self.natives.take(number);
        let mut context = NativeContext { vm: self };
        let action = match event {
            Event::Start => program.start(&mut context),
            Event::Resume => program.resume(&mut context),
            Event::Throw => program.throw(&mut context),
        };
        if action == Action::ResumeAndWait {
            self.natives.put_back(number, program);
            return self.resume(k, false);
        }
        self.natives.free(number);
        self.top_mut().frames.pop();
        match action {
            Action::Resume | Action::ResumeAndWait => self.resume(k, false),
            Action::ResumeInteger(integer) => {
                self.outcome.integer = Some(integer);
                self.resume(k, false)
            }
            Action::ResumeKept(slot) => {
                self.take_back(slot);
                self.fill_register(slot);
                self.resume(k, false)
            }
            Action::ResumeThrow => self.resume(k, true),
            Action::Delegate => self.ask(Instruction::Forward { k }),
            Action::Return => self.abandon(k, Mode::Deliver),
            Action::Throw => self.abandon(k, Mode::Throw),
        }
    }

    /// The native program of a popped frame is unwound.
    pub(crate) fn close_native(&mut self, number: NativeNumber) {
        let mut program = self.natives.take(number);
        program.close(&mut NativeContext { vm: self });
        self.natives.free(number);
    }

    /// A native handler has lost its last owner.
    pub(crate) fn close_native_handler(&mut self, mut handler: Box<dyn NativeHandler>) {
        handler.close(&mut NativeContext { vm: self });
    }

    /// A kept value goes back to the machine's own account.
    fn take_back(&mut self, slot: ValueSlot) {
        let at = self.lent.iter().position(|&lent| lent == slot);
        self.lent.swap_remove(at.expect("a native program gives up only what it kept"));
    }
}
