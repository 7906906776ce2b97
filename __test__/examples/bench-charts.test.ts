// The charts and the table that bench/charts.mjs makes of a recorded run, here a made-up one.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Each test starts processes; the last one measures.
jest.setTimeout(60_000)

const PAGE = ['# Page', '', '<!-- figures: begin -->', '', 'old', '', '<!-- figures: end -->', '', 'After.', ''].join(
  '\n',
)
const conditions = { commit: 'c0ffee', cpu: 'A|B <1>', node: 'v20.0.0', rounds: 5, samples: 3, mix: true }

type Entry = { id: string; workload: string; impl: string; unit: string; min: number | null } & Record<string, unknown>

const entry = (id: string, workload: string, impl: string, min: number | null, more: object = {}): Entry => ({
  ...{ id, workload, impl, unit: 'effect', median: min, min, error: null, wrong: false },
  ...more,
})

const state = [entry('W1', 'state', 'doeff', 36), entry('W1', 'state', 'tramp', 30), entry('W1', 'state', 'effect', 90)]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-charts-'))
  writeFileSync(join(folder, 'README.md'), PAGE)
})
afterEach(() => rmSync(folder, { recursive: true }))

const bench = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(__dirname, '../../bench', script), ...args], { encoding: 'utf8' })

const record = (name: string, entries: readonly object[]): string => {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify({ ...conditions, command: 'node bench/run.mjs', entries }))
  return file
}

const charts = (...files: string[]) => bench('charts.mjs', `--page=${join(folder, 'README.md')}`, ...files)

const draw = (...runs: (readonly object[])[]): void => {
  const { status, stderr } = charts(...runs.map((entries, i) => record(`${i}.json`, entries)))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
}

const page = () => readFileSync(join(folder, 'README.md'), 'utf8')
const svg = (name: string) => readFileSync(join(folder, 'charts', `${name}.svg`), 'utf8')
const drawn = () => readdirSync(join(folder, 'charts')).toSorted()
const widths = (text: string) =>
  [...text.matchAll(/class="bar"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width))
const texts = (text: string) => [...text.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, content]) => content)

