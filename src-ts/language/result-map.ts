// What a handler makes of the result of the body it handles, as far as the type of a handler can say it.
//
// Types only. Most return clauses have one result type for every body. The built-in handlers do not: their result
// depends on the body's, so their type carries a map from the one to the other.

import type { Result } from './result'
import type { FailuresIn } from './effect-row'

declare const map: unique symbol

/** A map between types: `to` is computed from `from`. */
export interface ResultMap {
  /** Tells the maps apart. */
  readonly [map]: unknown
  readonly from: unknown
  /** The row of the body, for a map that depends on it. */
  readonly row: unknown
  readonly to: unknown
}

/** The result of the body, unchanged: a handler without a return clause. */
export interface Identity extends ResultMap {
  readonly [map]: 'identity'
  readonly to: this['from']
}

/** The result of the body together with what a handler has collected. */
export interface Paired<Items> extends ResultMap {
  readonly [map]: ['paired', Items]
  readonly to: [result: this['from'], items: Items]
}

/** What `Outer` makes of what `Inner` has made. */
export interface Then<Inner, Outer> extends ResultMap {
  readonly [map]: ['then', Inner, Outer]
  readonly to: ResultUnder<Outer, ResultUnder<Inner, this['from'], this['row']>>
}

/** A map that depends on the row of the body. */
export interface RowMap extends ResultMap {
  readonly asksForRow: true
}

/** The result of the body, or the failure that was caught: see `catchingAll`. */
export interface Caught extends RowMap {
  readonly [map]: 'caught'
  readonly to: Result<this['from'], FailuresIn<this['row']>>
}

/** What `Outer` makes of what `Inner` has made or has ended with, in the row that is left of the body's. */
export interface ThenInRow<Inner, Outer, Takes, Performs, Ends> extends RowMap {
  readonly [map]: ['then in row', Inner, Outer, Takes, Performs, Ends]
  readonly to: ResultUnder<
    Outer,
    ResultUnder<Inner, this['from'], this['row']> | Ends,
    Exclude<this['row'], Takes> | Performs
  >
}

/** What a handler with the result `R` makes of the result `A` of a body with the row `E`. */
export type ResultUnder<R, A, E = unknown> = R extends ResultMap ? (R & { readonly from: A; readonly row: E })['to'] : R
