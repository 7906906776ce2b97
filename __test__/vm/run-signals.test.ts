// Signals: one listener of ours on each, however many runs it ends; none is left behind; actions have signals of their own.

import { getEventListeners } from 'node:events'

import { AsyncEscape, Await, awaitHandler, Do, pure, runAsync, scheduled, Sleep } from '../../index'
import { newVm } from '../support/leaks'
import { turnOfTheEventLoop } from '../support/tasks'

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

test('a thousand runs under one signal are one listener, and none when they are over', async () => {
  const warnings: Error[] = []
  const note = (warning: Error): unknown => warnings.push(warning)
  process.on('warning', note)
  const controller = new AbortController()
  const { signal } = controller
  const runs = Array.from({ length: 1000 }, (_, n) =>
    runAsync(
      AsyncEscape(turnOfTheEventLoop).map(() => n),
      { signal },
    ),
  )
  expect(listenersOf(signal)).toBe(1)
  expect(await Promise.all(runs)).toEqual(Array.from({ length: 1000 }, (_, n) => n))
  expect(listenersOf(signal)).toBe(0)
  await turnOfTheEventLoop()
  process.off('warning', note)
  expect(warnings).toEqual([])
})

test('each of them is ended by it, also when another one has ended before', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const ended: number[] = []
  const waiting = Do(function* (n: number) {
    try {
      yield* Sleep(1e9)
    } finally {
      ended.push(n)
    }
  })
  const first = runAsync(pure('first'), { signal })
  const runs = [1, 2, 3].map(n => runAsync(waiting(n).with(scheduled()), { signal }))
  expect(await first).toBe('first')
  controller.abort('stop')
  const outcomes = await Promise.allSettled(runs)
  expect(outcomes).toEqual([1, 2, 3].map(() => ({ status: 'rejected', reason: 'stop' })))
  expect(ended).toEqual([1, 2, 3])
  expect(listenersOf(signal)).toBe(0)
})

/** Adds a listener and leaves it there; gives the signal. */
const listening = (signal: AbortSignal): AbortSignal => {
  signal.addEventListener('abort', () => {})
  return signal
}

test('an action that listens without end leaves its listener on a signal of its own', async () => {
  const collecting = Do(function* () {
    const signals: AbortSignal[] = []
    for (let i = 0; i < 20; i++) signals.push(yield* AsyncEscape(listening))
    for (let i = 0; i < 20; i++) signals.push((yield* Await(listening)) as AbortSignal)
    return signals
  })
  const signals = await runAsync(collecting().with(awaitHandler()))
  expect(signals.map(listenersOf)).toEqual(signals.map(() => 1))
  expect(new Set(signals).size).toBe(40)
})

test('an action of the next run hears nothing of one before', async () => {
  const first = await runAsync(AsyncEscape(listening))
  const second = await runAsync(AsyncEscape(signal => signal))
  expect(second).not.toBe(first)
  expect(listenersOf(second)).toBe(0)
})

test('the step protocol gives each action a signal of its own as well', () => {
  const vm = newVm()
  vm.startProgram(AsyncEscape(listening).flatMap(() => AsyncEscape(listening)))
  const signals: unknown[] = []
  for (let step = vm.stepOnce(); step.tag !== 'done'; step = vm.stepOnce()) {
    if (step.tag !== 'callAsync') continue
    signals.push(step.func(...step.args))
    vm.feedAsyncResult(0)
  }
  expect(signals).toHaveLength(2)
  expect(signals[0]).not.toBe(signals[1])
  expect(signals.map(signal => listenersOf(signal as AbortSignal))).toEqual([1, 1])
})

test('an action that is pending when its VM is disposed of is told', async () => {
  const vm = newVm()
  const told: unknown[] = []
  const waiting = vm.runAsync(
    AsyncEscape(signal => new Promise(() => signal.addEventListener('abort', () => told.push(signal.reason)))),
  )
  vm.dispose()
  await expect(waiting).rejects.toThrow('disposed of')
  expect(told).toEqual([expect.objectContaining({ code: 'ERR_VM_DISPOSED' })])
})
