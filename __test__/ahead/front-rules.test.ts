// The rules of the front, each broken on purpose: the check says which one it is. Afterwards everything is as before.

import { Do, pure, run, scheduled, Spawn, Wait } from '../../index'
import {
  belowsAgree,
  BrokenRuleError,
  budgetsHold,
  checkFront,
  childrenAreCounted,
  framesAreFound,
  journalIsInBounds,
  namesComeFirst,
  objectsAreMade,
  readyIsKnown,
} from '../../src-ts/driver/front-rules'
import { forgetReady } from '../../src-ts/tasks/foresee'
import { words } from '../../src-ts/wire/mailbox'
import { Deed, Journal, Ready, Word } from '../../src-ts/wire/protocol'

const FIRST = Word.JOURNAL as number
const SECOND = FIRST + Journal.SIZE

/** Changes words, looks whether the rule holds, and changes them back. */
function brokenBy(rule: () => void, changes: readonly (readonly [at: number, value: number])[]): unknown {
  const before = changes.map(([at]) => words[at] as number)
  for (const [at, value] of changes) words[at] = value
  try {
    rule()
    return undefined
  } catch (error) {
    return error
  } finally {
    for (const [i, [at]] of changes.entries()) words[at] = before[i] as number
  }
}

/** What happens in the middle of a program that has called one, with a message to be told, that nobody else runs beside. */
function inside(look: () => unknown): unknown {
  const inner = Do(function* () {
    yield* pure(0)
    return look()
  })
  const outer = Do(function* () {
    // So that the machine has said what may be done ahead.
    yield* Wait(yield* Spawn(pure(1)))
    return yield* inner()
  })
  return run(outer().with(scheduled()))
}

const entry = (at: number, what: number, slot = 0) =>
  [
    [at + Journal.WHAT, what],
    [at + Journal.SLOT, slot],
    [at + Journal.INDEX, 0],
    [at + Journal.GENERATION, 0],
  ] as const

test.each([
  ['F1', journalIsInBounds, [[Word.FIRM, Journal.MOST]]],
  ['F1', journalIsInBounds, [[Word.DEEDS, Journal.MOST + 1]]],
  ['F3', framesAreFound, [[Word.DEEDS, 2], ...entry(SECOND, Deed.CALLED, 1)]],
  ['F4', belowsAgree, [[FIRST + Journal.BELOW, 12_345]]],
  ['F5', childrenAreCounted, [[Word.CHILDREN, 1]]],
  [
    'F6',
    namesComeFirst,
    [[Word.DEEDS, 2], ...entry(SECOND, Deed.SETTLED), [SECOND + Journal.INDEX, Journal.UNNAMED + 1]],
  ],
  ['F7', readyIsKnown, [[Word.READY, Ready.ONE]]],
  [
    'F8',
    budgetsHold,
    [
      [Word.PERFORMED, 1],
      [Word.BUDGET, 0],
    ],
  ],
  [
    'F8',
    budgetsHold,
    [
      [Word.BELOW_ENDED, 1],
      [Word.BELOW_COUNT, 0],
    ],
  ],
] as const)('%s is broken on purpose', (name, rule, changes) => {
  const error = inside(() => {
    forgetReady()
    checkFront()
    return brokenBy(rule, changes)
  })
  expect(error).toBeInstanceOf(BrokenRuleError)
  expect((error as Error).message).toContain(name)
})

test('F2 is broken on purpose: an entry that has made a task says that it has made nothing', () => {
  const error = run(
    Do(function* () {
      yield* Wait(yield* Spawn(pure(1)))
      yield* Spawn(pure(2), { daemon: true })
      const last = Word.JOURNAL + ((words[Word.DEEDS] as number) - 1) * Journal.SIZE
      expect((words[last + Journal.WHAT] as number) & 15).toBe(Deed.SPAWNED)
      checkFront()
      return brokenBy(objectsAreMade, [[last + Journal.WHAT, Deed.NOTHING]])
    })().with(scheduled()),
  )
  expect(error).toBeInstanceOf(BrokenRuleError)
  expect((error as Error).message).toContain('F2')
})
