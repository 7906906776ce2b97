//! Tasks, promises and semaphores, as the test host holds them: it keeps how each of them has ended; the machine knows
//! them by a name while somebody waits.

use doeff_vm_core::{SemaphoreId, Waitable};

use crate::ast::{Closure, Env, Program, Value};
use crate::scheduling::{Outside, Subject};

/// A task or promise.
pub(crate) struct Handle {
    /// Its name in the machine, which has a record of it only now and then.
    pub(crate) name: Option<Waitable>,
    pub(crate) result: Option<Result<Value, Value>>,
    /// Counts settlements, so that the first of several can be told.
    pub(crate) order: usize,
    pub(crate) outside: Option<Closure<Outside>>,
    pub(crate) program: Option<(Program, Env)>,
}

/// Everything that tasks share.
#[derive(Default)]
pub(crate) struct Tasks {
    pub(crate) handles: Vec<Handle>,
    pub(crate) semaphores: Vec<(u32, Option<SemaphoreId>)>,
    settlements: usize,
    /// Tasks that root programs have left behind.
    pub(crate) leftover: Vec<Value>,
    /// Whether the run is aborted when no task is ready.
    pub(crate) abort_when_idle: bool,
}

impl Handle {
    pub(crate) fn failed(&self) -> bool {
        matches!(self.result, Some(Err(_)))
    }
}

impl Tasks {
    pub(crate) fn add(&mut self, outside: Option<Closure<Outside>>) -> usize {
        self.handles.push(Handle { name: None, result: None, order: 0, outside, program: None });
        self.handles.len() - 1
    }

    pub(crate) fn settle(&mut self, number: usize, result: Result<Value, Value>) {
        let order = self.count_settlement();
        let handle = &mut self.handles[number];
        assert_eq!(handle.result, None, "a task ends once");
        (handle.order, handle.result) = (order, Some(result));
    }

    pub(crate) fn count_settlement(&mut self) -> usize {
        self.settlements += 1;
        self.settlements
    }

    /// The words that tell the machine what an effect is about.
    pub(crate) fn words(&self, subject: &Subject) -> [u32; 3] {
        match subject {
            Subject::Nothing => [0; 3],
            Subject::Options(priority, daemon) => [*priority as u32 | u32::from(*daemon) << 2, 0, 0],
            Subject::Waitables(numbers) => match numbers[..] {
                [one] => {
                    let handle = &self.handles[one];
                    let (index, generation) = handle.name.map_or((0, 0), Waitable::words);
                    let flags = u32::from(handle.result.is_none()) | u32::from(handle.outside.is_some()) << 1;
                    [index, generation, flags]
                }
                _ => [0; 3],
            },
            Subject::Semaphore(number) => {
                let (permits, name) = self.semaphores[*number];
                let (index, generation) = name.map_or((0, 0), SemaphoreId::words);
                [index, generation, permits]
            }
        }
    }
}
