// A thousand workers, each ended at a random point of its work: in a turn, in a callback, while everything is parked, in
// the middle of a collection. The process lives on, and its memory does not grow.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

interface Terminations {
  readonly ended: Record<string, number>
  readonly wrong: string[]
  readonly growth: number
}

// The workers load the release addon, so once is enough.
const testRelease = process.env.DOEFF_CHECKED === '1' ? test.skip : test

testRelease(
  'a thousand workers that are ended at whatever they do harm nobody and leave nothing behind',
  () => {
    const script = join(__dirname, '../support/terminations.mjs')
    const args = ['--expose-gc', '--unhandled-rejections=strict', script, '1000', '20']
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
    const { ended, wrong, growth } = JSON.parse(stdout) as Terminations
    expect(wrong).toEqual([])
    expect(Object.values(ended).reduce((a, b) => a + b)).toBe(1000)
    expect(Math.min(...Object.values(ended))).toBeGreaterThan(50)
    expect(growth).toBeLessThan(8 * 1024)
  },
  300_000,
)
