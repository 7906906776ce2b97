// The listener: Node's server, as a source of messages. Its callbacks only say what happened; what that means is decided
// by the program that reads the inbox.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Await, Do } from 'doeff-vm'

import { Exchange } from './exchange'
import { Inbox } from './inbox'

/** What the server says. */
export interface Message {
  /** `left`: the client is gone, and its reply was not sent. */
  readonly kind: 'arrived' | 'left'
  readonly exchange: Exchange
}

/** A server that listens. */
export class Listener {
  readonly inbox = new Inbox<Message>()
  /** The requests that have no complete reply yet. */
  readonly open = new Set<Exchange>()
  readonly #closed: Promise<void>
  /** Whether it takes no more requests. */
  isClosing = false

  constructor(readonly server: Server) {
    this.#closed = new Promise(resolve => server.once('close', resolve))
    server.on('request', (request, response) => {
      const exchange = new Exchange(request, response)
      this.open.add(exchange)
      this.inbox.post({ kind: 'arrived', exchange })
      response.on('close', () => {
        this.open.delete(exchange)
        if (!response.writableFinished) this.inbox.post({ kind: 'left', exchange })
      })
    })
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** Takes no more requests; those without a request under way are closed. */
  close(): void {
    this.isClosing = true
    this.server.close()
    this.server.closeIdleConnections()
  }

  /** Settles when the last connection is closed; connections that take longer are cut. */
  async closedWithin(ms: number): Promise<void> {
    const cut = setTimeout(() => this.server.closeAllConnections(), ms)
    await this.#closed
    clearTimeout(cut)
  }
}

/** Opens a listener on a port of this machine. */
export const listen = Do(function* listen(port: number) {
  const server = createServer()
  yield* Await(signal => started(server, port, signal))
  return new Listener(server)
})

/** A task that is cancelled meanwhile leaves no server behind: the signal closes it. */
function started(server: Server, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', signal }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
