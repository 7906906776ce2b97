//! Programs as scripts write them, so that a failing random program can be pasted as a test.

use std::fmt::{self, Write as _};

use doeff_vm_core::{ClauseKind, EffectType, Native};

use crate::ast::{Act, Body, Change, Clause, Code, Effect, Expr, Handler, Key, Program, Spec, Value};
use crate::scheduling::{Outside, Scheduled, Scheduling};

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&code(self))
    }
}

fn code(program: &Code) -> String {
    match program {
        Code::Pure(value) => format!("pure({})", expr(value)),
        Code::Let(first, "_", then) => format!("seq([{first:?}, {then:?}])"),
        Code::Let(first, name, then) => format!("bind({first:?}, {name:?}, {then:?})"),
        Code::Note(event) => format!("note({})", expr(event)),
        Code::Throw(error) => format!("throw({})", expr(error)),
        Code::Catch(body, name, handler) => format!("catch({body:?}, {name:?}, {handler:?})"),
        Code::Finally(body, cleanup) => format!("finally({body:?}, {cleanup:?})"),
        Code::Repeat(times, body) => format!("repeat({times}, {body:?})"),
        Code::Yield(Act::Call(program)) => format!("call({program:?})"),
        Code::Yield(Act::With(handler, body)) => format!("with({}, {body:?})", self::handler(handler)),
        Code::Yield(Act::Perform(effect)) => performed(effect),
        Code::Yield(act) => format!("act({})", self::act(act)),
        Code::Return(act) => format!("tail({})", self::act(act)),
    }
}

fn expr(value: &Expr) -> String {
    match value {
        Expr::Value(Value::Int(number)) => number.to_string(),
        Expr::Value(Value::Text(text)) => format!("{text:?}"),
        Expr::Value(Value::Waitable(number)) => format!("Value::Waitable({number})"),
        Expr::Value(Value::Semaphore(number)) => format!("Value::Semaphore({number})"),
        Expr::Value(Value::Scope(number)) => format!("Value::Scope({number})"),
        Expr::Value(Value::Shield(number)) => format!("Value::Shield({number})"),
        Expr::Var(name) => format!("var({name:?})"),
        Expr::Add(a, b) => format!("add({}, {})", expr(a), expr(b)),
        Expr::List(items) => format!("list([{}])", items.iter().map(expr).collect::<Vec<_>>().join(", ")),
        other => format!("{other:?}"),
    }
}

fn act(act: &Act) -> String {
    match act {
        Act::Resume { k, value, throws } | Act::Transfer { k, value, throws } => {
            let name = if matches!(act, Act::Resume { .. }) { "Resume" } else { "Transfer" };
            format!("Act::{name} {{ k: {}, value: {}.into(), throws: {throws} }}", expr(k), expr(value))
        }
        Act::With(handler, body) => format!("Act::With({}.into(), {body:?})", self::handler(handler)),
        Act::Call(program) => format!("Act::Call({program:?})"),
        Act::Pure(value) => format!("Act::Pure({}.into())", expr(value)),
        Act::Discontinue(k) => format!("Act::Discontinue({})", expr(k)),
        Act::Delegate(effect) => format!("Act::Delegate({effect:?})"),
        Act::Shield(name, body) => format!("Act::Shield({name:?}, {body:?})"),
        Act::Restored(shield, body) => format!("Act::Restored({}.into(), {body:?})", expr(shield)),
        Act::Scoped(bounds, name, body) => format!("Act::Scoped(Bounds::{bounds:?}, {name:?}, {body:?})"),
        Act::CancelScope(scope) => format!("Act::CancelScope({}.into())", expr(scope)),
        Act::All(programs) => format!("Act::All(vec!{programs:?})"),
        Act::Any(programs) => format!("Act::Any(vec!{programs:?})"),
        other => format!("{other:?}"),
    }
}

fn performed(effect: &Effect) -> String {
    match effect {
        Effect::Get(key) => format!("get({key})"),
        Effect::Put(key, value) => format!("put({key}, {})", expr(value)),
        Effect::Modify(key, Change::Add(by)) => format!("modify({key}, {})", expr(by)),
        Effect::Modify(key, Change::Throw(error)) => format!("modify_throwing({key}, {})", expr(error)),
        Effect::Ask(key) => format!("ask({key})"),
        Effect::Local(bindings, body) => {
            let bind = |(key, value): &(Key, Expr)| format!("({key}, {}.into())", expr(value));
            format!("local([{}], {body:?})", bindings.iter().map(bind).collect::<Vec<_>>().join(", "))
        }
        Effect::Tell(message) => format!("tell({})", expr(message)),
        Effect::Listen(body) => format!("listen({body:?})"),
        Effect::Try(body) => format!("attempt({body:?})"),
        Effect::User(number, payload) => format!("op({}, {})", user(*number), expr(payload)),
        Effect::Scheduling(effect) => scheduling(effect),
        Effect::Held(_) => "again()".to_owned(),
    }
}

