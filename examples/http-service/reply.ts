// Replies: what a request is answered with. Whatever goes wrong ends up here as a status and a sentence.

import { effect, handler, TimeoutError } from 'doeff-vm'

/** What goes back to the client. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

/** A reply that says what is wrong. */
export function failure(status: number, message: string, headers?: Reply['headers']): Reply {
  return { status, body: { error: message }, ...(headers && { headers }) }
}

/** The reply to those whose request is cancelled because the service ends. */
export const SHUTTING_DOWN = failure(503, 'The service is shutting down.')

/** Ends the work on a request with a reply that says what is wrong. Never answered: nothing below it goes on. */
export const Refuse = effect('Refuse')<[status: number, message: string, headers?: Reply['headers']], never>()

/** Turns a refusal into the reply; what the request had under way is unwound. */
export const refusals = handler('refusals').final(Refuse, failure)

/** The reply to what no route has thought of. The error itself is for the log, not for the client. */
export function replyToError(error: unknown): Reply {
  if (error instanceof TimeoutError) return failure(503, 'The request took too long.')
  return failure(500, 'Internal error.')
}
