// The effect trace of an error: the programs and handlers it passed, innermost first, and nothing of the machine.

import { readFileSync } from 'node:fs'

import {
  Do,
  effect,
  effectTrace,
  formatTrace,
  handler,
  type Program,
  type ProgramGenerator,
  Resume,
  type TraceLink,
  TransferThrow,
  WithHandler,
} from '../../index'
import { failureOf, run } from '../support/leaks'

const Risky = effect('Risky')<[], unknown>()

const inner = Do(function* inner() {
  throw new Error('no')
})
const middle = Do(function* middle() {
  return yield* inner()
})
const outer = Do(function* outer() {
  return yield* middle().with(handler('between'))
})

/** The lines of this file that hold this text, as their numbers. */
function lineOf(text: string): number {
  return readFileSync(__filename, 'utf8').split('\n').indexOf(text) + 1
}

/** The links of an error without their places. */
function linksOf(error: unknown): TraceLink[] {
  return effectTrace(error).map(({ kind, name }) => ({ kind, name }))
}

test('names programs and handlers, innermost first', () => {
  expect(linksOf(failureOf(outer()))).toEqual([
    { kind: 'program', name: 'inner' },
    { kind: 'program', name: 'middle' },
    { kind: 'handler', name: 'between' },
    { kind: 'program', name: 'outer' },
  ])
})

test('says where each program waited at its yield*', () => {
  const error = failureOf(outer())
  const [middleLine, outerLine] = [
    lineOf('  return yield* inner()'),
    lineOf("  return yield* middle().with(handler('between'))"),
  ]
  const sites = effectTrace(error).map(link => link.site?.replace(/:\d+$/, ''))
  expect(sites).toEqual([undefined, `${__filename}:${middleLine}`, undefined, `${__filename}:${outerLine}`])
  expect(
    formatTrace(error)
      .replaceAll(/:\d+\)/g, ')')
      .split('\n'),
  ).toEqual([
    'Error: no',
    '    in program inner',
    `    in program middle (${__filename}:${middleLine})`,
    '    under handler between',
    `    in program outer (${__filename}:${outerLine})`,
  ])
})

test('says where a program performed what nobody handles, or what was refused', () => {
  const performer = Do(function* performer() {
    yield* Risky() // performed here
  })
  const refusing = handler('refusing').ctl(Risky, function* (k) {
    yield TransferThrow(k, new Error('refused'))
  })
  const site = `${__filename}:${lineOf('    yield* Risky() // performed here')}:`
  for (const program of [performer(), performer().with(refusing)] as Program[]) {
    expect(effectTrace(failureOf(program))[0]).toMatchObject({ name: 'performer', site: expect.stringContaining(site) })
  }
})

test('says nothing of the place of a plain yield', () => {
  const plain = Do(function* plain() {
    return yield inner()
  })
  expect(effectTrace(failureOf(plain()))).toEqual(linksOf(failureOf(plain())))
})

test('says nothing wrong of a program that throws what another one has caught', () => {
  const catching = Do(function* catching() {
    try {
      return yield* inner()
    } catch (error) {
      return error
    }
  })
  const again = Do(function* again() {
    throw yield catching()
  })
  expect(effectTrace(failureOf(again()))).toEqual([
    { kind: 'program', name: 'inner' },
    { kind: 'program', name: 'again' },
  ])
})

test('says no places when the application has turned stacks off, and leaves its limit as it is', () => {
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 0
    const error = failureOf(outer())
    expect(effectTrace(error)).toEqual(linksOf(error))
    Error.stackTraceLimit = 7
    expect(effectTrace(failureOf(outer()))[1]?.site).toContain(__filename)
    expect(Error.stackTraceLimit).toBe(7)
  } finally {
    Error.stackTraceLimit = limit
  }
})

test('is given although the application has a hook for stacks that throws', () => {
  const original = Error.prepareStackTrace
  const error = failureOf(outer())
  try {
    Error.prepareStackTrace = () => {
      throw new Error('hook')
    }
    expect(effectTrace(error).map(link => link.name)).toEqual(['inner', 'middle', 'between', 'outer'])
  } finally {
    Error.prepareStackTrace = original
  }
})

