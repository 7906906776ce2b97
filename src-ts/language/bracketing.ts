// Acquiring, using and releasing, as one program: the shield and the order are here, the public form is `bracket`.

import { Kind, Program, type ProgramGenerator } from './program'

type AnyProgram = Program<unknown, unknown>
type Use = (resource: unknown) => AnyProgram
type Restore = (program: AnyProgram) => AnyProgram

/** What is acquired, used and released. @internal */
export interface Bracket {
  readonly acquire: AnyProgram
  readonly use: Use
  readonly release: Use
  readonly cancelable: boolean
}

/** The program of a bracket. @internal */
export function bracketing(steps: Bracket): AnyProgram {
  const guarded = (restore: Restore): AnyProgram => new Program(Kind.CALL, null, bracketed, steps, restore, 2)
  return new Program(Kind.SHIELD, null, guarded, undefined, undefined, 1)
}

function* bracketed(
  { acquire, use, release, cancelable }: Bracket,
  restore: Restore,
): ProgramGenerator<AnyProgram, unknown> {
  const resource = yield cancelable ? restore(acquire) : acquire
  try {
    return yield restore(use(resource))
  } finally {
    yield release(resource)
  }
}
