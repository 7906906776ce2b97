// The command `orders-lite`: `node dist/examples/orders-lite/main.js orders.json`
//
//   curl localhost:8081/ -d '{"customer":"ann","lines":[{"sku":"tea","count":1}]}'
//   curl localhost:8081/1

import { createServer, type IncomingMessage } from 'node:http'
import { existsSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'

import { compose, handler, reader, start } from 'doeff-vm'

import { Payment, type Line } from './domain'
import { placeOrder, showOrder } from './orders'
import { inFile } from './repositories'
import { replying, tracing } from './requests'
import { transactions } from './transactions'

const [file = 'orders.json', port = '8081'] = process.argv.slice(2)
if (!existsSync(file)) {
  writeFileSync(file, JSON.stringify({ products: [{ sku: 'tea', cents: 300, stock: 10 }], orders: [] }))
}

const bank = handler('bank', Payment, { charge: (_customer, cents) => cents < 100_000 })
const app = start(
  compose(
    reader({}),
    bank,
    inFile(file),
    transactions,
    tracing(span => console.error(span)),
  ),
)

async function answer(request: IncomingMessage, signal: AbortSignal) {
  const context = { id: randomUUID() }
  if (request.method === 'GET') {
    return app.run(replying(context, 200, showOrder(Number(request.url?.slice(1)))), { signal })
  }
  const { customer, lines } = JSON.parse(await text(request)) as { customer: string; lines: Line[] }
  return app.run(replying(context, 201, placeOrder(customer, lines)), { signal })
}

const server = createServer((request, response) => {
  const left = new AbortController()
  response.on('close', () => left.abort())
  answer(request, left.signal).then(
    ({ status, body }) => response.writeHead(status).end(`${JSON.stringify(body)}\n`),
    (error: unknown) => {
      console.error(error)
      if (!response.destroyed) response.writeHead(500).end()
    },
  )
})
server.listen(Number(port), () => console.error(`Listening on http://localhost:${port}, orders in ${file}`))
process.once('SIGTERM', () => {
  server.close(() => void app.close())
  server.closeIdleConnections()
})
