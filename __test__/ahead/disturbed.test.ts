// Programs that are disturbed everywhere: a throw at each of their events, a cancellation at each of their waits. The VM
// gives what the reference interpreter says, holds nothing afterwards, and can be used again.

import * as fc from 'fast-check'

import { VM } from '../../index'
import { programs, structuredPrograms } from '../oracle/arbitrary'
import type { Node, Outcome } from '../oracle/ast'
import { canonical } from '../oracle/canonical'
import { interpret } from '../oracle/reference'
import { expectAgreement } from '../oracle/printed'
import { cancelOnVm, observeOn, runOnVm } from '../oracle/run-on-vm'
import { runners } from '../oracle/runners'

/** A trace in which noting the event of this number throws. */
function tripwire(at: number): string[] {
  const trace: string[] = []
  trace.push = event => {
    trace[trace.length] = event
    // oxlint-disable-next-line no-throw-literal -- errors are values here
    if (trace.length === at) throw 'tripped'
    return trace.length
  }
  return trace
}

const plain = (outcome: Outcome) => ({ ...outcome, trace: [...outcome.trace] })

/** More than any of the programs waits. */
const MOST_WAITS = 8

describe.each(Object.entries(canonical))('%s', (_name, program) => {
  test('gives what the reference says', () => {
    expect(runOnVm(program)).toEqual(interpret(program))
  })

  test('gives it also when any of its callbacks throws', () => {
    const events = runOnVm(program).trace.length
    for (let at = 1; at <= events; at++) expectSameWhenTripped(program, at)
  })

  test('gives it also when it is cancelled at any of its waits', async () => {
    using vm = new VM()
    for (let at = 0; at < MOST_WAITS; at++) {
      expect(await cancelOnVm(vm, program, at)).toEqual(interpret(program, [], { cancelAt: at }))
      expect(observeOn(vm, of => of(program))).toEqual(interpret(program))
    }
  })
})

function expectSameWhenTripped(program: Node, at: number): void {
  const expected = interpret(program, tripwire(at))
  if (expected !== undefined) expect(plain(runOnVm(program, tripwire(at)))).toEqual(plain(expected))
}

test('they are forty, and are disturbed', () => {
  const nodes = Object.values(canonical)
  expect(nodes.length).toBeGreaterThanOrEqual(40)
  expect(nodes.filter(node => interpret(node, tripwire(1))?.value === 'tripped').length).toBeGreaterThan(15)
  expect(nodes.filter(node => interpret(node, [], { cancelAt: 0 })?.value === 'cancelled').length).toBeGreaterThan(25)
  for (const node of nodes) expect(interpret(node, [], { cancelAt: MOST_WAITS })).toEqual(interpret(node))
})

test('random programs give what the reference says, also when any of their callbacks throws', () => {
  fc.assert(fc.property(programs(3), fc.integer({ min: 1, max: 12 }), expectSameWhenTripped), { numRuns: 2_000 })
}, 120_000)

// A VM without regions is not compared.
const testOfRegions = runners.length > 1 ? test : test.skip

testOfRegions(
  'random programs with regions give what the reference says, also when the run is cancelled at any of their waits',
  async () => {
    const depths = fc.integer({ min: 1, max: 3 })
    const law = async (program: Node, cancelAt: number) => {
      const expected = interpret(program, [], { cancelAt })
      if (expected === undefined) return
      using vm = new VM()
      expectAgreement(program, expected, await cancelOnVm(vm, program, cancelAt))
    }
    await fc.assert(fc.asyncProperty(depths.chain(structuredPrograms), fc.nat({ max: 3 }), law), {
      numRuns: 500,
      seed: 2026,
      endOnFailure: true,
    })
  },
  120_000,
)
