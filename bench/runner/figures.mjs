// Reading the samples: median, minimum, ratios of minima.
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

  /** The minimum, in ns per unit or in a unit of memory; undefined without valid samples. */
  minimum(key, implementation) {
    const cell = this.cell(key, implementation)
    return cell === undefined || cell.error || cell.samples.length === 0 ? undefined : Math.min(...cell.samples)
  }

  /** minimum / minimum, or undefined when one of them is missing or there is nothing to divide by. */
  ratio([key, implementation], [otherKey, other]) {
    return divide(this.minimum(key, implementation), this.minimum(otherKey, other))
  }

  *failures() {
    for (const [key, cells] of this.#cells)
      for (const [implementation, { error, wrong }] of cells)
        if (error !== undefined) yield { key, implementation, error, wrong }
  }

  /**
   * Plain data for `--json`: one entry per cell that was measured, in the order of the workloads. Ratios are those of the
   * minima; null stands where there is nothing to divide, or where the cell failed.
   */
  entries(workloads) {
    return workloads.flatMap(({ id, key, unit }) =>
      [...(this.#cells.get(key) ?? [])].map(([impl, { samples, peakMiB, error, wrong }]) => {
        const min = this.minimum(key, impl)
        return {
          id,
          workload: key,
          impl,
          unit,
          median: min === undefined ? null : median(samples),
          min: min ?? null,
          ratioToTramp: this.ratio([key, impl], [key, 'tramp']) ?? null,
          ratioToEffect: this.ratio([key, impl], [key, 'effect']) ?? null,
          samples,
          peakMiB,
          error: error ?? null,
          wrong,
        }
      }),
    )
  }
}

/** A growth of nothing is a figure, but nothing is a multiple of it. */
export const divide = (a, b) => (a === undefined || b === undefined || b === 0 ? undefined : a / b)

export const writeRatio = ratio => (ratio === undefined ? 'n/a' : ratio.toFixed(2))
