// The time that deadlines are counted from: monotonic, in milliseconds.

const { performance } = globalThis

/** Milliseconds since some moment in the past. */
export function monotonic(): number {
  return performance.now()
}
