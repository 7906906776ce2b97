// Why an implementation has no program for a workload: the `cannot` of the workloads, from implementation to reason. The
// reasons are printed under the tables in which n/a stands.
export const noTasks = 'it has no tasks'
export const shallow = 'nested generators are resumed through the native stack, which ends after some thousand levels'

const noCapture = 'a caller cannot be captured and resumed later'

const forAll = (implementations, reason) => Object.fromEntries(implementations.map(name => [name, reason]))

/** Continuations that a clause keeps: pending clauses (W5). */
export const noPendingResumes = forAll(['tramp', 'effect', 'effection', 'saga', 'native'], noCapture)

/** A consumer that pulls (W8). tramp does it with a plain generator. */
export const noPull = {
  ...forAll(['effect', 'effection', 'saga'], noCapture),
  native: 'an async generator would be another program: it is pulled from outside, not out of nested calls',
}

/** Ordinary programs (W15, W17). */
export const forOthers = names => forAll(names, 'it is measured by the parts of such programs, W1–W14')

export const noPackage = forAll(['tramp', 'deepvm', 'native'], 'it is no package')

/** Handlers found by a search, effects with non-local control (W3b, W7). */
export const noHandlers = { native: 'it has no handlers that a program could install or leave' }
