// Programs that wait for five things outside, which may happen in any order. The order of what they give, of their notes
// and of their cleanups depends on it.

import type { Node, Priority, TaskNode } from './ast'

const OUTSIDE = [0, 1, 2, 3, 4]
const seq = (...nodes: Node[]): Node => nodes.reduceRight((then, first) => ({ op: 'bind', first, then }))
const note = (value: number | 'it'): Node => ({ op: 'note', value })
const noted = (node: Node): Node => seq(node, note('it'))
const attempt = (...nodes: Node[]): Node => ({ op: 'catch', body: seq(...nodes), then: note('it') })
const cleaned = (body: Node, ...cleanup: Node[]): Node => ({ op: 'finally', body, cleanup: seq(...cleanup) })
const spawn = (body: Node, priority: Priority = 'normal'): Node => ({ op: 'spawn', priority, daemon: false, body })
const pause: Node = { op: 'yield' }
const outside: Node = { op: 'outside' }
const performA: Node = { op: 'perform', effect: 'A', value: 1 }

/** How nodes call what was made, when all of it was: the external promises first. */
interface Made {
  at(number: number): number
  of(...numbers: number[]): number[]
}

/** A program with five external promises, which makes `others` besides. */
function program(others: number, make: (made: Made) => Node[]): Node {
  const total = OUTSIDE.length + others
  const at = (number: number) => total - 1 - number
  const body = make({ at, of: (...numbers) => numbers.map(at) })
  return { op: 'scheduled', body: seq(...OUTSIDE.map((): Node => ({ op: 'external' })), ...body) }
}

type About = Extract<TaskNode, { of: number }>['op'] & ('await' | 'cancel' | 'acquire' | 'release')
const about = (op: About, of: number): Node => ({ op, of })
const onAll = (op: 'gather' | 'race', of: number[]): Node => ({ op, of })
/** The tasks that are made after the external promises. */
const TASKS = OUTSIDE.map(each => OUTSIDE.length + each)

