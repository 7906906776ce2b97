// Effects without a payload.

import { asConstructor, type EffectType } from '../language/effect'
import { Kind, Program } from '../language/program'

/** An effect without a payload is the same program every time. */
export function nullary(own: EffectType, kind = Kind.PERFORM): unknown {
  const program = new Program(kind, own, undefined, undefined, undefined, 0)
  return asConstructor(() => program, own)
}
