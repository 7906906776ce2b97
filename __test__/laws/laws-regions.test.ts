// Laws of regions, forms and leaving, on random programs that are disturbed anywhere: a task is cancelled at any of the
// suspending effects. They hold of the reference interpreter, and of the VM.

import * as fc from 'fast-check'

import { structuredPrograms } from '../oracle/arbitrary'
import { hasOwnTime, type Disturbance, type Node, type Outcome } from '../oracle/ast'
import type { Law } from '../oracle/laws'
import { interpret } from '../oracle/reference'
import {
  allOfOne,
  aroundRoots,
  aroundTasks,
  call,
  funAsCtl,
  inScope,
  inTime,
  instrumented,
  marked,
  note,
  restored,
  seq,
  uncancelable,
} from '../oracle/rewriting'
import { runners } from '../oracle/runners'
import { programsTried, seedOf } from '../support/random'

const numRuns = Math.ceil(programsTried / 40)
const seed = seedOf(0)

const programs = fc.integer({ min: 1, max: 3 }).chain(structuredPrograms)
const disturbances = fc.record({ of: fc.nat({ max: 2 }), at: fc.nat({ max: 20 }) })

/** The laws that a program comes across. */
function lawsOf(program: Node, disturbance?: Disturbance): Set<Law> {
  const laws = new Set<Law>()
  interpret(program, [], { met: law => laws.add(law), ...(disturbance && { disturbance }) })
  return laws
}

