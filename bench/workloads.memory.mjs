// The memory workloads: what a parked task costs (`mem`), and whether memory grows with the length or the depth of a run
// (`growth`). Each has a probe: one program, run once in a fresh process, of which several figures are read; every figure is
// an entry of its own, in the shape of `workloads.mjs`. `runner/memory.mjs` holds the probes. Sizes are never scaled down for
// a slow implementation: a peak and a growth are not per unit.
import { noPendingResumes, noTasks, shallow } from './cannot.mjs'
import { triangle } from './expected.mjs'

const handlersOfTasks = Object.fromEntries(
  ['tramp', 'effect', 'effection', 'saga', 'native'].map(name => [name, 'its tasks do not run under handlers']),
)

const parked = {
  id: 'mem',
  topic: 'parked',
  program: 'parked',
  reads: 'parked',
  expected: ({ tasks }) => triangle(tasks),
  figures: { heap: 'B/task', resident: 'B/task', held: 'MiB', peak: 'MiB', left: 'B/task' },
}

const loop = {
  id: 'growth',
  topic: 'growth',
  reads: 'growth',
  size: { n: 10_000_000 },
  expected: ({ n }) => n,
  figures: { growth: 'MiB', peak: 'MiB' },
}

const depth = { ...loop, size: { n: 1_000_000 }, figures: { level: 'B/level', peak: 'MiB' } }

const probes = [
  {
    ...parked,
    probe: 'parked',
    about: '100,000 tasks, each waits for a promise of its own; all are released',
    size: { tasks: 100_000, d: 0 },
    cannot: { deepvm: noTasks },
  },
  {
    ...parked,
    probe: 'parked32',
    about: 'the same under 32 handlers',
    size: { tasks: 100_000, d: 32 },
    figures: { heap: 'B/task', resident: 'B/task' },
    cannot: { deepvm: noTasks, ...handlersOfTasks },
  },
  { ...loop, probe: 'effects', about: '10⁷ effects in one run' },
  { ...loop, probe: 'tailResumes', about: '10⁷ tail resumes in one run' },
  {
    ...depth,
    probe: 'subPrograms',
    about: '10⁶ nested sub-programs',
    cannot: { tramp: shallow, effection: shallow, saga: shallow },
  },
  { ...depth, probe: 'nontailResumes', about: '10⁶ pending non-tail resumes', cannot: noPendingResumes },
]

export const memoryWorkloads = probes.flatMap(({ figures, ...probe }) =>
  Object.entries(figures).map(([figure, unit]) => ({
    program: probe.probe,
    ...probe,
    key: `${probe.probe}-${figure}`,
    figure,
    unit,
  })),
)
