// AbortSignals: what a cancelled Await is told by, and what a whole run is ended by.

import { Await, Cancel, CreateExternalPromise, Do, scheduled, Sleep, Spawn, Wait, Yield } from '../../index'
import { newVm } from '../support/leaks'
import { goAsync, turnOfTheEventLoop } from '../support/tasks'
import { type Any, noting, statusOf } from '../support/cancelling'

test('the signal of a running Await is aborted', async () => {
  const log: string[] = []
  await goAsync(function* () {
    const task = yield* Spawn(
      Await(
        signal =>
          new Promise(() => {
            signal.addEventListener('abort', () => log.push('aborted'))
          }),
      ),
    )
    yield* Yield()
    yield* Cancel(task)
    yield* statusOf(task)
    yield* Await(turnOfTheEventLoop())
  })
  expect(log).toEqual(['aborted'])
})

test('the signal is aborted while other tasks keep computing', async () => {
  const seen = { aborted: false }
  await goAsync(function* () {
    const task = yield* Spawn(
      Await(
        signal =>
          new Promise(() => {
            signal.addEventListener('abort', () => (seen.aborted = true))
          }),
      ),
    )
    yield* Yield()
    yield* Cancel(task)
    while (!seen.aborted) yield* Yield()
  })
  expect(seen.aborted).toBe(true)
})

test('the signal of an Await that has settled is not aborted', async () => {
  let signal!: AbortSignal
  await goAsync(function* () {
    yield* Await(given => {
      signal = given
      return turnOfTheEventLoop()
    })
  })
  expect(signal.aborted).toBe(false)
})

test('aborting the run unwinds every task', async () => {
  const log: string[] = []
  const controller = new AbortController()
  const vm = newVm()
  const program = Do(function* () {
    yield* Spawn(noting(log, Wait((yield* CreateExternalPromise()).future) as Any))
    yield* Spawn(noting(log, Sleep(1e9) as Any))
    yield* Spawn(noting(log, Await(new Promise(() => {})) as Any))
    yield* noting(log, Await(async () => controller.abort('stop')).flatMap(() => Await(new Promise(() => {}))) as Any)
  })
  await expect(vm.runAsync(program().with(scheduled()), { signal: controller.signal })).rejects.toBe('stop')
  expect(log).toEqual(['unwound', 'unwound', 'unwound', 'unwound'])
})

test('a program that aborts its own run and returns before it waits has returned', async () => {
  const controller = new AbortController()
  const program = Do(function* () {
    controller.abort('stop')
    yield* Yield()
    return 'value'
  })
  expect(await newVm().runAsync(program().with(scheduled()), { signal: controller.signal })).toBe('value')
})

test('a program that aborts its own run while it computes is unwound soon', async () => {
  const log: string[] = []
  const controller = new AbortController()
  const program = Do(function* () {
    try {
      controller.abort('stop')
      for (;;) yield* Yield()
    } finally {
      log.push('unwound')
    }
  })
  const running = newVm().runAsync(program().with(scheduled()), { signal: controller.signal })
  await expect(running).rejects.toBe('stop')
  expect(log).toEqual(['unwound'])
})