const text = (program: Node) => JSON.stringify(program)
/** What a `raw` clause keeps is closed when the run ends, whatever has ended before. */
const keeps = (program: Node) => text(program).includes('"raw"')
/** Handlers of the program may take what a cleanup waits by. */
const takesWaiting = (program: Node) => /"effect":"(Yield|Sleep)"|"all":\{/.test(text(program))
const schedulers = (program: Node) => text(program).split('"scheduled"').length - 1

const numbers = (trace: string[], mark: Parameters<typeof marked>[1]) =>
  marked(trace, mark)
    .map(({ number }) => number)
    .toSorted((a, b) => a - b)

describe.each(runners)('on %s', (_name, run, cancelled) => {
  function check(law: (program: Node, disturbance: Disturbance) => void): void {
    fc.assert(fc.property(programs, disturbances, law), { numRuns, ...seed })
  }

  /** Both programs have the same outcome, if none takes too long. */
  function expectSame(a: Node, b: Node, disturbance?: Disturbance, plain = (outcome: Outcome) => outcome): void {
    const [first, second] = [run(a, disturbance), run(b, disturbance)]
    if (first !== undefined && second !== undefined) expect(plain(second)).toEqual(plain(first))
  }

  test('K1: what was acquired is released, once, whoever is cancelled wherever', () => {
    check((program, disturbance) => {
      const outcome = run(instrumented(program), disturbance)
      if (outcome !== undefined) expect(numbers(outcome.trace, 'closed')).toEqual(numbers(outcome.trace, 'opened'))
    })
  })

  test('K1: also when the run is cancelled at any of its waits', async () => {
    const waits = fc.nat({ max: 3 })
    const law = async (program: Node, cancelAt: number) => {
      const outcome = await cancelled(instrumented(program), cancelAt)
      if (outcome !== undefined) expect(numbers(outcome.trace, 'closed')).toEqual(numbers(outcome.trace, 'opened'))
    }
    await fc.assert(fc.asyncProperty(programs, waits, law), { numRuns, ...seed })
  })

  test('K2: a cleanup that has begun ends, whoever is cancelled meanwhile', () => {
    check((program, disturbance) => {
      if (keeps(program) || takesWaiting(program)) return
      const outcome = run(instrumented(program), disturbance)
      if (outcome !== undefined) expect(numbers(outcome.trace, 'ended')).toEqual(numbers(outcome.trace, 'began'))
    })
  })

  test('K3: no child of a form takes a step after the form has ended', () => {
    check((program, disturbance) => {
      if (keeps(program)) return
      const { trace } = run(instrumented(program), disturbance) ?? { trace: [] }
      const ends = marked(trace, 'afterForm')
      const steps = marked(trace, 'ofForm')
      const once = ends.filter(end => ends.filter(({ number }) => number === end.number).length === 1)
      for (const { at, number } of once)
        expect(steps.filter(step => step.number === number && step.at > at)).toEqual([])
    })
  })

  test('K6: an uncancelable region in another one is the same as one', () => {
    check((program, disturbance) => {
      const twice = aroundTasks(program, body => uncancelable(uncancelable(body)))
      expectSame(aroundTasks(program, uncancelable), twice, disturbance)
    })
  })

  test('K6: an uncancelable region that is restored at once is none', () => {
    check((program, disturbance) => expectSame(program, aroundTasks(program, restored), disturbance))
  })

  test('F1: a program that a fun clause answers with is a ctl clause that resumes with its value or its error', () => {
    const plain = (outcome: Outcome) => ({
      ...outcome,
      trace: outcome.trace.map(event => event.replace('outside', 'ctl')),
    })
    check((program, disturbance) => expectSame(program, funAsCtl(program), disturbance, plain))
  })

  test('F2: a timeout that is never reached changes nothing', () => {
    check((program, disturbance) => {
      // Who waits for a deadline is not deadlocked; of several clocks, one jumps first; a handler's own time is its own.
      if (hasOwnTime(program) || lawsOf(program, disturbance).has('a deadlock') || schedulers(program) > 1) return
      expectSame(program, aroundTasks(aroundRoots(program, inTime), inTime), disturbance)
    })
  })

  test('F2: a region in which nobody is cancelled changes nothing', () => {
    check(program => {
      if (lawsOf(program).has('a scheduler is closed with all that is around it')) return
      expectSame(program, aroundRoots(program, uncancelable))
    })
  })

  test('F2: a scope whose tasks have ended changes nothing', () => {
    check((program, disturbance) => {
      const inside = aroundRoots(program, inScope)
      if ([...lawsOf(inside, disturbance)].some(law => law.startsWith('R7'))) return
      expectSame(program, inside, disturbance)
    })
  })

  test('F2: a form of one child changes nothing but what it gives', () => {
    check((program, disturbance) => {
      // The tasks of the scheduler are the same ones, if none is left when the child has ended.
      if (program.op !== 'scheduled' || schedulers(program) > 1 || !isSettled(program, disturbance)) return
      const first = { ...program, body: seq(call(program.body), { op: 'pure', value: 0 }) } as Node
      const second = { ...program, body: seq(allOfOne(program.body), { op: 'pure', value: 0 }) } as Node
      expectSame(first, second, disturbance)
    })
  })

  /** No task is left when the root program has ended, and nobody was deadlocked. */
  function isSettled(program: Node, disturbance: Disturbance): boolean {
    const laws = lawsOf(aroundRoots(program, inScope), disturbance)
    return !laws.has('a deadlock') && ![...laws].some(law => law.startsWith('R7'))
  }

  test('K5: a program that ends in its last instant has ended in time, and any other has not', () => {
    const ms = fc.nat({ max: 5 })
    const naps = fc.array(ms, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(naps, ms, (naps, most) => {
        const body = seq(...naps.map((ms): Node => ({ op: 'sleep', ms })), { op: 'pure', value: 7 })
        const program: Node = { op: 'scheduled', body: { op: 'timeout', ms: most, body } }
        const isInTime = naps.reduce((sum, nap) => sum + nap, 0) <= most
        expect(run(program)?.value).toBe(isInTime ? 7 : 'ERR_TIMEOUT')
      }),
      { numRuns, ...seed },
    )
  })

  test('K5: a scope that is cancelled by who does not suspend any more gives its value', () => {
    const body = seq({ op: 'cancelIt' }, note(1), { op: 'pure', value: 7 })
    expect(run({ op: 'scheduled', body: { op: 'cancelScope', body } })?.value).toBe(7)
  })
})
