// Forged things: what only looks like a program or a handler is refused; nothing that is changed after it was made reaches
// the machine.

import {
  Do,
  effect,
  handler,
  Handler,
  InvalidHandlerError,
  InvalidProgramError,
  InvalidYieldError,
  Program,
  pure,
  run as runPooled,
  scheduled,
  Spawn,
  state,
  Get,
  Wait,
} from '../../index'
import { newVm, run, thrownBy } from '../support/leaks'

type Any = Program<unknown, unknown>
const Ping = effect('Ping')<[], number>()

class Wild extends (Program as unknown as new (...args: unknown[]) => Any) {}

const forged: [what: string, program: unknown][] = [
  ['an object that inherits from programs', Object.create(Program.prototype)],
  ['a program of an unknown kind', Reflect.construct(Program, [99, null, 1, 2, 3, 0])],
  ['one of a kind that is no integer', Reflect.construct(Program, [0.5, null, 1, 2, 3, 0])],
  ['one of a kind that is a text', Reflect.construct(Program, ['0', null, 1, 2, 3, 0])],
  ['one of a subclass', new Wild(-1, null)],
]

describe.each(forged)('%s', (_what, x) => {
  const program = x as Any

  test('cannot be run', async () => {
    const vm = newVm()
    expect(thrownBy(() => vm.run(program))).toBeInstanceOf(InvalidProgramError)
    expect(thrownBy(() => runPooled(program as Program))).toBeInstanceOf(InvalidProgramError)
    expect(thrownBy(() => vm.startProgram(program))).toBeInstanceOf(InvalidProgramError)
    await expect(vm.runAsync(program)).rejects.toThrow(InvalidProgramError)
    expect(vm.run(pure(1))).toBe(1)
  })

  test.each<[string, () => Any]>([
    [
      'yielded',
      () =>
        Do(function* () {
          yield program
        })(),
    ],
    [
      'yielded under a handler',
      () =>
        Do(function* () {
          yield (pure(1) as Any).with.call(program, state() as never)
        })(),
    ],
    ['the answer of a fun clause', () => Ping().with(handler('h').fun(Ping, () => program as never))],
    [
      'spawned',
      () =>
        Spawn(program)
          .flatMap(task => Wait(task))
          .with(scheduled()),
    ],
    [
      'returned by a catch-all',
      () =>
        Ping().with(
          handler('h').ctl(Ping, function* () {
            return yield program
          }),
        ),
    ],
  ])('%s, is refused', (_how, make) => {
    expect(thrownBy(() => run(make()))).toBeInstanceOf(InvalidYieldError)
  })

  test('can be shown', () => {
    expect(String(Program.prototype.toString.call(program))).toBe('program')
  })
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a number', 5],
  ['an object', {}],
  ['an object that inherits from handlers', Object.create(Handler.prototype)],
  ['a copy of one', { ...handler('h').val(Ping, 1) }],
])('%s is no handler to run under', (_what, x) => {
  const vm = newVm()
  expect(thrownBy(() => vm.run(Ping().with(x as never)))).toBeInstanceOf(InvalidHandlerError)
  expect(vm.run(pure(1))).toBe(1)
})

test('clauses of no kind make no handler', () => {
  const make = (clause: object): unknown => Reflect.construct(Handler, ['h', [clause], undefined, undefined])
  expect(() => make({ kind: 99, type: null, run: () => 1, owner: 'h' })).toThrow(InvalidHandlerError)
  expect(() => make({ kind: 2, type: { id: 1 }, run: () => 1, owner: 'h' })).toThrow(InvalidHandlerError)
})

interface Open {
  clauses: { kind: number; run: unknown; type: { id: number } }[]
  returnClause: unknown
  native: { native: number; seed: unknown }
}

test.each<[string, (h: Open) => unknown]>([
  ['takes another clause', h => h.clauses.push(h.clauses[0]!)],
  ['loses its clauses', h => (h.clauses.length = 0)],
  ['gets other clauses', h => (h.clauses = [])],
  ['gets a clause of another kind', h => (h.clauses[0]!.kind = 9)],
  ['gets another function', h => (h.clauses[0]!.run = () => 2)],
  ['gets another effect', h => (h.clauses[0]!.type.id = 1)],
  ['gets a return clause', h => (h.returnClause = () => 3)],
])('a handler that was made never %s', (_what, change) => {
  const h = handler('h').fun(Ping, () => 1)
  const changing = Do(function* () {
    const before = yield* Ping()
    expect(() => change(h as unknown as Open)).toThrow(TypeError)
    return [before, yield* Ping()]
  })
  expect(run(changing().with(h))).toEqual([1, 1])
  expect(run(Ping().with(h))).toBe(1)
})

test('nor does a built-in one become another', () => {
  const h = state({ n: 1 })
  expect(() => ((h as unknown as Open).native.native = 99)).toThrow(TypeError)
  expect(
    () => ((scheduled() as unknown as { native: { scheduler: { maxTasks: number } } }).native.scheduler.maxTasks = NaN),
  ).toThrow(TypeError)
  expect(run(Get('n').with(h))).toBe(1)
})
