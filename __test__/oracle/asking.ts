// What the task nodes of the AST ask of the scheduler, in the reference interpreter.

import { pick, pickAll, type Operand, type TaskNode } from './ast'
import type { Control, Performed } from './frames'
import type { Tasks, Waitable } from './tasks'

/** The effect that a node performs, `undefined` when what it is about is not there; `run` is the program it carries. */
export function asked(
  node: Exclude<TaskNode, { op: 'scheduled' }>,
  tasks: Tasks,
  operand: (of: Operand) => unknown,
  run: Control,
): Performed | undefined {
  switch (node.op) {
    case 'spawn':
      return { name: 'Spawn', args: [node.priority, node.daemon, `t${tasks.spawned++}`], run }
    case 'await': {
      const waitable = pick(tasks.waitables, node.of)
      // To ask is to have looked, whoever answers.
      if (waitable !== undefined && waitable.settled === undefined) waitable.observed = true
      return about('Wait', waitable)
    }
    case 'gather':
      return aboutAll('Gather', pickAll(tasks.waitables, node.of))
    case 'race':
      return aboutAll('Race', pickAll(tasks.waitables, node.of))
    case 'cancel':
      return about('Cancel', pick(tasks.of('task'), node.of))
    case 'complete':
      return about('CompletePromise', pick(tasks.of('promise'), node.of), operand(node.value))
    case 'fail':
      return about('FailPromise', pick(tasks.of('promise'), node.of), operand(node.value))
    case 'acquire':
    case 'release': {
      const { semaphores } = tasks
      const semaphore = node.exactly === undefined ? pick(semaphores, node.of) : semaphores[node.exactly]
      return about(node.op === 'acquire' ? 'Acquire' : 'Release', semaphore)
    }
    case 'semaphore':
      return { name: 'CreateSemaphore', args: [node.permits] }
    case 'sleep':
      return { name: 'Sleep', args: [node.ms] }
    default:
      return { name: NULLARY[node.op], args: [] }
  }
}

const NULLARY = {
  yield: 'Yield',
  promise: 'CreatePromise',
  external: 'CreateExternalPromise',
  outside: 'Await',
  now: 'Now',
} as const

function about(name: string, subject: unknown, ...more: unknown[]): Performed | undefined {
  return subject === undefined ? undefined : { name, args: [subject, ...more] }
}

function aboutAll(name: string, subjects: Waitable[]): Performed | undefined {
  return subjects.length === 0 ? undefined : { name, args: subjects }
}
