// Laws: equations between programs, checked on random ones. Two programs are equal when they end alike, with the same
// state, log and trace.

import * as fc from 'fast-check'

import { Do, handler, type Program, Resume } from '../../index'
import { bodies } from '../oracle/arbitrary'
import type { Outcome } from '../oracle/ast'
import { effects, observeSteps, type Of } from '../oracle/run-on-vm'

export type Any = Program<unknown, unknown>
/** One side of an equation: `of` makes programs of random nodes. */
export type Side = (of: Of, trace: string[]) => Any

/** A random program, or a random function to a program, which sees its argument as `it`. */
export const node = bodies(3)
export const smallNode = bodies(1)
export const value = fc.integer({ min: 0, max: 99 })
export const key = fc.constantFrom('x', 'y', 'z')

// Hundreds of programs a law; a busy machine may need its time.
jest.setTimeout(60_000)

/** Both sides are equal for all random parts. */
export function equal<Parts>(parts: fc.Arbitrary<Parts>, sides: (parts: Parts) => readonly Side[]): void {
  fc.assert(
    fc.property(parts, parts => {
      const [first, ...others] = sides(parts).map(side => outcome(side))
      for (const other of others) expect(other).toEqual(first)
    }),
    { numRuns: 200 },
  )
}

const MOST_STEPS = 5_000

/** Around every side, so that random programs that perform go on. */
const answering = handler('answering')
  .val(effects.A, 10)
  .fun(effects.B, () => 20)
  .ctl(effects.C, function* (k) {
    return Resume(k, 30)
  })

/** What one side gives: for laws about outcomes, and for locks, which pin two sides that must differ. */
export function outcome(side: Side): Outcome {
  const result = observeSteps((of, trace) => side(of, trace).with(answering as never), MOST_STEPS)
  // A program that takes too long is passed over.
  fc.pre(result !== undefined)
  // A mistake in a test must not make its sides equal.
  if (result.value instanceof TypeError || result.value instanceof ReferenceError) throw result.value
  return result
}

/** One program after another; the result is the last one's. */
export const seq = Do(function* (...programs: Any[]) {
  let result: unknown
  for (const program of programs) result = yield program
  return result
})