fn scheduling(effect: &Scheduling) -> String {
    match effect {
        Scheduling::Spawn { program, daemon: true, .. } => format!("spawn_daemon({program:?})"),
        Scheduling::Spawn { program, priority, .. } => format!("spawn_at(Priority::{priority:?}, {program:?})"),
        Scheduling::Wait(waitable) => format!("wait({})", expr(waitable)),
        Scheduling::Gather(list) => format!("gather({})", expr(list)),
        Scheduling::Race(list) => format!("race({})", expr(list)),
        Scheduling::Cancel(task) => format!("cancel({})", expr(task)),
        Scheduling::Yield => "pause()".to_owned(),
        Scheduling::CreatePromise => "promise()".to_owned(),
        Scheduling::Complete { promise, value } => format!("complete({}, {})", expr(promise), expr(value)),
        Scheduling::Fail { promise, error } => format!("fail({}, {})", expr(promise), expr(error)),
        Scheduling::CreateExternal(Outside::Completes(value)) => format!("completed_outside({})", expr(value)),
        Scheduling::CreateExternal(Outside::Fails(error)) => format!("failed_outside({})", expr(error)),
        Scheduling::CreateExternal(Outside::Never) => "forsaken()".to_owned(),
        Scheduling::CreateSemaphore(permits) => format!("semaphore({permits})"),
        Scheduling::Acquire(semaphore) => format!("acquire({})", expr(semaphore)),
        Scheduling::Release(semaphore) => format!("release({})", expr(semaphore)),
    }
}

fn user(number: u32) -> &'static str {
    ["PICK", "LOG", "STOP"].get(number as usize).copied().unwrap_or("?")
}

fn effect_type(effect: EffectType) -> String {
    match EffectType::BUILT_IN.iter().find(|known| known.1 == effect) {
        Some((name, _)) => format!("EffectType::{}", name.to_uppercase()),
        None => user(effect.word() - EffectType::FIRST_FREE).to_owned(),
    }
}

fn handler(handler: &Handler) -> String {
    if let Some(Scheduled { most, preempt_every, .. }) = handler.scheduler {
        return format!("scheduler({most}, {preempt_every})");
    }
    let mut text = handler.native.as_ref().map_or("handler()".to_owned(), spec);
    for clause in &handler.clauses {
        write!(text, ".{}", self::clause(clause)).expect("writing to a string");
    }
    if let Some(result) = &handler.returns {
        write!(text, ".returns({})", body(result)).expect("writing to a string");
    }
    text
}

fn spec(spec: &Spec) -> String {
    let entries = spec.entries.iter().map(|(key, value)| format!("({key}, {value:?})")).collect::<Vec<_>>().join(", ");
    let shows = if spec.shows { ".showing()" } else { "" };
    match spec.native {
        Native::State => format!("state([{entries}]){shows}"),
        Native::Reader => format!("reader([{entries}]){shows}"),
        Native::Writer => format!("writer(){shows}"),
        Native::Try => "tries()".to_owned(),
    }
}

fn clause(clause: &Clause) -> String {
    let name = match clause.kind {
        ClauseKind::Val => "val",
        ClauseKind::Fun => "fun",
        ClauseKind::Ctl => "ctl",
        ClauseKind::Raw => "raw",
        ClauseKind::Final => "fin",
    };
    match (clause.effect, &clause.body) {
        (Some(effect), Body::Plain { result: Ok(constant), .. }) if clause.kind == ClauseKind::Val => {
            format!("val({}, {})", effect_type(effect), expr(constant))
        }
        (Some(effect), what) => format!("{name}({}, {})", effect_type(effect), body(what)),
        (None, what) => format!("catch_all({:?}, {})", clause.kind, body(what)),
    }
}

fn body(body: &Body) -> String {
    match body {
        Body::Plain { note: Some(note), result: Ok(answer) } => format!("noting({note:?}, {})", expr(answer)),
        Body::Plain { result: Ok(answer), .. } => format!("plain({})", expr(answer)),
        Body::Plain { result: Err(error), .. } => format!("throwing({})", expr(error)),
        Body::Program(program) => shown(program),
    }
}

fn shown(program: &Program) -> String {
    format!("{program:?}")
}
