// The access log: one entry for each request, told to the Writer. What becomes of it is the handler's business: a test
// collects the entries with `writer()`, the command prints them and keeps none.

import { handler, Tell } from 'doeff-vm'

/** One request, as the log has it. */
export interface Entry {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly ms: number
  /** What went wrong inside, if the client was told of an internal error. */
  readonly error?: unknown
}

/** Hands each entry to `print`. */
export function printedBy(print: (entry: Entry) => void) {
  return handler('access log').fun(Tell, message => print(message as Entry))
}
