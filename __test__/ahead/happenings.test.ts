// What happens outside may happen in any order: five promises that tasks wait for are settled in each of the 120 orders,
// one at a time and all at once, some of them with errors. The VM gives what the reference interpreter says for that order,
// holds nothing afterwards, and can be used again.

import { VM } from '../../index'
import type { Happening, Node } from '../oracle/ast'
import { interpret } from '../oracle/reference'
import { completeOnVm, observeOn } from '../oracle/run-on-vm'
import { waitingOutside } from '../oracle/waiting-outside'

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap(first => permutations(items.filter(each => each !== first)).map(rest => [first, ...rest]))
}

/** Which of the five fail. */
const FAILING: readonly number[][] = [[], [1], [0, 2, 4], [0, 1, 2, 3, 4]]

const happenings = permutations([0, 1, 2, 3, 4]).map((order, at) => {
  const failing = FAILING[at % FAILING.length] as number[]
  return order.map((of): Happening => ({ of, how: failing.includes(of) ? 'fail' : 'complete', value: 10 + of }))
})
const oneByOne = (happenings: Happening[]): Happening[][] => happenings.map(each => [each])
const allAtOnce = (happenings: Happening[]): Happening[][] => [happenings]
const twoFirst = ([a, b, ...rest]: Happening[]): Happening[][] => [[a as Happening, b as Happening], rest]

const sequential: Node = { op: 'bind', first: { op: 'put', key: 'x', value: 1 }, then: { op: 'get', key: 'x' } }

// A busy machine may need its time.
jest.setTimeout(60_000)

const named = Object.entries(waitingOutside)
// What awaits promises of JavaScript goes on between two of them, although they are settled together.
const external = named.filter(([, program]) => !JSON.stringify(program).includes('"outside"'))

async function expectSame(program: Node, orders: Happening[][][]): Promise<string[]> {
  using vm = new VM()
  const traces = new Set<string>()
  for (const order of orders) {
    const expected = interpret(program, [], { happenings: order })
    expect({ order, ...(await completeOnVm(vm, program, order)) }).toEqual({ order, ...expected })
    traces.add(JSON.stringify(expected?.trace))
  }
  expect(observeOn(vm, of => of(sequential))).toEqual(interpret(sequential))
  return [...traces]
}

test.each(named)('%s: settled one at a time, in every order', async (_name, program) => {
  const traces = await expectSame(program, happenings.map(oneByOne))
  expect(traces.length).toBeGreaterThan(5)
})

test.each(external)('%s: settled together, in every order', async (_name, program) => {
  await expectSame(program, happenings.map(allAtOnce))
  await expectSame(program, happenings.map(twoFirst))
})
