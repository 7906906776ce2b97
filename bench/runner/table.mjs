// The tables, as Markdown that also reads well in a terminal.
import { median, writeRatio } from './figures.mjs'
import { writeFigure } from './units.mjs'

/** The figures of every implementation, and the ratios of the first implementation's minima to tramp's and Effect's. */
export function figureTable(figures, { workloads, implementations }) {
  if (workloads.length === 0) return undefined
  const [subject] = implementations
  const references = ['tramp', 'effect'].filter(name => name !== subject && implementations.includes(name))
  const head = ['', 'workload', 'unit', ...implementations, ...references.map(name => `${subject} ÷ ${name}`)]
  const rows = workloads.map(({ id, key, unit }) => [
    id,
    key,
    unit,
    ...implementations.map(name => writeCell(figures.cell(key, name), unit)),
    ...references.map(name => writeRatio(figures.ratio([key, subject], [key, name]))),
  ])
  return markdown(head, rows, 3)
}

/** For the workloads with a depth: the minimum at the greatest depth over the own one at the least. */
export function depthTable(figures, { workloads, implementations }) {
  const programs = new Map()
  for (const workload of workloads.filter(({ depth }) => depth !== undefined))
    programs.set(workload.program, [...(programs.get(workload.program) ?? []), workload])
  const rows = []
  for (const [program, series] of programs) {
    const [first, last] = [series[0], series.at(-1)]
    if (first === last) continue
    const ratios = implementations.map(name => figures.ratio([last.key, name], [first.key, name]))
    rows.push([first.id, program, `d=${last.depth} ÷ d=${first.depth}`, ...ratios.map(writeRatio)])
  }
  return rows.length === 0 ? undefined : markdown(['', 'workload', 'depth', ...implementations], rows, 3)
}

function writeCell(cell, unit) {
  if (cell === undefined) return 'n/a'
  if (cell.error !== undefined) return cell.wrong ? 'WRONG' : 'failed'
  return [median(cell.samples), Math.min(...cell.samples)].map(value => writeFigure(value, unit)).join(' / ')
}

/** Pads every column to its widest cell; the first `texts` columns are aligned left, the others right. */
export function markdown(head, rows, texts) {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map(row => row[i].length)))
  const pad = (cell, i) => (i < texts ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
  const rule = widths.map((width, i) => '-'.repeat(i < texts ? width : width - 1) + (i < texts ? '' : ':'))
  return [head.map(pad), rule, ...rows.map(row => row.map(pad))].map(row => `| ${row.join(' | ')} |`).join('\n')
}
