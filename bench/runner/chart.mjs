// One chart as SVG text: a group of horizontal bars per workload, one bar per implementation, on a logarithmic scale. It
// brings its own background, light or dark as the reader prefers, so that it can be read on any page. Every bar is
// labelled: colours only help. The same input gives the same text.
import { perWhat, quantity } from './units.mjs'

const WIDTH = 860
const LEFT = 290
const RIGHT = 760
const TOP = 84
const BAR = 15
const GAP = 14
const LEAST_ROWS = 2
const COLOURS = {
  doeff: '#d9480f',
  tramp: '#1c7ed6',
  deepvm: '#7950f2',
  effect: '#2b8a3e',
  effection: '#b8860b',
  saga: '#0b8f8f',
  native: '#868e96',
}
const OTHER_COLOUR = '#c2255c'
const STYLE = `
    text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
    .back { fill: #ffffff; stroke: #d0d7de }
    .grid { stroke: #d0d7de }
    .title { font-size: 16px; font-weight: 600 }
    .name, .subject { font-weight: 600 }
    .quiet { fill: #59636e; font-size: 11px }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .back { fill: #0d1117; stroke: #3d444d }
      .grid { stroke: #3d444d }
      .quiet { fill: #9198a1 }
    }`

/**
 * `groups` are `{ name, unit, bars }`, a bar is `{ impl, label, min, note }`: the minimum in the unit, or undefined, and then
 * the note says why. The units of one chart share a scale. `says` explains it.
 */
export function chart({ title, says, groups }) {
  const scale = scaleOf(groups.flatMap(({ bars }) => bars.flatMap(({ min }) => min ?? [])))
  const body = []
  let y = TOP
  for (const group of groups) {
    body.push(...drawGroup(group, y, scale))
    y += Math.max(LEAST_ROWS, group.bars.length) * BAR + GAP
  }
  const height = y + 16
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `  <title>${escape(title)}</title>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="back" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>`,
    text(16, 28, title, 'title'),
    text(16, 48, `${says}, logarithmic scale`, 'quiet'),
    ...scale.ticks.flatMap(tick => drawTick(quantity(tick, groups[0].unit), scale.x(tick), y)),
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** Whole decades around the values; with two decades or fewer, 2 and 5 are marked too. Nothing at all has no place on it. */
function scaleOf(all) {
  const values = all.filter(value => value > 0)
  const logs = (values.length > 0 ? values : [1]).map(value => Math.log10(value))
  // A bar needs some length even for the least value.
  const from = Math.floor(Math.min(...logs) - 0.1)
  const to = Math.max(from + 1, Math.ceil(Math.max(...logs)))
  const ticks = []
  for (let decade = from; decade <= to; decade++)
    for (const step of to - from > 2 || decade === to ? [1] : [1, 2, 5]) ticks.push(step * 10 ** decade)
  return { ticks, x: value => LEFT + ((RIGHT - LEFT) * (Math.log10(value) - from)) / (to - from) }
}

function drawTick(label, x, bottom) {
  const at = round(x)
  return [
    `  <line class="grid" x1="${at}" x2="${at}" y1="${TOP - 8}" y2="${bottom - GAP + 6}"/>`,
    text(at, TOP - 14, label, 'quiet', 'middle'),
    text(at, bottom + 6, label, 'quiet', 'middle'),
  ]
}

function drawGroup({ name, unit, bars }, top, scale) {
  return [
    text(16, top + 11, name, 'name'),
    text(16, top + 26, perWhat(unit), 'quiet'),
    ...bars.flatMap((bar, i) => drawBar(bar, { name: `${name}, ${bar.label}`, unit }, top + i * BAR, scale)),
  ]
}

function drawBar({ impl, label, min, note }, { name, unit }, top, { x }) {
  const described = text(LEFT - 8, top + 11, label, impl === 'doeff' ? 'subject' : '', 'end')
  if (min === undefined) return [described, text(LEFT + 6, top + 11, note, 'quiet')]
  const end = min === 0 ? LEFT : round(x(min))
  const width = round(end - LEFT)
  const rectangle = `x="${LEFT}" y="${top + 1}" width="${width}" height="${BAR - 3}" fill="${COLOURS[impl] ?? OTHER_COLOUR}"`
  return [
    described,
    `  <rect class="bar" ${rectangle}><title>${escape(`${name}: ${quantity(min, unit)}`)}</title></rect>`,
    text(round(end + 6), top + 11, quantity(min, unit), impl === 'doeff' ? 'subject' : ''),
  ]
}

function text(x, y, content, kind = '', anchor = 'start') {
  const kindOf = kind === '' ? '' : ` class="${kind}"`
  const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
  return `  <text${kindOf} x="${x}" y="${y}"${anchored}>${escape(content)}</text>`
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = content => content.replace(/[&<>"']/g, character => ENTITIES[character])

const round = number => Math.round(number * 10) / 10
