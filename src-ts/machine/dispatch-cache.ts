// The dispatch cache: who takes an effect, read instead of asked. The machine publishes the answer of dispatch for (scope, effect
// type) in a cell of the shared words when it was asked for it, and where the value of a key is in an entry. Both are
// caches under stamps that are never given twice: what matches is right, what does not is asked for.
//
// Reading says nothing to the machine but that one more effect was performed.

import type { Clause } from '../language/clause'
import { imul } from '../builtins/intrinsics'
import { send2, words } from '../wire/mailbox'
import type { Program } from '../language/program'
import { tell } from './journal'
import { Cell, Effect, Entry, Op, Word } from '../wire/protocol'
import type { Slots } from './slots'

/** What {@link answerFromStore} gives when the machine must be asked. */
export const MISSING = Symbol('missing')

/** Where the cell for an effect performed now is; 0 when the machine must be asked. */
export function cellFor(vm: number, type: number): number {
  const scope = words[Word.SCOPE] as number
  const at = Word.CELLS + ((imul(scope, Cell.STRIDE) + type) & (Cell.COUNT - 1)) * Cell.SIZE
  // The scope is that of the machine that took the last turn. An empty cell is of no effect type.
  const matches = words[at + Cell.EFFECT] === type && words[at + Cell.SCOPE] === scope && words[Word.VM] === vm
  return matches && (words[Word.PERFORMED] as number) < (words[Word.BUDGET] as number) ? at : 0
}

/** Asks who takes an effect, while what is ahead stays so; where the cell for it is then, or 0. */
export function askAhead(vm: number, type: number): number {
  send2(vm, Op.PUBLISH, type, 0)
  return cellFor(vm, type)
}

/** One more effect was performed without asking. */
export function countEffect(): void {
  words[Word.PERFORMED] = (words[Word.PERFORMED] as number) + 1
}

/** The user's clause that a cell names. */
export function clauseIn(slots: Slots, at: number): Clause {
  return slots.handlers[words[at + Cell.HANDLER] as number]?.clauses[words[at + Cell.CLAUSE] as number] as Clause
}

/** The answer of the State, Reader or Writer that a cell names. @throws what the function of a `Modify` throws. */
export function answerFromStore(slots: Slots, at: number, type: number, effect: Program<unknown, unknown>): unknown {
  if (type === (Effect.TELL as number)) {
    countEffect()
    tell(words[at + Cell.STORE] as number, effect.a)
    return undefined
  }
  const slot = slotOf(words[at + Cell.STAMP] as number, slots.keyNumber(effect.a))
  if (slot === 0) return MISSING
  countEffect()
  const { values } = slots
  const old = values[slot]
  if (type === (Effect.PUT as number)) {
    values[slot] = effect.b
    return undefined
  }
  if (type === (Effect.MODIFY as number)) values[slot] = (effect.b as (old: unknown) => unknown)(old)
  return old
}

/** Where the value of a key is; 0 when no entry says so. */
function slotOf(store: number, key: number): number {
  const at = Word.ENTRIES + ((imul(store, Entry.STRIDE) + key) & (Entry.COUNT - 1)) * Entry.SIZE
  const matches = words[at + Entry.STORE] === store && words[at + Entry.KEY] === key
  return matches ? (words[at + Entry.VALUE] as number) : 0
}

/** For tests: empties every cell and entry. */
export function emptyRows(): void {
  words.fill(0, Word.ENTRIES, Word.JOURNAL)
}
