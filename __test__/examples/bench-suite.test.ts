// The suite of bench/: that every workload has a program or a reason for every implementation, how figures are written in
// their units, and the table over versions of Node. The modules of bench/ are asked in a process of their own.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

// Each test starts processes; the last one measures.
jest.setTimeout(60_000)

const bench = join(__dirname, '../../bench')

/** The value of an expression over what a module of bench/ exports, as JSON carries it. */
function ask<T>(file: string, expression: string): T {
  const source = `const module = await import(${JSON.stringify(pathToFileURL(join(bench, file)).href)});
    console.log(JSON.stringify((await (${expression})(module)) ?? null))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as T
}

type Workload = {
  id: string
  key: string
  unit: string
  topic: string
  program: string
  cannot?: Record<string, string>
}

const workloads = () => ask<Workload[]>('workloads.mjs', '({ workloads }) => workloads')
const suite = () => ask<Workload[]>('workloads.mjs', '({ groups }) => groups.all')
const implementations = () => ask<string[]>('implementations.mjs', '({ allImplementations }) => allImplementations')

/** Read and not imported: the packages of the peers are not installed where the tests run. */
function hasProgram(implementation: string, { topic, program }: Workload): boolean {
  const folder = implementation === 'doeff' ? 'js' : join('peers', implementation)
  const file = join(bench, folder, `${topic}.mjs`)
  if (!existsSync(file)) return false
  return new RegExp(`^export (const|function|async function) ${program}\\b`, 'm').test(readFileSync(file, 'utf8'))
}

describe('the suite', () => {
  test('is W1–W17, import, mem and growth, for seven implementations', () => {
    const ids = [...new Set(suite().map(({ id }) => id))]
    expect(ids).toEqual([
      ...['W1', 'W2', 'W3', 'W3b', 'W4', 'W5', 'W6', 'W7', 'W8', 'W9', 'W10', 'W11', 'W12', 'W13', 'W14', 'W15', 'W17'],
      ...['import', 'mem', 'growth'],
    ])
    expect(implementations()).toEqual(['doeff', 'tramp', 'deepvm', 'effect', 'effection', 'saga', 'native'])
  })

  test('has a program or a reason for every implementation, never both and never none', () => {
    const names = implementations()
    const wrong = workloads().flatMap(workload =>
      names
        .filter(name => hasProgram(name, workload) === (workload.cannot?.[name] !== undefined))
        .map(name => `${name} ${workload.key}`),
    )
    // The program that parks tasks takes the number of handlers; only doeff-vm's can have 32.
    expect(wrong.filter(name => !name.includes(' parked32-'))).toEqual([])
  })

  test('has every workload for doeff-vm, each with a key of its own', () => {
    expect(workloads().filter(workload => !hasProgram('doeff', workload))).toEqual([])
    const keys = workloads().map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('is what runs when nothing is chosen; --only searches the field’s programs too', () => {
    const chosen = (...args: string[]) =>
      ask<string[]>(
        'runner/options.mjs',
        `({ readOptions }) => readOptions(${JSON.stringify(args)}).workloads.map(({ key }) => key)`,
      )
    expect(chosen()).toEqual(suite().map(({ key }) => key))
    expect(chosen('--only=countdown|parked-heap')).toEqual(['parked-heap', 'countdown'])
    expect(chosen('--only=countdown|parked-heap', '--workloads=memory')).toEqual(['parked-heap'])
  })

  test('says once per implementation and reason why a program is missing', () => {
    const told = ask<string>(
      'runner/absent.mjs',
      `({ describeAbsent }) => describeAbsent({
        implementations: ['doeff', 'a'],
        workloads: [
          { key: 'x', cannot: { a: 'it has no x' } },
          { key: 'y-heap', probe: 'y', cannot: { a: 'it has no x' } },
          { key: 'y-peak', probe: 'y', cannot: { a: 'it has no x', b: 'not asked' } },
          { key: 'z' },
        ],
      })`,
    )
    expect(told).toBe('- a: it has no x (x, y)')
  })
})

describe('a figure', () => {
  test.each([
    [27.53, 'effect', '27.5', '27.5 ns'],
    [1234, 'task', '1234', '1.23 µs'],
    [24_400, 'race', '24.4k', '24.4 µs'],
    [486.2, 'B/task', '486', '486 B'],
    [12_701, 'B/task', '12701', '12.7 kB'],
    [1.31, 'B/level', '1.3', '1.31 B'],
    [0, 'MiB', '0.0', '0 MiB'],
    [152.6, 'MiB', '153', '153 MiB'],
  ])('%d of %s is %s in a table and %s elsewhere', (value, unit, inTable, alone) => {
    const written = `({ writeFigure, quantity }) => [writeFigure, quantity].map(f => f(${value}, '${unit}'))`
    expect(ask('runner/units.mjs', written)).toEqual([inTable, alone])
  })

  test('of nothing divides by other figures, but nothing divides by it', () => {
    expect(ask('runner/figures.mjs', '({ divide }) => [divide(0, 2), divide(2, 0), divide(undefined, 2)]')).toEqual([
      0,
      null,
      null,
    ])
  })

  test('of one probe is read from the same processes', () => {
    const names = ask<string[][]>(
      'runner/cell.mjs',
      `({ batchesOf }) => batchesOf([
        { key: 'a' }, { key: 'p-heap', probe: 'p' }, { key: 'p-peak', probe: 'p' }, { key: 'b' },
      ]).map(batch => batch.map(({ key }) => key))`,
    )
    expect(names).toEqual([['a'], ['p-heap', 'p-peak'], ['b']])
  })
})

describe('the table over versions of Node', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bench-nodes-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  const entry = (workload: string, impl: string, min: number, unit: string) => ({
    ...{ id: 'W1', workload, impl, unit, median: min, min, error: null, wrong: false },
  })

  const table = (runs: Record<string, readonly object[]>): string => {
    const files = Object.entries(runs).map(([node, entries]) => {
      const file = join(folder, `${node}.json`)
      writeFileSync(file, JSON.stringify({ node, entries }))
      return file
    })
    const recorded = pathToFileURL(join(bench, 'runner/recorded.mjs')).href
    return ask(
      'runner/nodes.mjs',
      `async ({ nodesTable }) => {
        const { readRun } = await import('${recorded}')
        return nodesTable(${JSON.stringify(files)}.map(readRun), 'doeff')
      }`,
    )
  }

  test('has the own minima and the ratios to those that were measured, per version', () => {
    const run = (own: number, other: number) => [
      entry('state', 'doeff', own, 'effect'),
      entry('state', 'tramp', other, 'effect'),
      entry('parked-peak', 'doeff', 150, 'MiB'),
    ]
    const rows = table({ 'v20.1.0': run(30, 60), 'v26.0.0': run(20, 80) })
      .split('\n')
      .map(line => line.split('|').map(cell => cell.trim()))
      .map(cells => cells.slice(1, -1))
    expect(rows[0]).toEqual(['', 'workload', 'unit', 'doeff, 20', 'doeff, 26', '÷ tramp, 20', '÷ tramp, 26'])
    expect(rows.slice(2)).toEqual([
      ['W1', 'state', 'effect', '30.0', '20.0', '0.50', '0.25'],
      ['W1', 'parked-peak', 'MiB', '150', '150', 'n/a', 'n/a'],
    ])
  })
})

describe('npm run bench:nodes refuses', () => {
  test.each([
    ['an unknown option', ['--wrong'], /Unknown option '--wrong'/],
    ['a path of Node', ['--node=node'], /use --nodes=22,24/],
    ['a full version', ['--nodes=22.1.0'], /--nodes=22\.1\.0 is no list of major versions/],
  ])('%s', (_, args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [join(bench, 'nodes.mjs'), ...args], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })
})

test('the memory of a parked task is measured like any other workload', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'bench-memory-')), 'run.json')
  const args = ['--only=mem parked-', '--impl=native,tramp', '--rounds=2', '--no-note', `--json=${file}`]
  const { status, stdout } = spawnSync(process.execPath, [join(bench, 'run.mjs'), ...args], { encoding: 'utf8' })
  expect(status).toBe(0)
  expect(stdout).toContain('## Memory, median / minimum; ratios of minima')
  expect(stdout).not.toContain('Nanoseconds')
  const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: { samples: number[] }[] }
  expect(entries).toContainEqual(
    expect.objectContaining({
      id: 'mem',
      workload: 'parked-heap',
      impl: 'native',
      unit: 'B/task',
      ratioToEffect: null,
    }),
  )
  expect(entries).toHaveLength(10)
  expect(entries.every(({ samples }) => samples.length === 2)).toBe(true)
  rmSync(join(file, '..'), { recursive: true })
})
