// The main example on trees in memory, for its tests.

import type { FileSystem } from '../../examples/repo-report/files'
import { inMemory, type Node } from '../../examples/repo-report/memory'
import { DEFAULTS, type Options } from '../../examples/repo-report/options'
import { reportOn, type Report } from '../../examples/repo-report/report'

/** The report of `files`; fails when there is none. */
export const reportWith = (files: FileSystem, options: Partial<Options> = {}): Report => {
  const outcome = reportOn(files, { ...DEFAULTS, ...options })
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.report
}

/** The report of a tree in memory. */
export const report = (tree: Node, options?: Partial<Options>): Report => reportWith(inMemory(tree), options)
