// The workloads: what is run, how large, how many units it counts and the value every implementation must return.
// `topic` is the file and `program` the exported function in each implementation's folder; a missing one means that the
// implementation cannot express the workload. `mix` is the small size used to pollute type feedback before measuring.
// `cannot` says why an implementation has none. This file holds handlers and continuations (W1–W8, W14); the scheduler's part
// (W9–W13) is in `workloads.tasks.mjs`, ordinary programs (W15, W17) in `workloads.ordinary.mjs`, memory in
// `workloads.memory.mjs`, the programs of the field's own suite (F1–F8) in `workloads.field.mjs`.
import { noHandlers, noPendingResumes, noPull, noPackage } from './cannot.mjs'
import { nontailResult, sieveResult, treeSum } from './expected.mjs'
import { fieldWorkloads } from './workloads.field.mjs'
import { memoryWorkloads } from './workloads.memory.mjs'
import { ordinaryWorkloads } from './workloads.ordinary.mjs'
import { taskWorkloads } from './workloads.tasks.mjs'

const DEPTHS = [1, 8, 32, 128]

const state = {
  id: 'W1',
  key: 'state',
  topic: 'state',
  program: 'state',
  about: 'a counter loop of get and put under one State handler',
  size: { n: 100_000 },
  mix: { n: 100 },
  unit: 'effect',
  units: ({ n }) => 2 * n + 1,
  expected: ({ n }) => n,
}

const reader = DEPTHS.map(d => ({
  id: 'W2',
  key: `reader-d${d}`,
  topic: 'reader',
  program: 'reader',
  depth: d,
  about: 'ask answered by the outermost of d handlers, the others unrelated',
  size: { n: 50_000, d },
  mix: d === 8 ? { n: 50, d } : undefined,
  unit: 'ask',
  units: ({ n }) => n,
  expected: ({ n }) => n,
}))

const handlers = [
  { key: 'userFun', about: 'a handler written by the user: a plain function answers in place' },
  { key: 'userTail', about: 'a handler written by the user: a program that resumes in tail position' },
].map(({ key, about }) => ({
  id: 'W3',
  key,
  topic: 'handlers',
  program: key,
  about,
  size: { n: 50_000 },
  mix: { n: 100 },
  unit: 'perform',
  units: ({ n }) => n,
  expected: ({ n }) => n,
}))

const sieve = {
  id: 'W3b',
  key: 'sieve',
  topic: 'sieve',
  program: 'sieve',
  about: 'handler_sieve: one nested handler per prime, each asks the next one outward',
  size: { n: 2_000 },
  sizeFor: { saga: { n: 1_000 } },
  mix: { n: 50 },
  unit: 'handler call',
  units: ({ n }) => sieveResult(n).calls,
  expected: ({ n }) => sieveResult(n).sum,
  cannot: noHandlers,
}

const callDepth = DEPTHS.map(d => ({
  id: 'W4',
  key: `callDepth-d${d}`,
  topic: 'callDepth',
  program: 'callDepth',
  depth: d,
  about: 'an effect performed under d nested sub-program calls',
  size: { n: 20_000, d },
  mix: d === 8 ? { n: 50, d } : undefined,
  unit: 'effect',
  units: ({ n }) => n,
  expected: ({ n }) => n,
}))

const nontail = {
  id: 'W5',
  key: 'nontail',
  topic: 'nontail',
  program: 'nontail',
  about: 'resume in non-tail position, n handler frames pending',
  size: { n: 5_000, reps: 20 },
  mix: { n: 20, reps: 2 },
  unit: 'perform',
  units: ({ n, reps }) => n * reps,
  expected: ({ n, reps }) => nontailResult(n, reps),
  cannot: noPendingResumes,
}

const abort = {
  id: 'W6',
  key: 'abort',
  topic: 'abort',
  program: 'abort',
  about: 'nested calls discarded by an abort; every frame is closed',
  size: { depth: 1_000, reps: 200 },
  sizeFor: { saga: { reps: 40 } },
  mix: { depth: 20, reps: 2 },
  unit: 'frame',
  units: ({ depth, reps }) => depth * reps,
  expected: () => 0,
}

const parsing = {
  id: 'W7',
  key: 'parsing',
  topic: 'parsing',
  program: 'parsing',
  about: 'parsing_dollars: read, emit and stop, three handlers',
  size: { n: 300 },
  mix: { n: 5 },
  unit: 'effect',
  units: ({ n }) => ((n + 1) * (n + 2)) / 2 + 2 * (n + 1) + 2,
  expected: ({ n }) => (n * (n + 1)) / 2,
  cannot: noHandlers,
}

const generator = {
  id: 'W8',
  key: 'generator',
  topic: 'generator',
  program: 'generator',
  about: 'in-order walk of a complete tree, the consumer pulls: the continuation outlives the clause',
  size: { height: 16 },
  mix: { height: 4 },
  unit: 'yield',
  units: ({ height }) => 2 ** height - 1,
  expected: ({ height }) => treeSum(height),
  cannot: noPull,
}

const runStart = {
  id: 'W14',
  key: 'runStart',
  topic: 'runStart',
  program: 'runStart',
  about: 'start and finish a trivial program',
  size: { n: 5_000 },
  sizeFor: { effection: { n: 500 } },
  mix: { n: 20 },
  unit: 'run',
  units: ({ n }) => n,
  expected: ({ n }) => n,
}

const importing = {
  id: 'import',
  key: 'import',
  topic: 'importing',
  program: 'importing',
  reads: 'import',
  figure: 'time',
  about: 'the package is imported, once per process',
  unit: 'import',
  cannot: noPackage,
}

/** W1–W17, import, mem and growth. */
const suite = [
  state,
  ...reader,
  ...handlers,
  sieve,
  ...callDepth,
  nontail,
  abort,
  parsing,
  generator,
  ...taskWorkloads,
  runStart,
  ...ordinaryWorkloads,
  importing,
  ...memoryWorkloads,
]

/** Every workload there is. */
export const workloads = [...suite, ...fieldWorkloads]

/** What `--workloads` can name. */
export const groups = {
  all: suite,
  quick: [state, ...reader, ...handlers, ...callDepth],
  memory: memoryWorkloads,
  ordinary: ordinaryWorkloads,
  field: fieldWorkloads,
}

/** The size of a workload for one implementation; libraries with slow tasks get a smaller one, per unit it is the same. */
export const sizeOf = (workload, implementation) => ({
  ...workload.size,
  ...workload.sizeFor?.[implementation],
})
