//! Administration: defining handlers, reading and writing stores. None of it touches the chain, so it is allowed
//! between runs as well as during one.

use crate::command::{Command, Native};
use crate::error::Fault;
use crate::handler::{Body, Clause, ClauseKind, Handler};
use crate::id::{EffectType, HandlerId, KeyId, StoreId};
use crate::outcome::Instruction;
use crate::vm::Vm;

/// A page of store entries; the host asks again for the rest.
const PAGE: usize = 128;

impl Vm {
    pub(crate) fn administer(&mut self, command: &Command) -> Instruction {
        match *command {
            Command::DefineHandler { returns } => self.define_handler(returns),
            Command::DefineClause { handler, effect, kind } => self.define_clause(handler, effect, kind),
            Command::DefineNative { native } => self.define_built_in(native),
            Command::SetInstalled { handler, installed } => self.set_installed(handler, installed),
            Command::Write { store, key } => {
                let (value, new_key) = self.stores.write(store, key, &mut self.host);
                Instruction::Keep { value, new_key }
            }
            Command::Entries { store, from } => self.list_entries(store, from as usize),
            Command::Clear { store } => {
                self.stores.clear(store, &mut self.host);
                Instruction::Ready
            }
            Command::Forget { value } => {
                self.host.drop_value(value);
                Instruction::Ready
            }
            Command::StoreOf { handler } => match self.handler(handler).body {
                Body::Native { native, store, layer } => Instruction::Store { store, native: Some(native), layer },
                Body::Clauses(_) | Body::Scheduler(_) | Body::Program(_) => {
                    Instruction::Store { store: None, native: None, layer: false }
                }
            },
            Command::Drain => Instruction::Ready,
            _ => unreachable!("turn sends only administration here"),
        }
    }

    fn define_handler(&mut self, returns: bool) -> Instruction {
        let handler = self.define(Handler { body: Body::Clauses(Vec::new()), returns, unowned: true, fresh: false });
        Instruction::Defined { handler, store: None }
    }

    fn define_clause(&mut self, handler: HandlerId, effect: Option<EffectType>, kind: ClauseKind) -> Instruction {
        let entry = self.handlers.get_mut(handler.index()).and_then(Option::as_mut);
        let Some(Handler { body: Body::Clauses(clauses), .. }) = entry else {
            return Instruction::Fault(Fault::OutOfOrder);
        };
        clauses.push(Clause { effect, kind });
        Instruction::Ready
    }

    /// A built-in handler that stays known, with its store, as long as the VM.
    fn define_built_in(&mut self, native: Native) -> Instruction {
        let store = native.has_store().then(|| self.stores.create());
        let handler = self.define(Handler {
            body: Body::Native { native, store, layer: false },
            returns: false,
            unowned: false,
            fresh: false,
        });
        Instruction::Defined { handler, store }
    }

    fn set_installed(&mut self, handler: HandlerId, installed: bool) -> Instruction {
        let at = self.installed.iter().position(|&own| own == handler);
        match (at, installed) {
            (None, true) => {
                self.own_handler(handler);
                self.installed.push(handler);
            }
            (Some(at), false) => {
                self.installed.remove(at);
                self.disown_handler(handler);
            }
            (Some(_), true) | (None, false) => {}
        }
        Instruction::Ready
    }

    /// One page of a store: pairs of key (0 in a log) and value.
    fn list_entries(&mut self, store: StoreId, from: usize) -> Instruction {
        self.listing.clear();
        let Some(store) = self.stores.get(store) else {
            return Instruction::Fault(Fault::OutOfOrder);
        };
        let rest = store.entries().get(from..).unwrap_or_default();
        let words = rest.iter().take(PAGE).flat_map(|&(key, value)| [key.map_or(0, KeyId::word), value.word()]);
        self.listing.extend(words);
        Instruction::Listed { more: rest.len() > PAGE }
    }
}
