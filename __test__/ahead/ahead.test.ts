// Working ahead of the machine changes nothing: every random program gives the same as when the machine is told of every
// frame at once and captures before a clause starts.

import fc from 'fast-check'

import { settings } from '../../src-ts/machine/run'
import { programs } from '../oracle/arbitrary'
import type { Node } from '../oracle/ast'
import { interpret } from '../oracle/reference'
import { runOnVm } from '../oracle/run-on-vm'

function runEagerly(program: Node): unknown {
  settings.eager = true
  try {
    return runOnVm(program)
  } finally {
    settings.eager = false
  }
}

function agree(program: Node): void {
  // A program that takes the reference interpreter too long is passed over.
  if (interpret(program) !== undefined) expect(runOnVm(program)).toEqual(runEagerly(program))
}

test.each([2, 3, 4])(
  'random programs %d deep give the same eagerly and ahead',
  depth => {
    fc.assert(fc.property(programs(depth), agree), { numRuns: 500 })
  },
  120_000,
)
