// One small program for each law of regions, forms and leaving, with the trace that the law demands: written by hand, so
// that the reference interpreter is not the judge of itself.

import type { ClauseNode, EffectName, Node } from './ast'
import { call, note, seq } from './rewriting'

const pause: Node = { op: 'yield' }
const nap = (ms: number): Node => ({ op: 'sleep', ms })
const pure = (value: number | 'it'): Node => ({ op: 'pure', value })
const fail = (value: number): Node => ({ op: 'throw', value })
const A = (value: number): Node => ({ op: 'perform', effect: 'A', value })
const noted = (...nodes: Node[]): Node => seq(...nodes, note('it'))
const attempt = (...nodes: Node[]): Node => ({ op: 'catch', body: noted(...nodes), then: note('it') })
/** Notes a number when it is closed, or has ended. */
const closes = (number: number, ...nodes: Node[]): Node => ({
  op: 'finally',
  body: seq(...nodes),
  cleanup: note(number),
})
const spawn = (...nodes: Node[]): Node => ({ op: 'spawn', priority: 'normal', daemon: false, body: seq(...nodes) })
const cancel = (of: number): Node => ({ op: 'cancel', of })
const wait = (of: number): Node => ({ op: 'await', of })
const timeout = (ms: number, ...nodes: Node[]): Node => ({ op: 'timeout', ms, body: seq(...nodes) })
const shielded = (...nodes: Node[]): Node => ({ op: 'uncancelable', body: seq(...nodes) })
const restored = (...nodes: Node[]): Node => ({ op: 'restore', body: seq(...nodes) })
const scope = (...nodes: Node[]): Node => ({ op: 'cancelScope', body: seq(...nodes) })
const it: Node = { op: 'cancelIt' }
const all = (...bodies: Node[]): Node => ({ op: 'all', bodies })
const any = (...bodies: Node[]): Node => ({ op: 'any', bodies })
const taskScope = (...nodes: Node[]): Node => ({ op: 'taskScope', body: seq(...nodes) })
const clause = (kind: 'outside' | 'ctl' | 'raw' | 'final', effect: EffectName, ...body: Node[]): ClauseNode => ({
  effect,
  kind,
  body: seq(...body),
})
const under = (handler: ClauseNode, ...body: Node[]): Node => ({
  op: 'handle',
  handler: { clauses: [handler] },
  body: seq(...body),
})
const semaphore: Node = { op: 'semaphore', permits: 1 }
const acquire: Node = { op: 'acquire', of: 0 }
const release: Node = { op: 'release', of: 0 }
const withPermit = (...nodes: Node[]): Node => ({ op: 'withPermit', of: 0, body: seq(...nodes) })

export interface Case {
  program: Node
  /** What is noted: numbers, codes of errors, clauses. */
  trace: string
  failed?: string[]
}

/** In a scheduler; `trace` without `note`, and without `cleanup`. */
function scheduled(trace: string, nodes: Node[], failed?: string[]): Case {
  return { program: { op: 'scheduled', body: seq(...nodes) }, trace, ...(failed && { failed }) }
}

