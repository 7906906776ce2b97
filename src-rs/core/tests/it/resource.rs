//! Something that is opened and must be closed: what programs do with it, and how it is seen that they have.

use crate::ast::{Act, Code, Name, Program};
use crate::build::*;
use crate::host::Host;
use crate::scheduling::pause;

const OPENED: Name = "opened";
const CLOSED: Name = "closed";
/// What a bracket calls its shield.
const SHIELD: Name = "own";

/// Opens something, after a while, uses it, and closes it, whatever happens.
pub(crate) fn bracket(uses: Program) -> Program {
    let restored = act(Act::Restored(var(SHIELD), uses));
    act(Act::Shield(SHIELD, seq([pause(), note(OPENED), finally(restored, note(CLOSED))])))
}

/// What a bracket uses, if the program is one.
pub(crate) fn used_by(act: &Act) -> Option<&Program> {
    let Act::Shield(SHIELD, program) = act else { return None };
    let Code::Let(_, _, after_pause) = &**program else { return None };
    let Code::Let(_, _, opened) = &**after_pause else { return None };
    let Code::Finally(restored, _) = &**opened else { return None };
    if let Code::Yield(Act::Restored(_, uses)) = &**restored { Some(uses) } else { None }
}

/// What a program has opened, it has closed, whatever has happened to it.
#[track_caller]
pub(crate) fn check_all_closed(host: &Host) {
    let count = |name| host.trace.iter().filter(|event| *event == name).count();
    assert_eq!(count(OPENED), count(CLOSED), "what was opened was closed: {:?}", host.trace);
}
