//! The mailbox: where the shared words lie, and the one native function that JavaScript calls to run a turn.
//!
//! All hand-written `unsafe` of the project is in this file and in `wasm.rs`; what is done with the words is in `words.rs`, and safe.
//! Rust never calls JavaScript from here and keeps one strong reference, to the shared words themselves.

#![expect(unsafe_code, reason = "this is the fence: raw Node-API calls and the shared words")]

use std::ffi::c_void;
use std::ptr;

use napi::bindgen_prelude::{Env, Error, JsValue, Result, Status, Unknown};
use napi::sys;

use crate::environment::Environment;
use crate::protocol::word;
use crate::words::{Cells, Words};

/// Binds the shared words to a new function that runs one turn over them. Call it once per environment.
pub(crate) fn attach<'env>(env: &'env Env, array: &Unknown<'env>) -> Result<Unknown<'env>> {
    let words = shared_words(env, array)?;
    keep_alive(env, array)?;
    let environment = Box::into_raw(Box::new(Environment::new(words)));
    let mut function = ptr::null_mut();
    // SAFETY: `env` is live; the callback has the required signature; `environment` outlives the function, because it
    // is freed only by the cleanup hook below, when no JavaScript can run any more.
    let status = unsafe {
        let name = c"turn";
        sys::napi_create_function(env.raw(), name.as_ptr(), -1, Some(turn), environment.cast(), &raw mut function)
    };
    check(status, "create the turn function")?;
    // SAFETY: `environment` came from `Box::into_raw` and is handed to exactly one hook.
    let status = unsafe { sys::napi_add_env_cleanup_hook(env.raw(), Some(free_environment), environment.cast()) };
    check(status, "register the clean-up")?;
    // SAFETY: `function` was just created in this environment.
    Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), function) })
}

fn shared_words(env: &Env, array: &Unknown<'_>) -> Result<Words> {
    let mut kind = -1;
    let mut length = 0;
    let mut start = ptr::null_mut();
    let mut buffer = ptr::null_mut();
    // SAFETY: all out-pointers are valid or null, which Node-API allows; a value that is no typed array fails the call.
    let status = unsafe {
        sys::napi_get_typedarray_info(
            env.raw(),
            array.raw(),
            &raw mut kind,
            &raw mut length,
            &raw mut start,
            &raw mut buffer,
            ptr::null_mut(),
        )
    };
    check(status, "read the shared words")?;
    // An ordinary one could be taken away, and its memory with it; a shared one cannot, and is none by this question.
    let mut can_be_detached = true;
    // SAFETY: the buffer was just given for this typed array; the out-pointer is valid.
    let status = unsafe { sys::napi_is_arraybuffer(env.raw(), buffer, &raw mut can_be_detached) };
    check(status, "ask for the buffer of the shared words")?;
    let is_of_words = kind == sys::TypedarrayType::int32_array && length == word::LENGTH as usize;
    if !is_of_words || can_be_detached || start.is_null() {
        let message = format!("open() takes an Int32Array of exactly {} words over shared memory", word::LENGTH);
        return Err(Error::new(Status::InvalidArg, message));
    }
    // SAFETY: LENGTH words exist from `start` on, aligned as an Int32Array's are. `attach` keeps them alive as long as the
    // environment, and they leave it nowhere: so `'static` is never outlived. Only this thread touches them, and
    // JavaScript only between turns.
    Ok(Words::over(unsafe { &*start.cast::<Cells>() }))
}

fn keep_alive(env: &Env, array: &Unknown<'_>) -> Result<()> {
    let mut reference = ptr::null_mut();
    // SAFETY: both handles are live in this call; the reference is never deleted, so the memory lives as long as the
    // environment, which frees its references itself.
    let status = unsafe { sys::napi_create_reference(env.raw(), array.raw(), 1, &raw mut reference) };
    check(status, "keep the shared words")
}

fn check(status: sys::napi_status, action: &str) -> Result<()> {
    if status == sys::Status::napi_ok {
        return Ok(());
    }
    Err(Error::new(Status::from(status), format!("could not {action}")))
}

/// The hot entry: no arguments, no result; everything is in the words.
extern "C" fn turn(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut data: *mut c_void = ptr::null_mut();
    // SAFETY: `env` and `info` are the engine's; null out-pointers are allowed; `data` receives what `attach` gave.
    let status = unsafe {
        let none = ptr::null_mut();
        sys::napi_get_cb_info(env, info, none, none.cast(), none.cast(), &raw mut data)
    };
    if status == sys::Status::napi_ok && !data.is_null() {
        // SAFETY: `data` is the `Environment` that `attach` leaked; it is used by this thread only, and the turn calls
        // no JavaScript, so no second reference can exist meanwhile.
        let environment = unsafe { &mut *data.cast::<Environment>() };
        environment.turn();
    }
    ptr::null_mut()
}

extern "C" fn free_environment(data: *mut c_void) {
    // SAFETY: the pointer came from `Box::into_raw` in `attach`; the hook runs once, after the last turn.
    drop(unsafe { Box::from_raw(data.cast::<Environment>()) });
}
