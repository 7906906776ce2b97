// Random programs with tasks give on the VM what the reference scheduler says: how they and their tasks end, state, log,
// and the order of notes and cleanups.
//
// DOEFF_ORACLE_RUNS says how many programs.

import * as fc from 'fast-check'

import {
  Acquire,
  Cancel,
  CompletePromise,
  CreatePromise,
  CreateSemaphore,
  Do,
  effect,
  FailPromise,
  Gather,
  Get,
  handler,
  type Program,
  pure,
  Put,
  Race,
  Release,
  scheduled,
  Spawn,
  type Task,
  Tell,
  VM,
  Wait,
  Yield,
} from '../index'
import { interpretTasks, type TaskOutcome } from './oracle/scheduler'
import { main, type Effects, type TaskNode, taskPrograms, type World } from './oracle/tasks'
import { expectNothingHeld } from './support/leaks'

const numRuns = Number(process.env.DOEFF_ORACLE_RUNS ?? 10_000)

const Question = effect('Question')<[], number>()
const made = Do(function* (body: () => Generator<unknown, unknown, unknown>) {
  return yield* body()
}) as unknown as (body: () => Generator<unknown, unknown, never>) => Program<unknown, never>

/** The effects of the package. */
const effects = {
  tell: Tell,
  put: (value: number) => Put('x', value),
  get: () => Get('x'),
  ask: () => Question(),
  yield: Yield,
  spawn: (body, name, priority) => Spawn(made(body), { name, priority }),
  wait: of => Wait(of as Task),
  gather: of => Gather(...(of as Task[])),
  race: of => Race(...(of as Task[])).map(({ first, value }) => [of.indexOf(first), value]),
  cancel: task => Cancel(task as Task),
  promise: () => CreatePromise(),
  complete: (promise, value) => CompletePromise(promise as never, value as never),
  fail: (promise, error) => FailPromise(promise as never, error),
  semaphore: CreateSemaphore,
  acquire: semaphore => Acquire(semaphore as never),
  release: semaphore => Release(semaphore as never),
  call: made,
  answering: (answer, body) => made(body).with(handler('answering').fun(Question, () => answer)),
} as Effects

function runTasks(
  nodes: readonly TaskNode[],
  run: (vm: VM, program: Program<unknown>) => unknown,
  trace: string[] = [],
): unknown {
  const vm = new VM()
  vm.stdlib().installState().installWriter()
  const world: World = { trace, waitables: [], tasks: [], promises: [], semaphore: undefined }
  const program = made(() => main(nodes, world, effects))
    .with(handler('unanswered').fun(Question, () => 0))
    .with(scheduled())
  const outcome = (ended: unknown): TaskOutcome => {
    expectNothingHeld(vm)
    const tasks = (world.tasks as Task[]).map(({ status }) => status)
    const seen = { ended, tasks, state: vm.stateItems()['x'], log: [...vm.logs()], trace: world.trace }
    vm.dispose()
    return seen
  }
  const ended = run(vm, program as Program<unknown>)
  return ended instanceof Promise ? ended.then(outcome) : outcome(ended)
}

test.each([1, 2, 3, 4])(
  'random programs with tasks %d deep give on the VM what the reference says',
  depth => {
    const agree = (nodes: TaskNode[]) => {
      expect(runTasks(nodes, (vm, program) => vm.run(program))).toEqual(interpretTasks(nodes))
    }
    fc.assert(fc.property(taskPrograms(depth), agree), { numRuns: Math.ceil(numRuns / 4) })
  },
  600_000,
)

test('they give it also in an asynchronous run, in slices', async () => {
  const agree = async (nodes: TaskNode[]) => {
    const outcome = await runTasks(nodes, (vm, program) => vm.runAsync(program, { yieldEveryMs: 0 }))
    expect(outcome).toEqual(interpretTasks(nodes))
  }
  await fc.assert(fc.asyncProperty(taskPrograms(3), agree), { numRuns: 500 })
}, 120_000)

/** A trace in which the note of this number does something else first. */
function tripwire(at: number, act: () => void): string[] {
  const trace: string[] = []
  trace.push = note => {
    trace[trace.length] = note
    if (trace.length === at) act()
    return trace.length
  }
  return trace
}

const trips = () => {
  // oxlint-disable-next-line no-throw-literal -- errors are values here
  throw 'tripped'
}

test('they give it also when any of their steps throws', () => {
  const agree = (nodes: TaskNode[], at: number) => {
    const plain = (outcome: TaskOutcome) => ({ ...outcome, trace: [...outcome.trace] })
    const seen = runTasks(nodes, (vm, program) => vm.run(program), tripwire(at, trips)) as TaskOutcome
    expect(plain(seen)).toEqual(plain(interpretTasks(nodes, tripwire(at, trips))))
  }
  fc.assert(fc.property(taskPrograms(3), fc.integer({ min: 1, max: 12 }), agree), { numRuns: 2_000 })
}, 120_000)

test('a run that is aborted at any of its steps ends, holds nothing, and leaves the VM as new', async () => {
  const law = async (nodes: TaskNode[], at: number) => {
    const controller = new AbortController()
    const abort = tripwire(at, () => controller.abort('aborted'))
    const end = (vm: VM, program: Program<unknown>) =>
      vm.runAsync(program, { signal: controller.signal }).then(
        () => vm.run(pure('as new')),
        error => vm.run(pure(error)),
      )
    const { ended } = (await runTasks(nodes, end, abort)) as TaskOutcome
    expect(['as new', 'aborted']).toContain(ended)
  }
  await fc.assert(fc.asyncProperty(taskPrograms(3), fc.integer({ min: 1, max: 12 }), law), { numRuns: 500 })
}, 120_000)

test('they are many-sided', () => {
  const seen = { done: 0, failed: 0, cancelled: 0, deadlocks: 0, notes: 0 }
  for (const nodes of fc.sample(taskPrograms(3), { numRuns: 500, seed: 1 })) {
    const { ended, tasks, trace } = interpretTasks(nodes)
    for (const status of tasks) seen[status as 'done']++
    if (ended === 'ERR_DEADLOCK') seen.deadlocks++
    seen.notes += trace.length
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(40)
})
