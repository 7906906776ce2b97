// Leaving early across tasks: a failure that a handler outside of a form declares is that form's end, as it would be in
// sequence, whatever the form is.

import {
  All,
  Any,
  bracket,
  CancelScope,
  Do,
  effect,
  ensure,
  EscapedTaskError,
  handler,
  pure,
  Resume,
  retry,
  Scope,
  Sleep,
  Spawn,
  Timeout,
  traverse,
  uncancelable,
  Wait,
  type Program,
} from '../../index'
import { thrownBy } from '../support/leaks'
import { log, timed } from '../support/workers'

type Any = Program<unknown, unknown>

const Fail = effect('Fail')<[error: string], never>()
const asResult = handler('as result')
  .final(Fail, error => ({ ok: false, error }))
  .returns(value => ({ ok: true, value }))
/** The same by other clauses, which end without resuming. */
const byCtl = handler('by ctl')
  .ctl(Fail, function* (_k, error) {
    yield* pure(0)
    return { ok: false, error }
  })
  .returns(value => ({ ok: true, value }))
const byRaw = handler('by raw')
  .raw(Fail, function* (_k, error) {
    return { ok: false, error }
  })
  .returns(value => ({ ok: true, value }))

/** Takes its time; the second one fails. */
const item = Do(function* item(n: number) {
  try {
    yield* Sleep(n)
    if (n === 2) yield* Fail('bad')
    return n
  } finally {
    log.push(`${n} over`)
  }
})
const both = (f: (items: Program<number, unknown>[]) => Any) => () => f([item(2), item(30)])

type Forms = [name: string, make: () => Any, events: string[]][]

const inOneTask: Forms = [
  ['Timeout', () => Timeout(100, item(2)), ['2 over']],
  ['Scope', () => Scope(item(2)), ['2 over']],
  ['CancelScope', () => CancelScope(() => item(2)), ['2 over']],
  ['uncancelable', () => uncancelable(item(2)), ['2 over']],
  ['retry', () => retry(item(2), { attempts: 3 }), ['2 over']],
  [
    'bracket',
    () =>
      bracket(
        pure(1),
        () => item(2),
        () => pure(0).map(() => log.push('released')),
      ),
    ['2 over', 'released'],
  ],
  [
    'ensure',
    () =>
      ensure(
        item(2),
        Sleep(5).map(() => log.push('cleaned up')),
      ),
    ['2 over', 'cleaned up'],
  ],
  ['a sequential traverse', () => traverse([1, 2, 3], item), ['1 over', '2 over']],
]

const withTasks: Forms = [
  ['a concurrent traverse', () => traverse([1, 2, 3], item, { concurrency: 3 }), ['1 over', '2 over', '3 over']],
  ['All', both(All), ['2 over', '30 over']],
  ['Any', both(Any), ['2 over', '30 over']],
  [
    'All in Any in All',
    both(items => All([Any([All(items), item(40)]), item(50)])),
    ['2 over', '30 over', '40 over', '50 over'],
  ],
]

/** The forms with a handler: the names of both for the title. */
const under = (by: typeof asResult | typeof byCtl | typeof byRaw, forms: Forms) =>
  forms.map(([name, make, events]) => [name, by.name, by, make, events] as const)

test.each([
  ...under(asResult, [...inOneTask, ...withTasks]),
  ...under(byCtl, [...inOneTask, ...withTasks]),
  // What it keeps in the same task is closed at the end of the run.
  ...under(byRaw, withTasks),
])('out of %s by a clause of %s: its result counts, when all has unwound', (_form, _kind, by, make, events) => {
  expect(timed(make().with(by as never))).toEqual({ ok: false, error: 'bad' })
  expect(log.toSorted()).toEqual(events.toSorted())
})

test('a traverse is left as in sequence, whether its programs suspend or not', () => {
  const soon = Do(function* soon(n: number) {
    if (n === 2) yield* Fail('bad')
    return n
  })
  for (const concurrency of [1, 2, 3])
    expect(timed(traverse([1, 2, 3], soon, { concurrency }).with(asResult))).toEqual({ ok: false, error: 'bad' })
})

test('a form that nobody leaves gives what it gives', () => {
  expect(timed(traverse([1, 3], item, { concurrency: 2 }).with(asResult))).toEqual({ ok: true, value: [1, 3] })
})

