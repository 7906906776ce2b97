//! A generator as an explicit stack machine: what JavaScript does between two yields, `try` and `finally` included.

use crate::ast::{Act, Closure, Code, Env, Name, Program, Value};
use crate::forms::FormBody;

/// How a generator is continued.
#[derive(Debug)]
pub(crate) enum Input {
    Next(Value),
    Throw(Value),
    /// `return()`: runs the pending `finally` blocks, which may yield.
    Close,
}

/// What a step of a generator gave.
#[derive(Debug)]
pub(crate) enum Output {
    Yielded(Closure<Act>),
    Returned(Value),
    /// Returned a control primitive.
    Tail(Closure<Act>),
    Threw(Value),
}

/// How a piece of code ended.
#[derive(Clone, Debug)]
enum End {
    Value(Value),
    Throw(Value),
    /// `return` is on its way out, with a primitive or nothing.
    Return(Option<Closure<Act>>),
}

#[derive(Debug)]
enum Pending {
    Bind(Name, Program, Env),
    Catch(Name, Program, Env),
    Finally(Program, Env),
    /// The `finally` block runs; then this goes on.
    Ending(End),
    Repeat(u32, Program, Env),
}

#[derive(Debug)]
enum Control {
    Run(Program, Env),
    Ended(End),
    Suspended,
    /// It is no script, but the body of `All` or `Any`.
    Form(FormBody),
}

/// A generator that has been made and has not ended.
#[derive(Debug)]
pub(crate) struct Generator {
    control: Control,
    stack: Vec<Pending>,
}

impl Generator {
    pub(crate) fn new(program: &Program, env: Env) -> Self {
        Self { control: Control::Run(program.clone(), env), stack: Vec::new() }
    }

    pub(crate) fn form(body: FormBody) -> Self {
        Self { control: Control::Form(body), stack: Vec::new() }
    }

    /// Runs up to the next yield or the end; notes go to the trace.
    pub(crate) fn step(&mut self, input: Input, trace: &mut Vec<String>) -> Output {
        if let Control::Form(body) = &mut self.control {
            return body.step(input);
        }
        match (&self.control, input) {
            (Control::Suspended, Input::Next(value)) => self.control = Control::Ended(End::Value(value)),
            (Control::Suspended, Input::Throw(error)) => self.control = Control::Ended(End::Throw(error)),
            (Control::Suspended, Input::Close) => self.control = Control::Ended(End::Return(None)),
            (_, Input::Next(Value::Nil)) => {}
            // What has not started has nothing to clean up.
            (_, Input::Close) => return Output::Returned(Value::Nil),
            (_, input) => panic!("a new generator is started with no value, not {input:?}"),
        }
        loop {
            let control = std::mem::replace(&mut self.control, Control::Suspended);
            let output = match control {
                Control::Run(program, env) => self.run(&program, env, trace),
                Control::Ended(end) => self.leave(end),
                Control::Suspended | Control::Form(_) => unreachable!("a running generator is not suspended"),
            };
            if let Some(output) = output {
                return output;
            }
        }
    }

    fn run(&mut self, program: &Program, env: Env, trace: &mut Vec<String>) -> Option<Output> {
        match &**program {
            Code::Pure(expr) => self.control = Control::Ended(End::Value(env.eval(expr))),
            Code::Throw(expr) => self.control = Control::Ended(End::Throw(env.eval(expr))),
            Code::Return(act) => self.control = Control::Ended(End::Return(Some(env.close(act)))),
            Code::Yield(act) => return Some(Output::Yielded(env.close(act))),
            Code::Note(expr) => {
                trace.push(format!("{:?}", env.eval(expr)));
                self.control = Control::Ended(End::Value(Value::Nil));
            }
            Code::Let(first, name, then) => self.enter(Pending::Bind(name, then.clone(), env.clone()), first, env),
            Code::Catch(body, name, handler) => {
                self.enter(Pending::Catch(name, handler.clone(), env.clone()), body, env);
            }
            Code::Finally(body, cleanup) => self.enter(Pending::Finally(cleanup.clone(), env.clone()), body, env),
            Code::Repeat(times, body) => self.repeat(*times, body.clone(), env),
        }
        None
    }

    fn enter(&mut self, pending: Pending, program: &Program, env: Env) {
        self.stack.push(pending);
        self.control = Control::Run(program.clone(), env);
    }

    fn repeat(&mut self, times: u32, body: Program, env: Env) {
        if times == 0 {
            self.control = Control::Ended(End::Value(Value::Nil));
            return;
        }
        self.stack.push(Pending::Repeat(times - 1, body.clone(), env.clone()));
        self.control = Control::Run(body, env);
    }

    /// Takes an end one step outward.
    fn leave(&mut self, end: End) -> Option<Output> {
        let Some(pending) = self.stack.pop() else {
            return Some(match end {
                End::Value(value) => Output::Returned(value),
                End::Throw(error) => Output::Threw(error),
                End::Return(None) => Output::Returned(Value::Nil),
                End::Return(Some(act)) => Output::Tail(act),
            });
        };
        match (pending, end) {
            (Pending::Bind(name, then, env), End::Value(value)) => {
                self.control = Control::Run(then, env.with(name, value));
            }
            (Pending::Catch(name, handler, env), End::Throw(error)) => {
                self.control = Control::Run(handler, env.with(name, error));
            }
            (Pending::Repeat(times, body, env), End::Value(_)) => self.repeat(times, body, env),
            (Pending::Finally(cleanup, env), end) => self.enter(Pending::Ending(end), &cleanup, env),
            (Pending::Ending(end), End::Value(_)) | (_, end) => self.control = Control::Ended(end),
        }
        None
    }
}
