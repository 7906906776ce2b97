// The main example on a disk whose files are read ahead, against one by one. The mark word is spelled through a
// constant, so that the report on this repository, which is its default, finds none here.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { scheduled, VM } from 'doeff-vm'

import { onDisk } from '../../examples/repo-report/files'
import { DEFAULTS, type Options } from '../../examples/repo-report/options'
import { reportAhead, reportOn } from '../../examples/repo-report/report'

const TODO = 'TODO'

describe('on a disk whose files are read ahead', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'repo-report-'))
    // Directories stand between the files of their parent: what is read ahead there must not be in their way.
    for (const inner of ['', 'b', 'b/b', 'c', 'c/skipped', 'd']) {
      mkdirSync(join(folder, inner), { recursive: true })
      for (const name of ['a.ts', 'aa.rs', 'bb.md', 'cc.bin', 'e.ts', 'skipped.ts']) {
        const text = name === 'cc.bin' ? Buffer.of(1, 0, 2) : `${inner}\n`.repeat(inner.length + name.length)
        writeFileSync(join(folder, inner, name), text)
      }
    }
    writeFileSync(join(folder, 'b/large.ts'), `// ${TODO}: shrink\n`.repeat(100))
    symlinkSync('nowhere', join(folder, 'b/broken'))
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  const usual = { ...DEFAULTS, skip: ['skipped', 'skipped.ts'], maxBytes: 1000 }
  const withOptions: [name: string, options: Partial<Options>][] = [
    ['the whole tree', {}],
    ['a walk that is stopped', { maxFiles: 9 }],
    ['a walk that is stopped at once', { maxFiles: 0 }],
    ['large files too', { maxBytes: Infinity }],
  ]
  const numbers = [1, 2, 16, 1000]

  test.each(withOptions)('reports on %s as one by one', async (_name, options) => {
    const all: Options = { ...usual, path: folder, ...options }
    const expected = reportOn(onDisk, all)
    using vm = new VM()
    for (const ahead of numbers) {
      expect(await vm.runAsync(reportAhead({ ...all, ahead }).with(scheduled()))).toEqual(expected)
      expect(vm.stats()).toMatchObject({ segments: 0, frames: 0, values: 0, tasks: 0, stores: 0 })
    }
  })

  test.each(['a.ts', 'b/broken', 'gone'])('reports on %s as one by one', async name => {
    const all: Options = { ...usual, path: join(folder, name) }
    using vm = new VM()
    expect(await vm.runAsync(reportAhead(all).with(scheduled()))).toEqual(reportOn(onDisk, all))
  })
})
