// Reading the samples: median, minimum, ratios of minima, and how a number is written.
export function median(samples) {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** All measured cells, asked by workload key and implementation. */
export class Figures {
  #cells = new Map()

  add(key, cells) {
    this.#cells.set(key, cells)
  }

  /** The cell, or undefined where it was not measured or cannot be expressed. */
  cell(key, implementation) {
    return this.#cells.get(key)?.get(implementation)
  }

  /** The minimum in ns per unit; undefined without valid samples. */
  minimum(key, implementation) {
    const cell = this.cell(key, implementation)
    return cell === undefined || cell.error || cell.samples.length === 0 ? undefined : Math.min(...cell.samples)
  }

  /** minimum / minimum, or undefined when one of them is missing. */
  ratio([key, implementation], [otherKey, other]) {
    const a = this.minimum(key, implementation)
    const b = this.minimum(otherKey, other)
    return a === undefined || b === undefined ? undefined : a / b
  }

  *failures() {
    for (const [key, cells] of this.#cells)
      for (const [implementation, { error, wrong }] of cells)
        if (error !== undefined) yield { key, implementation, error, wrong }
  }

  /** Plain data for `--json`. */
  toJSON() {
    return Object.fromEntries([...this.#cells].map(([key, cells]) => [key, Object.fromEntries(cells)]))
  }
}

export function writeTime(ns) {
  if (ns >= 1e5) return `${(ns / 1e3).toFixed(0)}k`
  if (ns >= 1e4) return `${(ns / 1e3).toFixed(1)}k`
  return ns >= 100 ? ns.toFixed(0) : ns.toFixed(1)
}

export const writeRatio = ratio => (ratio === undefined ? 'n/a' : ratio.toFixed(2))