describe('a chart', () => {
  test('has one bar per implementation, labelled with name, time and unit', () => {
    draw(state)
    expect(widths(svg('effects'))).toHaveLength(3)
    expect(texts(svg('effects'))).toEqual(
      expect.arrayContaining(['W1 state', 'per effect', 'doeff-vm', '36 ns', 'tramp', '30 ns', 'Effect', '90 ns']),
    )
  })

  test('is logarithmic: equal factors are equal lengths', () => {
    draw([
      entry('W1', 'state', 'doeff', 20),
      entry('W1', 'state', 'tramp', 200),
      entry('W1', 'state', 'effect', 2000),
      entry('W1', 'state', 'native', 20_000),
    ])
    const [a = 0, b = 0, c = 0, d = 0] = widths(svg('effects'))
    expect(a).toBeGreaterThan(0)
    expect(b - a).toBeCloseTo(c - b, 0)
    expect(c - b).toBeCloseTo(d - c, 0)
  })

  test('tells what an implementation cannot express from what failed', () => {
    const failed = entry('W1', 'state', 'effect', null, { error: 'it broke' })
    const wrong = entry('W1', 'state', 'saga', null, { error: 'got 1, expected 2', wrong: true })
    draw([entry('W1', 'state', 'doeff', 36), failed, wrong, entry('W5', 'nontail', 'native', 5)])
    expect(widths(svg('effects'))).toHaveLength(1)
    expect(texts(svg('effects'))).toEqual(expect.arrayContaining(['failed', 'WRONG', 'n/a']))
    expect(page()).toMatch(/\| W1 {2}\| state .*\| +36\.0 \| +failed \| +WRONG \| +n\/a \|/)
  })

  test('escapes names', () => {
    draw([entry('W1', `a<b> & "c" 'd'`, 'x<y>', 36, { unit: 'a&b' })])
    const text = svg('effects')
    expect(text).toContain('W1 a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;')
    expect(text).toContain('>x&lt;y&gt;<')
    expect(text).toContain('per a&amp;b')
    expect(text).not.toMatch(/x<y>|a<b>|&(?!(amp|lt|gt|quot|#39);)/)
  })

  test('is the same for the same file', () => {
    draw(state)
    const first = [svg('effects'), page()]
    draw(state)
    expect([svg('effects'), page()]).toEqual(first)
  })

  test('of memory has its own units, one scale for bytes and one for MiB; nothing is a bar of no length', () => {
    const memory = (workload: string, impl: string, min: number, unit: string) =>
      entry('mem', workload, impl, min, { unit })
    draw([
      memory('parked-heap', 'doeff', 490, 'B/task'),
      memory('parked-heap', 'effection', 12_701, 'B/task'),
      memory('parked-left', 'doeff', 0, 'B/task'),
      memory('parked-peak', 'doeff', 150, 'MiB'),
    ])
    expect(drawn()).toEqual(['memory.svg', 'peak.svg'])
    expect(texts(svg('memory'))).toEqual(
      expect.arrayContaining(['mem parked-heap', 'per task', '490 B', '12.7 kB', '0 B', '10 kB']),
    )
    expect(texts(svg('peak'))).toEqual(expect.arrayContaining(['mem parked-peak', '150 MiB', '1000 MiB']))
    expect(widths(svg('memory')).filter(width => width === 0)).toHaveLength(1)
  })

  test('is one of eight, by the workload’s id and unit', () => {
    const ids = ['W1', 'W3b', 'W4', 'W5', 'W8', 'W9', 'W11', 'W12', 'W13', 'W14', 'F1', 'F8']
    const memory = ['B/level', 'MiB'].map(unit => entry('growth', `in ${unit}`, 'doeff', 10, { unit }))
    draw([...ids.map(id => entry(id, `of ${id}`, 'doeff', 10)), ...memory])
    const names = ['control', 'effects', 'field', 'memory', 'peak', 'start', 'tasks', 'waiting']
    expect(drawn()).toEqual(names.map(name => `${name}.svg`))
    expect(texts(svg('waiting')).filter(text => text?.startsWith('W'))).toEqual(['W12 of W12', 'W13 of W13'])
  })
})

describe('the page', () => {
  test('has everything between the markers replaced, and nothing else', () => {
    draw(state)
    expect(page()).toMatch(/^# Page\n\n<!-- figures: begin -->\n\nNode v20\.0\.0, A\\\|B &lt;1>, commit c0ffee;/)
    expect(page()).toMatch(/\n\n<!-- figures: end -->\n\nAfter\.\n$/)
    expect(page()).toContain('![Effects: W1–W4](charts/effects.svg)')
    expect(page()).not.toContain('old')
  })

  test('has minima, ratios, where doeff-vm is slower, and the verdict', () => {
    draw(state)
    expect(page()).toMatch(/\| W1 {2}\| state +\| effect \| +36\.0 \| +30\.0 \| +90\.0 \| +1\.20 \| +0\.40 \|/)
    expect(page()).toMatch(/\| W1 {2}\| state +\| tramp 1\.20 \|/)
    expect(page()).toMatch(/\| W1 {2}\| state ≤ 0\.6 × Effect +\| +0\.40 \| +met \|/)
    expect(page()).toMatch(/\| W1 {2}\| state ≤ 0\.9 × tramp +\| +1\.20 \| not met \|/)
  })

  test('has memory in a table of its own, with its bounds in their own unit', () => {
    const memory = (impl: string, min: number) => entry('mem', 'parked-heap', impl, min, { unit: 'B/task' })
    const left = (impl: string, min: number) => entry('mem', 'parked-left', impl, min, { unit: 'B/task' })
    draw([...state, memory('doeff', 490), memory('tramp', 245), left('doeff', 2), left('tramp', 0)])
    const [times = '', memories = ''] = page().split('Memory, the least reading:')
    expect(times).not.toContain('| parked-heap')
    expect(memories).toMatch(/\| mem \| parked-heap \| B\/task \| +490 \| +245 \| +n\/a \| +2\.00 \| +n\/a \|/)
    expect(memories).toMatch(/\| mem \| parked-left \| B\/task \| +2\.0 \| +0\.0 \|/)
    expect(memories).toMatch(/\| mem \| parked-heap \| tramp 2\.00 \|/)
    expect(memories).not.toMatch(/\| parked-left \| tramp/)
    expect(memories).toMatch(/\| mem \| parked-heap ≤ 900 B +\| +490 B \| +met \|/)
  })

  test('shows several runs one after the other, and no chart that they do not hold', () => {
    draw([...state, entry('W14', 'runStart', 'doeff', 99)])
    draw(state, [entry('F1', 'countdown', 'doeff', 10)])
    expect(drawn()).toEqual(['effects.svg', 'field.svg'])
    expect(page().match(/commit c0ffee/g)).toHaveLength(2)
  })
})

describe('refused, with nothing written', () => {
  test.each([
    ['no file', () => [], /name a file/],
    ['no entries', () => [record('x.json', [])], /x\.json: it has no entries/],
    ['a cell twice', () => [record('x.json', [...state, ...state])], /x\.json: a cell is told twice/],
    ['no minimum and no error', () => [record('x.json', [entry('W1', 'state', 'doeff', null)])], /neither a minimum/],
    ['a minimum of zero', () => [record('x.json', [entry('W1', 'state', 'doeff', 0)])], /neither a minimum/],
    ['a peak of zero without its unit', () => [record('x.json', [entry('mem', 'parked-peak', 'doeff', 0)])], /neither/],
    ['an unknown id', () => [record('x.json', [entry('Z1', 'other', 'doeff', 1)])], /no chart is for Z1 other/],
    ['a chart of two runs', () => [record('x.json', state), record('y.json', state)], /W1–W4 stands in two files/],
  ])('%s', (_, files, message) => {
    const { status, stderr } = charts(...files())
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
    expect(page()).toBe(PAGE)
    expect(existsSync(join(folder, 'charts'))).toBe(false)
  })
})

test('what a run writes is what the charts read', () => {
  const file = join(folder, 'run.json')
  const short = ['--only=W14', '--impl=tramp,deepvm', '--rounds=1', '--samples=1', '--no-mix', '--no-note']
  expect(bench('run.mjs', ...short, `--json=${file}`).status).toBe(0)
  const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: object[] }
  expect(entries).toEqual([
    expect.objectContaining({ id: 'W14', workload: 'runStart', impl: 'tramp', unit: 'run', ratioToTramp: 1 }),
    expect.objectContaining({
      impl: 'deepvm',
      min: expect.any(Number),
      median: expect.any(Number),
      ratioToEffect: null,
    }),
  ])
  expect(charts(file).status).toBe(0)
  expect(drawn()).toEqual(['start.svg'])
})
