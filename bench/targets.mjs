// What doeff-vm must reach, as ratios of minima inside one run: `of` over `to`, each `[workload, implementation]`. Bounds of
// memory without a `to` are in the workload's own unit.
// A target whose cells were not measured, or that a peer cannot express, is left out of the verdict.
import { quantity } from './runner/units.mjs'
import { fieldWorkloads } from './workloads.field.mjs'

const againstEffect = (id, key, limit, effectKey = key) => ({
  id,
  says: `${key} ≤ ${limit} × Effect${effectKey === key ? '' : `'s ${effectKey}`}`,
  of: [key, 'doeff'],
  to: [effectKey, 'effect'],
  limit,
})

const againstDeepvm = (id, key, limit) => ({
  id,
  says: `${key} ≤ ${limit} × deepvm`,
  of: [key, 'doeff'],
  to: [key, 'deepvm'],
  limit,
})

const againstTramp = (id, key, limit) => ({
  id,
  says: `${key} ≤ ${limit} × tramp`,
  of: [key, 'doeff'],
  to: [key, 'tramp'],
  limit,
})

const flat = (id, program) => ({
  id,
  says: `${program} at d=128 ≤ 1.1 × own d=1`,
  of: [`${program}-d128`, 'doeff'],
  to: [`${program}-d1`, 'doeff'],
  limit: 1.1,
})

const atMost = (id, key, limit, unit) => ({
  id,
  says: `${key} ≤ ${quantity(limit, unit)}`,
  of: [key, 'doeff'],
  limit,
  unit,
})

export const targets = [
  againstEffect('W1', 'state', 0.6),
  againstTramp('W1', 'state', 0.9),
  flat('W2', 'reader'),
  againstEffect('W3', 'userFun', 0.5),
  againstTramp('W3', 'userFun', 0.8),
  againstEffect('W3', 'userTail', 0.5),
  againstDeepvm('W3', 'userTail', 1.5),
  flat('W4', 'callDepth'),
  againstEffect('W5', 'nontail', 0.5, 'userTail'),
  againstDeepvm('W5', 'nontail', 1.5),
  againstEffect('W6', 'abort', 0.5),
  againstDeepvm('W6', 'abort', 1.2),
  againstEffect('W7', 'parsing', 0.5),
  againstDeepvm('W7', 'parsing', 1.2),
  againstEffect('W8', 'generator', 0.5),
  againstDeepvm('W8', 'generator', 1.2),
  againstEffect('W9', 'spawnGather', 0.5),
  againstTramp('W9', 'spawnGather', 1.5),
  againstEffect('W9', 'spawnClosure', 0.5),
  againstTramp('W9', 'spawnClosure', 1.5),
  againstEffect('W10', 'skynet', 0.5),
  againstTramp('W10', 'skynet', 1.5),
  againstEffect('W11', 'pingPong', 0.5),
  againstTramp('W11', 'pingPong', 1.5),
  againstEffect('W11', 'ring', 0.5),
  againstTramp('W11', 'ring', 1.5),
  againstEffect('W11', 'fairYield', 0.5),
  againstTramp('W11', 'fairYield', 1.5),
  againstEffect('W12', 'race', 0.25),
  againstTramp('W12', 'race', 1.5),
  againstEffect('W12', 'cancel', 0.25),
  againstTramp('W12', 'cancel', 1.5),
  againstEffect('W12', 'semaphore', 0.25),
  againstTramp('W12', 'semaphore', 1.5),
  againstEffect('W13', 'awaitPromise', 1),
  againstTramp('W13', 'awaitPromise', 1.2),
  againstEffect('W13', 'external', 1),
  againstTramp('W13', 'external', 1.2),
  againstEffect('W14', 'runStart', 1),
  againstTramp('W14', 'runStart', 1),
  againstEffect('W15', 'request', 0.35),
  againstEffect('W17', 'timeout', 0.5),
  againstEffect('W17', 'timeoutWaiting', 0.5),
  againstEffect('W17', 'any', 1),
  againstEffect('W17', 'all', 1),
  againstEffect('W17', 'allWaiting', 1),
  againstEffect('W17', 'traverseAwaiting', 0.8),
  againstEffect('W17', 'traverseAtOnce', 0.2),
  againstEffect('W17', 'ensured', 0.6),
  againstEffect('W17', 'caught', 0.6),
  againstEffect('W17', 'tried', 0.5),
  againstEffect('W17', 'local', 0.8),
  againstEffect('W17', 'installed', 0.8),
  atMost('import', 'import', 5e6, 'import'),
  atMost('mem', 'parked-heap', 900, 'B/task'),
  atMost('mem', 'parked-resident', 900, 'B/task'),
  atMost('mem', 'parked-held', 180, 'MiB'),
  atMost('mem', 'parked-left', 10, 'B/task'),
  {
    id: 'mem',
    says: 'parked-heap under 32 handlers ≤ 1.05 × under none',
    of: ['parked32-heap', 'doeff'],
    to: ['parked-heap', 'doeff'],
    limit: 1.05,
  },
  atMost('growth', 'effects-peak', 60, 'MiB'),
  atMost('growth', 'tailResumes-peak', 60, 'MiB'),
  ...fieldWorkloads.map(({ id, key }) => againstEffect(id, key, 0.5)),
]
