// Random programs come across every law of regions, forms and leaving: none of its branches is missed silently.

import * as fc from 'fast-check'

import { structuredPrograms } from './arbitrary'
import { LAWS, type Law } from './laws'
import { interpret } from './reference'

const PROGRAMS = 2000
/** In so many of the programs at least. */
const LEAST = 5

function timesMet(): Map<Law, number> {
  const times = new Map<Law, number>(LAWS.map(law => [law, 0]))
  for (const depth of [1, 2, 3, 4]) {
    for (const program of fc.sample(structuredPrograms(depth), { numRuns: PROGRAMS / 4, seed: 2026 + depth })) {
      const met = new Set<Law>()
      interpret(program, [], { met: law => met.add(law) })
      for (const law of met) times.set(law, (times.get(law) ?? 0) + 1)
    }
  }
  return times
}

test(`each branch of a law is taken by at least ${LEAST} of ${PROGRAMS} random programs`, () => {
  const rare = [...timesMet()].filter(([, times]) => times < LEAST)
  expect(rare).toEqual([])
}, 120_000)
