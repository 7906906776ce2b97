// What tests of cancelling watch tasks with.

import { Do, type Program, type Task, TaskCancelledError, Wait } from '../../index'

/** Runs `program` in a task; notes when it is unwound or ends. */
export const noting = Do(function* (log: string[], program: Program<unknown, never>) {
  try {
    yield* program
    log.push('ended')
  } finally {
    log.push('unwound')
  }
})
/** How a task has ended, when it has. */
export const statusOf = Do(function* (task: Task) {
  try {
    yield* Wait(task)
  } catch (error) {
    if (!(error instanceof TaskCancelledError)) throw error
  }
  return task.status
})
export type Any = Program<unknown, never>