test('what is around the form goes on, what is between the handler and the form is left', () => {
  const inside = Do(function* () {
    try {
      return yield* All([item(2), item(30)])
    } finally {
      log.push('inside over')
    }
  })
  const outside = Do(function* () {
    const result = yield* inside().with(asResult)
    log.push('outside goes on')
    return result
  })
  expect(timed(outside())).toEqual({ ok: false, error: 'bad' })
  expect(log.slice(-2)).toEqual(['inside over', 'outside goes on'])
})

test('cleanup that waits is carried through before the form is left', () => {
  const slow = ensure(
    Sleep(1000),
    Sleep(50).map(() => log.push('cleaned up')),
  )
  const leaving = All([item(2), slow]).with(asResult)
  expect(timed(leaving.map(() => [...log]))).toEqual(['2 over', 'cleaned up'])
})

test('several who leave: the first one counts, the clause runs once', () => {
  let clauses = 0
  const counted = handler('counted').final(Fail, error => {
    clauses++
    return error
  })
  const failsTwice = Do(function* (n: number) {
    try {
      yield* Sleep(n)
      yield* Fail(`first of ${n}`)
    } finally {
      yield* Fail(`second of ${n}`)
    }
  })
  expect(timed(All([failsTwice(5), failsTwice(3), failsTwice(5)]).with(counted))).toBe('first of 3')
  expect(clauses).toBe(1)
})

test('an error of the clause is thrown where its handler stands', () => {
  const throwing = handler('throwing').final(Fail, error => {
    throw new Error(`clause: ${error}`)
  })
  expect(thrownBy(() => timed(All([item(2), item(30)]).with(throwing)))).toEqual(new Error('clause: bad'))
  expect(log).toEqual(['2 over', '30 over'])
})

test('a handler inside of the child is left there: for the form, the child has ended', () => {
  expect(timed(All([item(2).with(asResult), item(3)]))).toEqual([{ ok: false, error: 'bad' }, 3])
  expect(timed(Any([Sleep(9), item(2).with(asResult)]))).toEqual({ ok: false, error: 'bad' })
})

test('out of a Timeout in a child, the whole form is left', () => {
  expect(timed(All([Timeout(100, item(2)), item(30)]).with(asResult))).toEqual({ ok: false, error: 'bad' })
})

describe('out of a task of its own nobody leaves', () => {
  test('who waits for it is told what has ended it', () => {
    const waiting = Do(function* () {
      const task = yield* Spawn(item(2), { name: 'second' })
      try {
        return yield* Wait(task)
      } catch (error) {
        expect(error).toMatchObject({ effect: 'Fail', handler: 'as result', task, result: { ok: false, error: 'bad' } })
        throw error
      }
    })
    const error = thrownBy(() => timed(waiting().with(asResult))) as Error
    expect(error).toBeInstanceOf(EscapedTaskError)
    expect(error.message).toMatch(/second/)
    expect(log).toEqual(['2 over'])
  })

  test('in a Scope neither', () => {
    const inside = Do(function* () {
      const first = yield* Spawn(item(2))
      const second = yield* Spawn(item(3))
      const fate = yield* Wait(first).map(() => 'ended')
      return [fate, yield* Wait(second)]
    })
    expect(thrownBy(() => timed(Scope(inside()).with(asResult)))).toBeInstanceOf(EscapedTaskError)
  })
})

describe('a continuation over the border of a task', () => {
  const Ask = effect('Ask')<[], number>()
  const asked = Do(function* () {
    return (yield* Ask()) + 1
  })
  const two = () => All([asked(), asked()])

  test('is resumed in tail position, as a fun clause answers', () => {
    const tail = handler('tail').ctl(Ask, function* (k) {
      return Resume(k, 41)
    })
    const late = handler('late').ctl(Ask, function* (k) {
      yield* Sleep(5)
      return Resume(k, 41)
    })
    expect(timed(two().with(tail))).toEqual([42, 42])
    expect(timed(two().with(late))).toEqual([42, 42])
  })

  test('is resumed nowhere else: the result of a task is not the handler’s', () => {
    const around = handler('around').ctl(Ask, function* (k) {
      return [yield* Resume(k, 41)]
    })
    const error = thrownBy(() => timed(two().with(around))) as Error
    expect(error).toBeInstanceOf(EscapedTaskError)
    expect(error.message).toMatch(/return Resume/)
    // In the same task it is.
    expect(timed(Timeout(100, asked()).with(around))).toEqual([42])
  })
})