export const waitingOutside: Record<string, Node> = {
  'one gathers them all': program(0, ({ of }) => [attempt(noted(onAll('gather', of(...OUTSIDE))))]),
  'one races them, then gathers them': program(0, ({ of }) => [
    attempt(noted(onAll('race', of(...OUTSIDE)))),
    attempt(noted(onAll('gather', of(...OUTSIDE)))),
    attempt(noted(onAll('race', of(4, 3, 2, 1, 0)))),
  ]),
  'each has a task, the root waits for one after the other': program(5, ({ at }) => [
    ...OUTSIDE.map(each => spawn(cleaned(noted(about('await', at(each))), note(each)))),
    ...TASKS.map(task => attempt(noted(about('await', at(task))))),
  ]),
  'each has a task, the root gathers them and ends': program(5, ({ at, of }) => [
    ...OUTSIDE.map(each => spawn(cleaned(noted(about('await', at(each))), note(each)))),
    noted(onAll('gather', of(...TASKS))),
  ]),
  'each has a task of another priority': program(5, ({ at, of }) => [
    ...OUTSIDE.map(each =>
      spawn(seq(noted(about('await', at(each))), pause, note(each)), (['idle', 'normal', 'high'] as const)[each % 3]),
    ),
    attempt(noted(onAll('gather', of(...TASKS)))),
    attempt(noted(onAll('gather', of(...OUTSIDE)))),
  ]),
  'races overlap': program(3, ({ of }) => [
    spawn(attempt(noted(onAll('race', of(0, 1, 2))))),
    spawn(attempt(noted(onAll('race', of(2, 3, 4))))),
    spawn(attempt(noted(onAll('gather', of(4, 2, 0))))),
    onAll('gather', of(5, 6, 7)),
    noted(onAll('race', of(5, 6, 7))),
    attempt(onAll('gather', of(...OUTSIDE))),
  ]),
  'who loses the race is cancelled': program(5, ({ at, of }) => [
    ...OUTSIDE.map(each => spawn(cleaned(noted(about('await', at(each))), pause, note(each)))),
    attempt(noted(onAll('race', of(...TASKS)))),
    ...TASKS.map(task => about('cancel', at(task))),
    ...TASKS.map(task => attempt(noted(about('await', at(task))))),
  ]),
  'each waits for one, and for the task before it': program(5, ({ at }) => [
    ...OUTSIDE.map(each =>
      spawn(
        seq(
          attempt(noted(about('await', at(each)))),
          ...(each === 0 ? [] : [attempt(noted(about('await', at(OUTSIDE.length + each - 1))))]),
          { op: 'pure', value: each },
        ),
      ),
    ),
    noted(about('await', at(9))),
  ]),
  'each waits under a permit of two': program(5, ({ at, of }) => [
    { op: 'semaphore', permits: 2 },
    ...OUTSIDE.map(each =>
      spawn(
        seq(about('acquire', 0), cleaned(attempt(noted(about('await', at(each)))), note(each), about('release', 0))),
      ),
    ),
    noted(onAll('gather', of(...TASKS))),
  ]),
  'each changes the state': program(5, ({ at, of }) => [
    ...OUTSIDE.map(each =>
      spawn(
        seq(attempt(about('await', at(each))), { op: 'modify', key: 'x', by: each + 1 }, note('it'), {
          op: 'tell',
          value: each,
        }),
      ),
    ),
    noted(onAll('gather', of(...TASKS))),
    { op: 'get', key: 'x' },
  ]),
  'the root ends with the first; the cleanup of the others waits for another one': program(5, ({ at, of }) => [
    ...OUTSIDE.map(each =>
      spawn(cleaned(noted(about('await', at(each))), attempt(noted(about('await', at((each + 1) % 5)))), note(each))),
    ),
    attempt(noted(onAll('race', of(...OUTSIDE)))),
  ]),
  'promises are settled by who waits': program(5, ({ at }) => [
    { op: 'promise' },
    { op: 'promise' },
    ...OUTSIDE.slice(0, 3).map(each =>
      // The first two settle promises, the third waits for both.
      spawn(
        each < 2
          ? attempt(noted(about('await', at(each))), { op: 'complete', of: 1 - each, value: 'it' })
          : attempt(noted(onAll('gather', [at(5), at(6)])), noted(about('await', at(4)))),
      ),
    ),
    attempt(noted(onAll('race', [at(2), at(3)]))),
    attempt(noted(about('await', at(9)))),
  ]),
  'a clause waits, then resumes': program(3, ({ at, of }) => [
    {
      op: 'handle',
      handler: {
        clauses: [
          {
            effect: 'A',
            kind: 'ctl',
            body: seq(attempt(noted(about('await', at(0)))), { op: 'tailResume', value: 5, throws: false }),
          },
        ],
      },
      body: seq(
        spawn(cleaned(seq(about('await', at(1)), noted(performA)), note(1))),
        spawn(cleaned(seq(about('await', at(2)), noted(performA)), note(2))),
        spawn(cleaned(seq(about('await', at(3)), noted(performA)), note(3))),
      ),
    },
    attempt(noted(onAll('gather', of(5, 6, 7)))),
    attempt(noted(about('await', at(4)))),
  ]),
  // The inner one spawns, so that what was made before counts one more.
  'schedulers are inside of tasks': program(2, ({ at, of }) => [
    spawn({
      op: 'scheduled',
      body: seq(
        spawn(attempt(noted(about('await', at(0) + 1)))),
        attempt(noted(about('await', at(1) + 1))),
        attempt(noted(about('await', 0))),
      ),
    }),
    spawn({ op: 'scheduled', body: attempt(noted(onAll('race', of(1, 2)))) }),
    attempt(noted(about('await', at(4)))),
    attempt(noted(onAll('gather', of(4, 5)))),
    attempt(noted(about('await', at(2)))),
  ]),
  'each awaits a promise of JavaScript': {
    op: 'scheduled',
    body: seq(
      ...OUTSIDE.map(each => spawn(cleaned(attempt(noted(outside)), pause, note(each)))),
      noted(onAll('race', OUTSIDE)),
      noted(onAll('gather', OUTSIDE)),
    ),
  },
  'promises of JavaScript are awaited, and given up': {
    op: 'scheduled',
    body: seq(
      ...OUTSIDE.map(each => spawn(cleaned(noted(outside), note(each)))),
      attempt(noted(onAll('race', OUTSIDE))),
      ...OUTSIDE.map(each => about('cancel', each)),
      ...OUTSIDE.map(each => attempt(noted(about('await', each)))),
    ),
  },
}
