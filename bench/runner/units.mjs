// The units of the figures. A unit of memory says what it counts: bytes per something, or MiB. Every other unit is the thing
// whose time is measured, in nanoseconds.
const MEMORY = { 'B/task': ['B', 'per task'], 'B/level': ['B', 'per level'], MiB: ['MiB', 'in all'] }

export const isMemory = unit => Object.hasOwn(MEMORY, unit)

/** What one figure is about, as a chart says it. */
export const perWhat = unit => (isMemory(unit) ? MEMORY[unit][1] : `per ${unit}`)

/** A figure in a table, where the column or the row names the unit. */
export const writeFigure = (value, unit) => (isMemory(unit) ? writeMemory(value) : writeTime(value))

/** A figure with its unit, three digits: 27.5 ns, 1.23 µs, 486 B, 153 MiB. */
export function quantity(value, unit) {
  if (!isMemory(unit)) return duration(value)
  const [size, name] = MEMORY[unit][0] === 'B' && value >= 1e4 ? [1e3, 'kB'] : [1, MEMORY[unit][0]]
  return `${digits(value / size)} ${name}`
}

export function writeTime(ns) {
  if (ns >= 1e5) return `${(ns / 1e3).toFixed(0)}k`
  if (ns >= 1e4) return `${(ns / 1e3).toFixed(1)}k`
  return ns >= 100 ? ns.toFixed(0) : ns.toFixed(1)
}

const writeMemory = value => (value >= 100 ? value.toFixed(0) : value.toFixed(1))

function duration(ns) {
  const [size, unit] = [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ].find(([size]) => ns >= size) ?? [1, 'ns']
  return `${digits(ns / size)} ${unit}`
}

const digits = number => Number(number.toPrecision(3))