test.each([
  [
    'ctl',
    handler('h').ctl(Risky, function* () {
      throw new Error('clause')
    }),
  ],
  [
    'final',
    handler('h').final(Risky, () => {
      throw new Error('clause')
    }),
  ],
])('names the %s clause that threw', (_kind, failing) => {
  expect(effectTrace(failureOf(Risky().with(failing)))).toEqual([{ kind: 'clause', name: 'Risky in h' }])
})

test('names the fun clause that threw, and who performed, who is thrown at', () => {
  const failing = handler('h').fun(Risky, () => {
    throw new Error('clause')
  })
  const performer = Do(function* performer() {
    yield Risky()
  })
  expect(effectTrace(failureOf(performer().with(failing))).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'clause Risky in h',
    'program performer',
    'handler h',
  ])
})

test('names the return clause that threw', () => {
  const failing = handler('h')
    .val(Risky, 1)
    .returns(() => {
      throw new Error('returns')
    })
  expect(effectTrace(failureOf(Risky().with(failing)))).toEqual([{ kind: 'clause', name: 'return clause in h' }])
})

test('names the catch-all that threw', () => {
  const failing = WithHandler(function* everything() {
    throw new Error('clause')
  }, Risky())
  expect(effectTrace(failureOf(failing))).toEqual([{ kind: 'clause', name: 'effect in everything' }])
})

test('of an unhandled effect begins at its performer', () => {
  const performer = Do(function* performer() {
    yield* Risky()
  })
  expect(linksOf(failureOf(performer().with(handler('h'))))).toEqual([
    { kind: 'program', name: 'performer' },
    { kind: 'handler', name: 'h' },
  ])
})

test('of an error thrown into a suspended body begins there', () => {
  const body = Do(function* body() {
    yield* Risky()
  })
  const refusing = handler('refusing').ctl(Risky, function* (k) {
    yield TransferThrow(k, new Error('refused'))
  })
  expect(linksOf(failureOf(body().with(refusing)))).toEqual([
    { kind: 'program', name: 'body' },
    { kind: 'handler', name: 'refusing' },
  ])
})

test('of an error that was caught ends where it was caught', () => {
  const catching = Do(function* catching() {
    try {
      return yield* outer()
    } catch (error) {
      return error
    }
  })
  expect(effectTrace(run(catching())).map(link => link.name)).toEqual(['inner', 'middle', 'between', 'outer'])
})

test('passes the pending clauses that resumed the failing body', () => {
  const pending = handler('pending').ctl(Risky, function* (k) {
    return yield Resume(k, 1)
  })
  const body = Do(function* body() {
    yield* Risky()
    throw new Error('later')
  })
  expect(linksOf(failureOf(body().with(pending)))).toEqual([
    { kind: 'program', name: 'body' },
    { kind: 'handler', name: 'pending' },
    { kind: 'clause', name: 'Risky in pending' },
  ])
})

/** The checked addon verifies the whole machine again and again. */
const DEEP = process.env.DOEFF_CHECKED === '1' ? 100_000 : 1_000_000

test('of a program a million deep is cut, and says how much it leaves out', () => {
  const digging = Do(function* dig(n: number): ProgramGenerator<unknown, unknown> {
    if (n === 0) throw new Error('deep')
    return yield digging(n - 1)
  })
  const error = failureOf(digging(DEEP))
  expect(effectTrace(error)).toHaveLength(50)
  expect(formatTrace(error).split('\n')).toHaveLength(52)
  expect(formatTrace(error)).toContain(`… and ${DEEP - 49} more`)
})

test.each(['message', 'name', 'stack', 'cause'])('is formatted although reading %s throws', property => {
  const hostile = Object.defineProperty(new Error('hostile'), property, {
    get() {
      throw new Error('read')
    },
  })
  const throwing = Do(function* throwing() {
    throw hostile
  })
  expect(failureOf(throwing())).toBe(hostile)
  expect(formatTrace(hostile)).toContain('\n    in program throwing')
})

test('belongs to the error object: a value that is no object has none', () => {
  const throwing = Do(function* throwing() {
    throw 'text'
  })
  const error = failureOf(throwing())
  expect(effectTrace(error)).toEqual([])
  expect(formatTrace(error)).toBe('thrown: text')
})
