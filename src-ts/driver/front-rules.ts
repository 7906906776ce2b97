// The front's rules, F1 … F8: what holds of the journal and of what the driver reads before every turn. One function each;
// the statement is the comment, the body is the check. The checked build runs them all before each turn, and a test
// breaks each on purpose. Nothing that is shipped imports this file.

import { objectsAhead, slotsOfLast } from '../machine/journal'
import { readyAhead } from '../tasks/foresee'
import { PENDING, type Waitable } from '../language/waitable'
import { words } from '../wire/mailbox'
import { Deed, Journal, Ready, Word } from '../wire/protocol'

/** A rule does not hold: a bug in the front. */
export class BrokenRuleError extends Error {}

/** Throws when a rule does not hold. O(entries of the journal). */
export function checkFront(): void {
  for (const rule of rules) rule()
}

/** F1: The journal has no more entries than it has room for, and what depends on entries stands behind them. */
export function journalIsInBounds(): void {
  const deeds = words[Word.DEEDS] as number
  demand('F1', deeds >= 0 && deeds <= Journal.MOST && (words[Word.FIRM] as number) <= deeds)
}

/** F2: Only an entry that makes something is about an object, which the machine will name. */
export function objectsAreMade(): void {
  const { objects, filled } = objectsAhead()
  for (let place = 0; place < filled; place++) {
    if (objects[place] === undefined) continue
    demand('F2', place < (words[Word.DEEDS] as number) && MAKING.has(kindOf(place)))
  }
}

/** F3: The entry of a frame is found by the frame's slot, and no other frame ahead has that slot. */
export function framesAreFound(): void {
  const slots = slotsOfLast()
  if (slots === undefined) return
  for (const place of places()) {
    if (kindOf(place) < Deed.STARTED) continue
    demand('F3', slots.entries[words[at(place) + Journal.SLOT] as number] === at(place))
  }
}

/** F4: Where the result of a called program goes is the same in its entry and by its slot. */
export function belowsAgree(): void {
  const slots = slotsOfLast()
  if (slots === undefined) return
  for (const place of places()) {
    if (kindOf(place) !== Deed.CALLED) continue
    const slot = words[at(place) + Journal.SLOT] as number
    // One that suspends in its cleanup has lost it.
    demand('F4', slots.belows[slot] === words[at(place) + Journal.BELOW] || slots.belows[slot] === 0)
  }
}

/** F5: As many children are counted as entries say. */
export function childrenAreCounted(): void {
  const children = places().filter(place => kindOf(place) === Deed.CHILD).length
  demand('F5', words[Word.CHILDREN] === children)
}

/** F6: What an entry calls by a place is made by an earlier entry. */
export function namesComeFirst(): void {
  for (const place of places()) {
    const kind = kindOf(place)
    if (kind !== Deed.SETTLED && kind !== Deed.CANCELLED) continue
    if (words[at(place) + Journal.GENERATION] !== 0) continue
    const maker = (words[at(place) + Journal.INDEX] as number) - Journal.UNNAMED
    demand('F6', maker >= 0 && maker < place && MAKING.has(kindOf(maker)))
  }
}

/** F7: The one task that is ready is known by what it had waited for, which has settled. */
export function readyIsKnown(): void {
  if (words[Word.READY] !== Ready.ONE) return
  const ready: Waitable | undefined = readyAhead()
  demand('F7', ready !== undefined && ready.standing !== PENDING && ready.waiter !== 0)
}

/** F8: No more is done ahead than the machine allows: effects of the budget, and frames of those it has said are below. */
export function budgetsHold(): void {
  demand('F8', (words[Word.PERFORMED] as number) <= (words[Word.BUDGET] as number))
  demand('F8', (words[Word.BELOW_ENDED] as number) <= (words[Word.BELOW_COUNT] as number))
}

const rules = [
  journalIsInBounds,
  objectsAreMade,
  framesAreFound,
  belowsAgree,
  childrenAreCounted,
  namesComeFirst,
  readyIsKnown,
  budgetsHold,
]

const MAKING: ReadonlySet<Deed> = new Set([Deed.STARTED, Deed.SCOPE, Deed.SPAWNED, Deed.HANDED_OFF, Deed.TOLD])

/** Every place of the journal that is filled. */
function places(): number[] {
  return Array.from({ length: words[Word.DEEDS] as number }, (_, place) => place)
}

function at(place: number): number {
  return Word.JOURNAL + place * Journal.SIZE
}

function kindOf(place: number): Deed {
  return (words[at(place) + Journal.WHAT] as number) & 15
}

function demand(rule: string, holds: boolean): void {
  if (!holds) throw new BrokenRuleError(`${rule} does not hold: a bug in the front.`)
}
