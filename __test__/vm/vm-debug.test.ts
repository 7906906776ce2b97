// The debug log: one line to stderr for each step.

import { Do, effect, type DebugLevel, Get, handler, pure, Put, Resume, ResumeThrow, state, type VM } from '../../index'
import { newVm } from '../support/leaks'

const Ping = effect('Ping')<[n: number], string>()

const body = Do(function* body() {
  yield* Put('n', 1)
  return yield* Ping(7)
})
const outer = Do(function* outer() {
  return yield* body()
})
const program = () =>
  outer()
    .with(state())
    .with(
      handler('pinging').ctl(Ping, function* (k, n) {
        return yield* Resume(k, `pong ${n}`)
      }),
    )

/** The lines that a VM writes while it does something. */
function linesOf(vm: VM, level: DebugLevel, action: (vm: VM) => unknown): string[] {
  const written: string[] = []
  const spy = jest.spyOn(process.stderr, 'write').mockImplementation(text => {
    written.push(String(text))
    return true
  })
  try {
    vm.enableDebug(level)
    action(vm)
  } finally {
    spy.mockRestore()
  }
  return written.join('').split('\n').slice(0, -1)
}

const runIt = (vm: VM) => vm.run(program())

test('"steps" names the program that yields, what it yields to whom, how it was continued, and what the VM holds', () => {
  expect(linesOf(newVm(), 'steps', runIt)).toEqual([
    '[doeff] 1 outer yields body() (deliver, segments 3, frames 1)',
    "[doeff] 2 body yields Put('n', 1) to state (deliver, segments 3, frames 2)",
    '[doeff] 3 body yields Ping(7) to pinging (deliver, segments 3, frames 2)',
    '[doeff] 4 Ping in pinging yields Resume (deliver, segments 3, frames 3)',
  ])
})

test('"trace" adds the chain of programs and handlers, innermost first', () => {
  expect(linesOf(newVm(), 'trace', runIt)).toEqual([
    '[doeff] 1 outer yields body() (deliver, segments 3, frames 1) outer < [state] < [pinging]',
    "[doeff] 2 body yields Put('n', 1) to state (deliver, segments 3, frames 2) body < outer < [state] < [pinging]",
    '[doeff] 3 body yields Ping(7) to pinging (deliver, segments 3, frames 2) body < outer < [state] < [pinging]',
    '[doeff] 4 Ping in pinging yields Resume (deliver, segments 3, frames 3) Ping in pinging',
  ])
})

test('how the program was continued is said: by a value or by an error', () => {
  const cleaning = Do(function* cleaning() {
    try {
      yield* Ping(1)
    } catch {
      yield* Ping(2)
    } finally {
      yield* Put('n', 1)
    }
  })
  const refusing = handler('refusing')
    .ctl(Ping, function* (k, n) {
      return n === 1 ? ResumeThrow(k, new Error('refused')) : 'ended'
    })
    .fun(Put, () => undefined)
  const lines = linesOf(newVm(), 'steps', vm => vm.run(cleaning().with(refusing)))
  expect(lines.slice(0, 2)).toEqual([
    '[doeff] 1 cleaning yields Ping(1) to refusing (deliver, segments 2, frames 1)',
    '[doeff] 2 cleaning yields Ping(2) to refusing (throw, segments 2, frames 1)',
  ])
})

test('"off" writes nothing, also after another level', () => {
  const vm = newVm()
  expect(linesOf(vm, 'off', runIt)).toEqual([])
  expect(linesOf(vm, 'steps', runIt)).not.toEqual([])
  expect(linesOf(vm, 'off', runIt)).toEqual([])
})

test('steps are counted from the moment the log was switched on, across runs', () => {
  const vm = newVm()
  const twice = () => {
    vm.run(Get('n').with(state()))
    vm.run(Get('n').with(state()))
  }
  for (let i = 0; i < 2; i++) {
    expect(linesOf(vm, 'steps', twice).map(line => line.slice(0, 10))).toEqual(['[doeff] 1 ', '[doeff] 2 '])
  }
})

test('it concerns one VM only', () => {
  const other = newVm()
  expect(linesOf(newVm(), 'steps', () => other.run(program()))).toEqual([])
})

test('it changes neither results nor what is left', () => {
  const results: unknown[] = []
  for (const level of ['off', 'steps', 'trace'] as const) {
    const vm = newVm()
    linesOf(vm, level, () => results.push(vm.run(program())))
  }
  expect(results).toEqual(['pong 7', 'pong 7', 'pong 7'])
})

test('long values are cut and hostile ones do not disturb the run', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const odd = Do(function* odd(_value: unknown) {
    return yield* pure('fine')
  })
  const yielding = Do(function* yielding() {
    return [yield* odd(proxy), yield* odd('x'.repeat(10_000))]
  })
  const vm = newVm()
  let result: unknown
  const lines = linesOf(vm, 'steps', () => (result = vm.run(yielding())))
  expect(result).toEqual(['fine', 'fine'])
  expect(Math.max(...lines.map(line => line.length))).toBeLessThan(200)
})
