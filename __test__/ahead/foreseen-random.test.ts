// What the driver does in the scheduler's place changes nothing but the time that it takes: random programs do the same
// where the machine is told of everything at once.

import { AsyncLocalStorage } from 'node:async_hooks'

import fc from 'fast-check'

import { reader, scheduled, VM } from '../../index'
import { stopwatch } from '../../src-ts/builtins/intrinsics'
import { settings } from '../../src-ts/machine/run'
import { games, play, type Place } from '../support/hand-offs'
import { expectNothingHeld } from '../support/leaks'
import { main, shown, type Step, steps, type World } from '../support/steps'
import { turnOfTheEventLoop } from '../support/tasks'

function newVm(eager: boolean): VM {
  settings.eager = eager
  try {
    return new VM()
  } finally {
    settings.eager = false
  }
}

/** What a program does, and how it ends. */
async function outcome(todo: readonly Step[], eager: boolean): Promise<readonly string[]> {
  const world: World = { log: [], promises: [], waitables: [], tasks: [], externals: [] }
  const vm = newVm(eager)
  const options = { onUnobservedFailure: (task: unknown) => world.log.push(`unobserved ${String(task)}`) }
  const ended = vm.runAsync(main(world, todo).with(scheduled()), options).then(shown, shown)
  const over = new AbortController()
  void ended.then(() => over.abort())
  // When everybody waits, whatever nobody has settled is.
  while (!over.signal.aborted) {
    await turnOfTheEventLoop()
    for (const promise of world.externals) promise.complete(0)
  }
  world.log.push(`=> ${await ended}`)
  expectNothingHeld(vm)
  return world.log
}

/** What a program in a synchronous run does, and how it ends. */
function played(game: Parameters<typeof play>[1], eager: boolean): readonly string[] {
  const log: string[] = []
  const vm = newVm(eager)
  vm.stdlib().installWriter()
  try {
    vm.run(
      play(log, game)
        .with(scheduled())
        .with(reader({ name: 'shared' })),
    )
  } catch (error) {
    log.push((error as Error).name)
  }
  log.push(`told ${vm.logs().join()}`, `${vm.stats().effects} effects`)
  vm.stdlib().writer.clear()
  expectNothingHeld(vm)
  return log
}

const storage = new AsyncLocalStorage<string>()

/** Asynchronous contexts. */
const contexts: Place = {
  enter: name => storage.enterWith(name),
  get here() {
    return ` in ${storage.getStore() ?? 'none'}`
  },
}

/** As {@link played}, in an asynchronous run. */
async function playedLater(game: Parameters<typeof play>[1], eager: boolean): Promise<readonly string[]> {
  const log: string[] = []
  const vm = newVm(eager)
  vm.stdlib().installWriter()
  const program = play(log, game, contexts)
    .with(scheduled())
    .with(reader({ name: 'shared' }))
  await storage.run('outside', () => vm.runAsync(program).catch((error: Error) => log.push(error.name)))
  log.push(`told ${vm.logs().join()}`, `${vm.stats().effects} effects`)
  vm.stdlib().writer.clear()
  expectNothingHeld(vm)
  return log
}

describe('what is done in the scheduler’s place', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  // Where a slice of time ends depends on the machine: here none does.
  const clock = jest.spyOn(stopwatch, 'read').mockReturnValue(1)
  afterAll(() => {
    warned.mockRestore()
    clock.mockRestore()
  })

  it('changes nothing, as random programs with tasks, promises and the outside show', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async todo => {
        expect(await outcome(todo, false)).toEqual(await outcome(todo, true))
      }),
      { numRuns: Number(process.env.DOEFF_FORESEEN ?? 400) },
    )
  })

  it('changes nothing, as random programs show whose tasks hand off to one another', () => {
    fc.assert(
      fc.property(games, game => {
        expect(played(game, false)).toEqual(played(game, true))
      }),
      { numRuns: 2 * Number(process.env.DOEFF_FORESEEN ?? 400) },
    )
  })

  it('changes nothing in asynchronous runs either, nor the contexts that their tasks are in', async () => {
    await fc.assert(
      fc.asyncProperty(games, async game => {
        const log = await playedLater(game, false)
        expect(log).toEqual(await playedLater(game, true))
        for (const entry of log) expect(entry).toMatch(/^(\S+) .* in \1$|^told |effects$|Error$/)
      }),
      { numRuns: Number(process.env.DOEFF_FORESEEN ?? 400) },
    )
  })
})
