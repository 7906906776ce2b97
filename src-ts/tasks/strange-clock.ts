// Timeouts under a handler of the user's own that takes `Sleep`: a task sleeps, and cancels the scope when it wakes.

import { TimeoutError, TaskCancelledError } from '../messages/errors'
import { Kind, Program } from '../language/program'
import { Cancel, Sleep, Spawn, Wait } from '../effects/scheduler'
import type { CancelScopeControl } from './own-scope'
import type { Task } from '../language/waitable'

type AnyProgram = Program<unknown, unknown>
type Steps<R> = Generator<AnyProgram, R, unknown>

/** `Timeout(ms, program)`, with the time of whoever takes `Sleep` here. */
export function timedByTask(ms: number, program: AnyProgram): AnyProgram {
  return new Program(Kind.CALL, null, timed, ms, program, 2)
}

function* timed(ms: number, program: AnyProgram): Steps<unknown> {
  let control: CancelScopeControl | undefined
  const scoped = (scope: CancelScopeControl): AnyProgram => {
    control = scope
    return new Program(Kind.CALL, null, beside, [ms, program, scope], undefined, 3)
  }
  const answer = yield new Program<unknown, unknown>(Kind.CANCEL_SCOPE, null, scoped, undefined, undefined, 1)
  if (control?.cancelled === true) throw new TimeoutError(`Timeout: ${String(program)} took longer than ${ms} ms.`)
  return answer
}

function* beside(ms: number, program: AnyProgram, scope: CancelScopeControl): Steps<unknown> {
  const sleeping = new Program(Kind.CALL, null, sleepThenCancel, ms, scope, 2)
  const timer = (yield Spawn(sleeping, { name: 'timer', priority: 'high', daemon: true })) as Task
  try {
    return yield program
  } finally {
    yield new Program<unknown, unknown>(Kind.SHIELD, null, new Program(Kind.CALL, null, callOff, timer, 0, 1), 0, 0, 1)
  }
}

function* sleepThenCancel(ms: number, scope: CancelScopeControl): Steps<void> {
  yield Sleep(ms)
  scope.cancel()
}

function* callOff(timer: Task): Steps<void> {
  yield Cancel(timer)
  try {
    yield Wait(timer)
  } catch (error) {
    if (!(error instanceof TaskCancelledError)) throw error
  }
}
