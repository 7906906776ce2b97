// A small client: what the load test and the tests speak to the service with.

import { Agent, request } from 'node:http'

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  /** The JSON value, or `undefined` when there was no body. */
  readonly body: unknown
}

/** Speaks to the service on one port, over a few connections that stay open. */
export class Client {
  readonly #agent: Agent

  constructor(
    readonly port: number,
    connections = 8,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** Sends one request. `body` is sent as JSON; a string is sent as it is. */
  send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const options = { host: '127.0.0.1', port: this.port, method, path, agent: this.#agent, ...(signal && { signal }) }
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, headers: text === undefined ? {} : lengthOf(text) }, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode = 0, headers } = response
          resolve({ status: statusCode, headers, body: parse(Buffer.concat(chunks).toString()) })
        })
      })
      sent.on('error', reject)
      sent.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** How a load went. */
export interface Load {
  readonly requests: number
  /** Replies other than the expected ones. */
  readonly wrong: number
}

/** What one client does again and again: four requests whose replies are known. */
async function round(client: Client): Promise<number> {
  const made = await client.send('POST', '/items', { name: 'tea' })
  const path = `/items/${(made.body as { id: number }).id}`
  const read = await client.send('GET', path)
  const gone = await client.send('DELETE', path)
  const missing = await client.send('GET', path)
  const statuses = [made, read, gone, missing].map(({ status }) => status)
  return [201, 200, 204, 404].filter((expected, at) => statuses[at] !== expected).length
}

/** Sends about so many requests, from several clients at a time. */
export async function load(port: number, requests: number, clients: number): Promise<Load> {
  const client = new Client(port, clients)
  const rounds = Math.ceil(requests / 4 / clients)
  let wrong = 0
  const one = async (): Promise<void> => {
    for (let left = rounds; left > 0; left--) wrong += await round(client)
  }
  await Promise.all(Array.from({ length: clients }, one))
  client.close()
  return { requests: rounds * clients * 4, wrong }
}

function lengthOf(text: string): Record<string, string | number> {
  return { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
}

function parse(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}
