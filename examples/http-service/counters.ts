// Counters, kept in State: one store for all requests, because tasks share the stores in scope where they are spawned.
//
// `Modify` reads and writes in one effect; and since tasks switch only where they wait, no lock is needed even around
// several of them.

import { Do, Get, Modify } from 'doeff-vm'

/** What has been counted. */
export interface Counters {
  readonly underWay: number
  readonly answered: number
  /** How many replies had each status. */
  readonly statuses: Readonly<Record<string, number>>
}

/** A request has come. */
export const countArrival = Do(function* countArrival() {
  yield* Modify<number>('under way', (n = 0) => n + 1)
})

/** A request has been answered. */
export const countReply = Do(function* countReply(status: number) {
  yield* Modify<number>('under way', (n = 1) => n - 1)
  yield* Modify<number>('answered', (n = 0) => n + 1)
  yield* Modify<Counters['statuses']>('statuses', (counts = {}) => ({ ...counts, [status]: (counts[status] ?? 0) + 1 }))
})

/** Everything counted so far. */
export const counters = Do(function* counters() {
  const counts: Counters = {
    underWay: (yield* Get<number>('under way')) ?? 0,
    answered: (yield* Get<number>('answered')) ?? 0,
    statuses: (yield* Get<Counters['statuses']>('statuses')) ?? {},
  }
  return counts
})
