// What a handler makes of the result of the body it handles, as far as the type of a handler can say it.
//
// Types only. Most return clauses have one result type for every body. The built-in handlers do not: their result
// depends on the body's, so their type carries a map from the one to the other.

declare const map: unique symbol

/** A map between types: `to` is computed from `from`. */
export interface ResultMap {
  /** Tells the maps apart. */
  readonly [map]: unknown
  readonly from: unknown
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
  readonly to: ResultUnder<Outer, ResultUnder<Inner, this['from']>>
}

/** What a handler with the result `R` makes of a body's result `A`. */
export type ResultUnder<R, A> = R extends ResultMap ? (R & { readonly from: A })['to'] : R
