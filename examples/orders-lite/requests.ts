// Requests: who asks, what becomes of failures, and what a span is written down as.

import { Ask, catching, handler, Local, Now, type Program } from 'doeff-vm'

import { OrderNotFound, OutOfStock, PaymentDeclined, Span, UnknownProduct } from './domain'

/** What every part of a request may want to know. */
export interface Context {
  readonly id: string
}

/** What goes back to the client. */
export interface Reply {
  readonly status: number
  readonly body: object
}

export interface SpanEntry {
  readonly request: string
  readonly name: string
  readonly ms: number
}

const missing = catching(UnknownProduct, OrderNotFound, ({ message }): Reply => ({ status: 404, body: { message } }))
const refused = catching(OutOfStock, PaymentDeclined, ({ message }): Reply => ({ status: 409, body: { message } }))

/** A program as a request: its failures are replies, and its context is known to all of it. */
export function replying<E>(context: Context, status: number, program: Program<object, E>) {
  const reply = program.map((body): Reply => ({ status, body }))
  return Local({ request: context }, reply.with(missing).with(refused))
}

/** Writes each span down, with the request that it belongs to. */
export function tracing(write: (entry: SpanEntry) => void) {
  return handler('tracing').scoped(Span, function* (program, name) {
    const { id } = yield* Ask<Context>('request')
    const began = yield* Now()
    try {
      return yield* program
    } finally {
      write({ request: id, name, ms: (yield* Now()) - began })
    }
  })
}
