// What one probe reads, each in a fresh process that can collect garbage on demand: memory, or the time of an import. Resident memory holds garbage and
// the allocator's reserves too; the heap holds what V8 knows of, and so nothing of what a native addon allocates.
import { check } from './result.mjs'

const MIB = 2 ** 20
const WARM_UP_TASKS = 1_000

const peakMiB = () => process.resourceUsage().maxRSS / 1024

/** Memory that was given back is not growth. */
const grown = (from, to) => Math.max(0, to - from)

/** What is in use once garbage is gone and every task had time to park. */
async function settled() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, rss }
}

/**
 * The program takes a reading when the promises exist and another one when the tasks are parked. What is left is compared
 * with what a small run before had left, so that code and tables are no part of it.
 */
async function readParked(program, size, expected) {
  const warmUp = { ...size, tasks: WARM_UP_TASKS }
  check(await program(warmUp, settled), expected(warmUp))
  const empty = await settled()
  const readings = []
  const reading = async () => readings.push(await settled())
  check(await program(size, reading), expected(size))
  const peak = peakMiB()
  const after = await settled()
  const [before, parked] = readings
  const perTask = (from, to) => grown(from, to) / size.tasks
  return {
    heap: perTask(before.heap, parked.heap),
    resident: perTask(before.rss, parked.rss),
    held: parked.rss / MIB,
    peak,
    left: perTask(empty.heap, after.heap),
  }
}

/** The program calls `mark(i)` after i units: otherwise than at 10 and 100 % it costs one comparison. */
async function readGrowth(program, size, expected) {
  const { n } = size
  const readings = []
  let next = n / 10
  const mark = i => {
    if (i < next) return
    globalThis.gc()
    readings.push(process.memoryUsage.rss())
    next = readings.length === 1 ? n : Infinity
  }
  check(await program(size, mark), expected(size))
  const bytes = grown(...readings)
  return { growth: Math.round((bytes / MIB) * 10) / 10, level: bytes / (0.9 * n), peak: peakMiB() }
}

/** Nanoseconds that the first import takes, which a process can see only once. */
async function readImport(program) {
  const start = process.hrtime.bigint()
  await program()
  return { time: Number(process.hrtime.bigint() - start) }
}

/** From the `reads` of a workload to the function that answers its figures. */
export const probes = { parked: readParked, growth: readGrowth, import: readImport }
