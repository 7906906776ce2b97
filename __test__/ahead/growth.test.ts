// Memory: what is in tail position runs flat, what is pending is small. Measured in processes of their own, by counts
// and generous bounds, never by the clock.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

import type { Stats } from '../../index'
import { NOTHING } from '../support/leaks'

interface Growth {
  readonly peak: number
  readonly left: number
  readonly stats: Stats
  readonly deep?: { readonly bytes: number; readonly stats: Stats }
}

function grow(workload: string, size: number): Growth {
  const script = join(__dirname, '../support/growth.mjs')
  const args = ['--expose-gc', '--stack-size=300', script, workload, String(size)]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Growth
}

const MB = 2 ** 20
const MINUTES = 60_000

// The checked addon verifies the whole machine after every turn; what it takes is not the claim.
const testRelease = process.env.DOEFF_CHECKED === '1' ? test.skip : test

testRelease.each([
  ['return Resume', 1e7],
  ['a fun clause', 1e7],
  ['a val clause', 1e7],
  ['State in place', 1e7],
  ['yield Transfer', 2e6],
  ['a raw clause', 2e6],
  ['a catch-all', 1e6],
])(
  'effects resumed in tail position by %s take the memory of one, %d times over',
  (workload, size) => {
    const { peak, left, stats } = grow(workload, size)
    expect(peak).toBeLessThan(60 * MB)
    expect(left).toBeLessThan(MB)
    expect(stats).toMatchObject(NOTHING)
    expect(stats.effects).toBeGreaterThanOrEqual(size)
  },
  2 * MINUTES,
)

testRelease.each([
  ['tail calls', 1e6],
  ['tasks that are waited for', 1e6],
  ['handlers that come and go', 1e6],
  ['bodies that are abandoned', 3e5],
])(
  '%s take the memory of one, %d times over',
  (workload, size) => {
    const { peak, left, stats } = grow(workload, size)
    expect(peak).toBeLessThan(100 * MB)
    expect(left).toBeLessThan(MB)
    expect(stats).toMatchObject(NOTHING)
  },
  2 * MINUTES,
)

testRelease(
  'a million resumes can be pending at less than 400 bytes each, none of it on the native stack',
  () => {
    const { deep, stats } = grow('pending resumes', 1e6)
    expect(deep?.stats.frames).toBe(1e6)
    expect(deep?.bytes).toBeLessThan(400e6)
    expect(stats).toMatchObject(NOTHING)
  },
  2 * MINUTES,
)

testRelease(
  'a million programs can be nested at less than 400 bytes each',
  () => {
    const { deep, stats } = grow('nested programs', 1e6)
    expect(deep?.stats.frames).toBe(1e6 + 1)
    expect(deep?.bytes).toBeLessThan(400e6)
    expect(stats).toMatchObject(NOTHING)
  },
  2 * MINUTES,
)

testRelease(
  'an effect is answered through 50,000 handlers that do not take it',
  () => {
    expect(grow('nested handlers', 50_000).stats).toMatchObject({ ...NOTHING, effects: 200 })
  },
  2 * MINUTES,
)

testRelease(
  'a hundred thousand tasks can be parked at less than 900 bytes of heap each, and are all woken',
  () => {
    const { deep, peak, stats } = grow('parked tasks', 1e5)
    expect(deep?.stats.tasks).toBe(1e5 + 1)
    expect(deep?.bytes).toBeLessThan(90e6)
    expect(peak).toBeLessThan(180 * MB)
    expect(stats).toMatchObject(NOTHING)
  },
  2 * MINUTES,
)

testRelease(
  'ten thousand runs of a thousand effects take the memory of one',
  () => {
    const script = join(__dirname, '../support/runs.mjs')
    const output = execFileSync(process.execPath, ['--expose-gc', script, '10000'], { encoding: 'utf8' })
    const { heap, rss, stats } = JSON.parse(output) as { heap: number; rss: number; stats: Stats }
    expect(heap).toBeLessThan(100)
    expect(rss).toBeLessThan(1024)
    expect(stats).toMatchObject(NOTHING)
  },
  2 * MINUTES,
)

testRelease(
  'the keys of a store that is dropped are forgotten',
  () => {
    const { left, stats } = grow('keys of a store that is dropped', 1e6)
    expect(left).toBeLessThan(40 * MB)
    expect(stats).toMatchObject(NOTHING)
  },
  2 * MINUTES,
)