export const cases: Record<string, Case> = {
  'E1: what a function throws is thrown at the performer': scheduled('fun A, -1, 7', [
    noted(under({ effect: 'A', kind: 'fun', by: -1 }, attempt(A(1)), pure(7))),
  ]),
  'E2: a program that answers throws at the performer, and performs outside of the prompt': scheduled(
    'outside A, outside A, 5, 7',
    [under(clause('outside', 'A', fail(5)), noted(under(clause('outside', 'A', A(2)), attempt(A(1)), pure(7))))],
  ),
  'R2: who answers is in the timeout of who performs': scheduled('ctl A, 1, ERR_TIMEOUT, undefined', [
    under(clause('ctl', 'A', closes(1, nap(9))), attempt(timeout(3, A(1)))),
    note('it'),
  ]),
  'R2: also who answers in place is': scheduled('outside A, 1, ERR_TIMEOUT', [
    under(clause('outside', 'A', closes(1, nap(9))), attempt(timeout(3, A(1)))),
  ]),
  'R2: but not who only keeps the continuation': scheduled('raw A, 1, 2', [
    under(clause('raw', 'A', closes(1, nap(9))), attempt(timeout(3, A(1)))),
    note(2),
  ]),
  'R2: a shield of who performs holds for who answers': scheduled('ctl A, 1, 8, ERR_TASK_CANCELLED', [
    spawn(
      under(
        clause('ctl', 'A', nap(9), note(1), { op: 'resume', value: 8, throws: false }),
        shielded(noted(A(1))),
        pause,
        note(3),
      ),
    ),
    pause,
    cancel(0),
    attempt(wait(0)),
  ]),
  'R3: the outermost of several cancelled scopes is the target': scheduled('2, 1, undefined', [
    noted(
      scope(
        closes(1, { op: 'cancelScope', body: seq(it, { op: 'cancelIt', of: 1 }, closes(2, pause), note(3)) }, note(4)),
      ),
    ),
  ]),
  'R3: a restore lets through what its shield holds back': scheduled('1, 2, ERR_TASK_CANCELLED', [
    spawn(shielded(nap(1), note(1), closes(2, restored(pause)), note(3))),
    pause,
    cancel(0),
    attempt(wait(0)),
  ]),
  'R3: not what another shield holds back': scheduled('1, 2, ERR_TASK_CANCELLED', [
    spawn(shielded({ op: 'uncancelable', body: seq(restored(nap(2)), note(1)) }, note(2)), pause, note(3)),
    pause,
    cancel(0),
    attempt(wait(0)),
  ]),
  'R4: one that is cancelled is not answered, though what it waits for is there': scheduled('1, undefined', [
    semaphore,
    noted(scope(it, closes(1, acquire), note(2))),
  ]),
  'R5: one that was answered gets that first': scheduled('7, 1, ERR_TASK_CANCELLED', [
    { op: 'promise' },
    spawn(noted(wait(1)), closes(1, pause), note(2)),
    pause,
    { op: 'complete', of: 0, value: 7 },
    cancel(0),
    attempt(wait(0)),
  ]),
  'R5: one that has not started does not': scheduled('ERR_TASK_CANCELLED', [
    spawn(closes(1, note(2))),
    cancel(0),
    attempt(wait(0)),
  ]),
  'R6: what a cleanup throws replaces the end of a timeout': scheduled('5', [
    attempt(timeout(3, { op: 'finally', body: nap(9), cleanup: fail(5) })),
  ]),
  'R7: a scope ends when its tasks have ended': scheduled('1, 7', [
    noted(taskScope(spawn(closes(1, nap(9))), pause, pure(7))),
  ]),
  'R7: what joins meanwhile runs, until it alone is left': scheduled('1, 3, 7', [
    noted(
      taskScope(
        spawn({ op: 'finally', body: nap(9), cleanup: seq(spawn(closes(3, note(1), nap(9), note(2))), pause, pause) }),
        pause,
        pure(7),
      ),
    ),
  ]),
  'R8: a cleanup ends, and sees what it has opened itself': scheduled('ERR_TIMEOUT, 1, ERR_TASK_CANCELLED', [
    spawn({ op: 'finally', body: nap(9), cleanup: seq(attempt(timeout(2, nap(5))), pause, note(1)) }),
    pause,
    cancel(0),
    attempt(wait(0)),
  ]),
  'C1: children go in order up to where they suspend, before anybody else': scheduled('1, 2, 9, 3, 4, 7,8', [
    spawn(note(9)),
    noted(all(seq(note(1), pause, note(3), pure(7)), seq(note(2), pause, note(4), pure(8)))),
  ]),
  'C1: a failure at once starts no other, and ends the others': scheduled('1, 2, 5', [
    attempt(all(closes(2, note(1), nap(9)), fail(5), note(3))),
  ]),
  'C1: the first failure in time is thrown, another is reported': scheduled(
    '5',
    [attempt(all(seq(pause, pause, fail(4)), seq(pause, fail(5)), { op: 'finally', body: nap(9), cleanup: fail(6) }))],
    // The first child is ready when the second one fails, and fails before the parent goes on.
    ['child', 'child'],
  ),
  'C2: a value at once starts no other': scheduled('1, 2, 7', [
    noted(any(closes(2, note(1), nap(9)), fail(5), pure(7), note(3))),
  ]),
  'C2: when all fail, their errors are in the order of the children': scheduled('[object Object]', [
    attempt(any(seq(pause, fail(4)), fail(5))),
  ]),
  'C3: a child that takes a permit is a task, and goes on': scheduled('1, 2, 3, ,', [
    semaphore,
    noted(all(seq(acquire, note(1), release, pause, note(3)), note(2))),
  ]),
  'C4: a task that a child spawns belongs to the scope around its form': scheduled('1, 2', [
    taskScope(all(spawn(closes(1, nap(9)))), pause),
    note(2),
  ]),
  'C5: one that is woken in the last instant ends in time': scheduled('7', [attempt(timeout(3, nap(3), pure(7)))]),
  'L1: a final clause outside of a form runs when all is unwound': scheduled('2, 1, final A, 7', [
    noted(under(clause('final', 'A', pure(7)), all(closes(1, nap(9)), closes(2, nap(1), A(1))))),
  ]),
  'L1: also from a child in place': scheduled('2, 1, final A, 7', [
    noted(under(clause('final', 'A', pure(7)), all(closes(1, nap(9)), closes(2, A(1)), note(3)))),
  ]),
  'L1: also out of forms in forms': scheduled('2, 1, final A, 7', [
    noted(under(clause('final', 'A', pure(7)), all(closes(1, nap(9)), any(seq(nap(1), all(closes(2, nap(1), A(1)))))))),
  ]),
  'L2: a clause that does not resume leaves the form with its value': scheduled('ctl A, 2, 1, 7', [
    noted(under(clause('ctl', 'A', pure(7)), all(closes(1, nap(9)), closes(2, nap(1), A(1))))),
  ]),
  'L2: or with its error': scheduled('ctl A, 2, 1, 5', [
    attempt(under(clause('ctl', 'A', fail(5)), all(closes(1, nap(9)), closes(2, nap(1), A(1))))),
  ]),
  'L3: out of a spawned task nobody leaves, though the clause runs': scheduled('final A, 1, ERR_ESCAPED_TASK', [
    under(clause('final', 'A', note(1)), spawn(pause, A(1)), attempt(wait(0))),
  ]),
  'L3: a ctl clause neither': scheduled('ctl A, 1, 2, ERR_ESCAPED_TASK', [
    under(clause('ctl', 'A', note(1)), spawn(closes(2, A(1))), attempt(wait(0))),
  ]),
  'L4: resuming in tail position answers': scheduled('ctl A, 5, 7', [
    noted(
      under(clause('ctl', 'A', { op: 'tailResume', value: 5, throws: false }), all(seq(pause, noted(A(1)), pure(7)))),
    ),
  ]),
  'L4: any other resume is refused': scheduled('ctl A, ERR_ESCAPED_TASK, 7', [
    noted(
      under(
        clause('ctl', 'A', attempt({ op: 'resume', value: 5, throws: false }), pure(7)),
        all(seq(pause, noted(A(1)))),
      ),
    ),
  ]),
  'L5: a final clause sees through what runs in the same task': scheduled('2, 1, final A, 7', [
    noted(under(clause('final', 'A', pure(7)), timeout(5, closes(1, scope(taskScope(shielded(closes(2, A(1))))))))),
  ]),
  'P1: a task gives back what its spawner has': scheduled('1, 2', [
    semaphore,
    acquire,
    spawn(release, note(1)),
    acquire,
    note(2),
  ]),
  'P1: but not what another living task has': scheduled('ERR_TOO_MANY_PERMITS', [
    semaphore,
    spawn(acquire, nap(9)),
    pause,
    attempt(release),
  ]),
  'P2: one that is cancelled gives back, one that ends leaves its permits out': scheduled('1, 2, undefined, 3', [
    semaphore,
    spawn(acquire, nap(9)),
    spawn(acquire, note(1)),
    pause,
    cancel(1),
    pause,
    pause,
    note(2),
    attempt(release),
    acquire,
    note(3),
  ]),
  'P3: one that was given a permit gets it first': scheduled('undefined, 1, 2, undefined', [
    semaphore,
    acquire,
    spawn(closes(1, noted(acquire), pause, note(3))),
    pause,
    release,
    cancel(0),
    pause,
    acquire,
    note(2),
    noted(release),
  ]),
  'withPermit: who is cancelled while it waits has nothing, who was given one gives it back': scheduled(
    'undefined, 1, 2',
    [
      semaphore,
      acquire,
      spawn(closes(1, withPermit(note(3)))),
      spawn(withPermit(note(2))),
      pause,
      cancel(1),
      noted(release),
      pause,
      pause,
    ],
  ),
  'bracket: what was acquired is released, though one is cancelled meanwhile': scheduled(
    '1, 2, 3, ERR_TASK_CANCELLED',
    [
      spawn({
        op: 'bracket',
        acquire: seq(nap(3), note(1), pure(7)),
        use: closes(2, pause, note(4)),
        release: seq(pause, note(3)),
      }),
      pause,
      cancel(0),
      attempt(wait(0)),
    ],
  ),
  'ensure: the cleanup ends, though one is cancelled in it': scheduled('1, ERR_TASK_CANCELLED', [
    spawn({ op: 'ensure', body: pure(7), cleanup: seq(nap(3), note(1)) }, pause, note(2)),
    pause,
    cancel(0),
    attempt(wait(0)),
  ]),
  'a call in a child is of the child': scheduled('1, 2, 7', [
    noted(seq(all(call(closes(1, pause))), note(2), pure(7))),
  ]),
}
