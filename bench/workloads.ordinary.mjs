// Ordinary programs: a request of a service as people write it (W15), and the patterns that such programs are made of (W17):
// forms around programs that mostly need not wait, failures that are caught, resources. The shape is that of `workloads.mjs`.
import { forOthers } from './cannot.mjs'
import { requestSum, triangle } from './expected.mjs'

const cannot = forOthers(['tramp', 'deepvm', 'effection', 'saga'])

const request = {
  id: 'W15',
  key: 'request',
  topic: 'request',
  program: 'request',
  about:
    'a task per request: context, counters, a deadline around two calls of a database, three helpers at once, a resource',
  size: { n: 2_000 },
  unit: 'request',
  units: ({ n }) => n,
  expected: ({ n }) => requestSum(n),
  cannot,
}

const pattern = (program, about, size, rest = {}) => ({
  id: 'W17',
  key: program,
  topic: 'ordinary',
  program,
  about,
  size,
  unit: 'program',
  units: ({ n }) => n,
  expected: ({ n }) => triangle(n),
  cannot,
  ...rest,
})

/** async functions have neither fibers to be timed out nor effects to be provided. */
const ofEffects = {
  cannot: { ...cannot, native: 'async functions cannot be given up, and have no handlers' },
}

export const ordinaryWorkloads = [
  request,
  pattern('timeout', 'a deadline around a program that need not wait', { n: 10_000 }, ofEffects),
  pattern('timeoutWaiting', 'a deadline around a program that lets others have a turn', { n: 5_000 }, ofEffects),
  pattern('any', 'the first of two: one that need not wait, and a timer', { n: 5_000 }, ofEffects),
  pattern('all', 'three programs that need not wait, at once', { n: 10_000 }),
  pattern('allWaiting', 'three programs that let others have a turn, at once', { n: 5_000 }),
  pattern('traverseAwaiting', 'a list, eight at a time, each awaits a promise', { n: 10_000 }),
  pattern('traverseAtOnce', 'the same without waiting', { n: 10_000 }),
  pattern('ensured', 'cleanup after a program', { n: 50_000 }),
  pattern('caught', 'an error is thrown in a helper and caught', { n: 20_000 }),
  pattern('tried', 'an error is thrown in a helper and answered as a value', { n: 20_000 }),
  pattern(
    'local',
    'a value of the environment is replaced around a program that asks for it',
    { n: 20_000 },
    ofEffects,
  ),
  pattern('installed', 'a handler is made and installed for one call', { n: 20_000 }, ofEffects),
]
