// The service: Node's server, whose callbacks give each request to a running application.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { pure, type Application, type RealTime, type RowOf, type Async } from 'doeff-vm'

import { answer } from './answer'
import { Exchange } from './exchange'
import { SHUTTING_DOWN } from './reply'
import type { Settings } from './settings'

/** What the handlers of the application must take. */
export type ServiceEffect = Exclude<RowOf<ReturnType<typeof answer>>, Async | RealTime>

/** A service that listens. */
export interface Service {
  readonly port: number
  /** Takes no more requests, cancels those under way, and waits until their clients have their replies. */
  close(): Promise<void>
}

/** Serves once the handlers of the application are ready; they end with the service. */
export async function serve(app: Application<ServiceEffect>, settings: Settings): Promise<Service> {
  const server = createServer((request, response) => {
    const exchange = new Exchange(request, response, () => !server.listening)
    const left = new AbortController()
    response.on('close', () => left.abort())
    // A request that was cancelled before its program began has no reply yet.
    app.run(answer(exchange), { signal: left.signal, name: exchange.name }).catch(() => exchange.send(SHUTTING_DOWN))
  })
  try {
    await app.run(pure('ready'))
    server.listen(settings.port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    await app.close()
    throw error
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      await app.close()
      const cut = setTimeout(() => server.closeAllConnections(), settings.graceMs)
      await closed
      clearTimeout(cut)
    },
  }
}
