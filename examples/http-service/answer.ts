// One request, from arrival to reply: a task of its own, which always replies and always leaves a line in the log.

import { Do, Local, Now, Tell, Timeout } from 'doeff-vm'

import type { Entry } from './access-log'
import { countArrival, countReply } from './counters'
import type { Exchange } from './exchange'
import { refusals, replyToError, SHUTTING_DOWN, type Reply } from './reply'
import { route } from './routes'
import { setting } from './settings'

/** What servers write into their logs when nobody waits for the reply any more. */
const CLIENT_LEFT: Reply = { status: 499 }

/** Answers one request. */
export const answer = Do(function* answer(exchange: Exchange) {
  const began = yield* Now()
  let reply: Reply | undefined
  let error: unknown
  yield* countArrival()
  try {
    reply = yield* Timeout(yield* setting('timeoutMs'), Local({ exchange }, route().with(refusals)))
  } catch (thrown) {
    error = thrown
    reply = replyToError(thrown)
  } finally {
    // Without a reply this task was cancelled: its client has left, or the service ends.
    reply ??= exchange.isDeserted ? CLIENT_LEFT : SHUTTING_DOWN
    exchange.send(reply)
    yield* countReply(reply.status)
    yield* Tell(entryOf(exchange, reply, (yield* Now()) - began, error))
  }
})

function entryOf({ method, path }: Exchange, { status }: Reply, ms: number, error: unknown): Entry {
  return { method, path, status, ms, ...(status === 500 && { error }) }
}
