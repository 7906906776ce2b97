// Performing effects off the hot path: effects that a clause hands on.

import { word, words } from '../wire/mailbox'
import { Kind, type Program } from '../language/program'
import { Flag, Op, Word, type Code } from '../wire/protocol'
import type { Run, Todo } from '../machine/run'
import { nameSubject } from './subject'

/** Performs `effect` for the performer behind a declined continuation, from the handlers outside. */
export function forward(run: Run, index: number, generation: number, effect: Program<unknown, unknown>): Todo {
  const { machine } = run
  const key = effect.kind === Kind.PERFORM_KEYED ? machine.slots.keyNumber(effect.a) : 0
  if (effect.kind === Kind.PERFORM_ON) nameSubject(run, effect)
  run.register = effect
  const code: Code = machine.send4(Op.FORWARD, index, generation, effect.type?.id ?? 0, key)
  if (((words[Word.FLAGS] as number) & Flag.PERFORMER) !== 0) {
    run.slot = word(Word.PERFORMER)
  }
  return code
}
