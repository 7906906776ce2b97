// One request and its response: what the programs see of Node's two objects.

import type { IncomingMessage, ServerResponse } from 'node:http'

import { Await, Do } from 'doeff-vm'

import { Refuse, type Reply } from './reply'

/** One request and its response. */
export class Exchange {
  readonly method: string
  readonly path: string

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    /** Whether the connection is used no more after it. */
    readonly isLast: () => boolean,
  ) {
    this.method = request.method ?? ''
    this.path = (request.url ?? '').replace(/\?.*/s, '')
  }

  /** For people, who look at a list of tasks. */
  get name(): string {
    return `${this.method} ${this.path}`
  }

  /** Whether the client has left without waiting for its reply. */
  get isDeserted(): boolean {
    return this.response.destroyed && !this.response.writableFinished
  }

  /**
   * Sends the reply, unless it is too late for one. The connection is not used again when the request is answered before its
   * body is there: what is left of that may be without end, and nobody wants it.
   */
  send({ status, headers, body }: Reply): void {
    const { request, response } = this
    if (response.destroyed || response.headersSent) return
    const isLast = this.isLast() || !request.complete
    const text = body === undefined ? '' : `${JSON.stringify(body)}\n`
    response.writeHead(status, {
      ...(text !== '' && { 'content-type': 'application/json' }),
      ...(status !== 204 && { 'content-length': Buffer.byteLength(text) }),
      ...(isLast && { connection: 'close' }),
      ...headers,
    })
    response.end(text)
  }
}

/** The body of a request as a JSON value. Refused when it is longer than `limit` bytes, or no JSON. */
export const jsonBody = Do(function* jsonBody({ request }: Exchange, limit: number) {
  const bytes = yield* Await(() => readBody(request, limit))
  if (bytes === undefined) return yield* Refuse(413, `The body is longer than ${limit} bytes.`)
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    return yield* Refuse(400, 'The body is no JSON.')
  }
})

/** The whole body, or `undefined` as soon as it is too long; what comes after that is let go. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else resolve(undefined)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}
