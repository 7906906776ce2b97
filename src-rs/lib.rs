//! The fence of doeff-vm: translates the words of the mailbox into commands for the heart, and its outcomes into words; keeps
//! the machines of each JavaScript environment; and turns a panic into a poisoned machine.
//!
//! `protocol.rs` numbers the words, `codec.rs` translates them, `journal.rs` tells machines what the host did
//! on its own account, `published.rs` lets it read the answers of dispatch, `environment.rs` owns the machines of one
//! JavaScript environment, `fence.rs` catches panics, `words.rs` is the shared words, `mailbox.rs` the raw boundary
//! to Node-API, and `wasm.rs` the one to JavaScript where all of this is a WebAssembly module.

#![deny(unsafe_code)]

mod codec;
mod environment;
mod fence;
mod journal;
#[cfg(not(target_arch = "wasm32"))]
mod mailbox;
mod protocol;
mod published;
#[cfg(target_arch = "wasm32")]
mod wasm;
mod words;

#[cfg(not(target_arch = "wasm32"))]
pub mod node_api {
    //! What the addon exports.

    use napi::bindgen_prelude::{Env, Result, Unknown};
    use napi_derive::napi;

    use crate::mailbox;

    /// The version of this addon.
    #[napi]
    #[must_use]
    pub fn version() -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    /// Binds the shared words of this environment to a new function that runs one turn over them.
    ///
    /// # Errors
    /// When `words` is not an `Int32Array` of the length the protocol asks for.
    #[napi(ts_args_type = "words: Int32Array", ts_return_type = "() => void")]
    pub fn open<'env>(env: &'env Env, words: Unknown<'env>) -> Result<Unknown<'env>> {
        mailbox::attach(env, &words)
    }
}
