// The example of an order service: its programs under fakes, in an application with many requests at once, and over a file.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  attempt,
  Await,
  catchingAll,
  compose,
  handler,
  reader,
  run,
  scheduled,
  simulatedClock,
  Sleep,
  start,
} from 'doeff-vm'

import { OutOfStock, Payment, PaymentDeclined, type Product } from '../../examples/orders-lite/domain'
import { placeOrder, showOrder } from '../../examples/orders-lite/orders'
import { inFile, inMemory, Store } from '../../examples/orders-lite/repositories'
import { replying, tracing, type SpanEntry } from '../../examples/orders-lite/requests'
import { transactions } from '../../examples/orders-lite/transactions'

const tea: Product = { sku: 'tea', cents: 300, stock: 30 }
const bank = handler('bank', Payment, { charge: customer => customer !== 'poor' })

/** The handlers of a test, and what can be seen of them. */
function under(products: readonly Product[], payment = bank) {
  const store = new Store({ products, orders: [] })
  const spans: SpanEntry[] = []
  const handlers = compose(
    simulatedClock(),
    reader({ request: { id: 'test' } }),
    payment,
    inMemory([], store),
    transactions,
    tracing(span => spans.push(span)),
  )
  return { handlers, store, spans }
}

const one = [{ sku: 'tea', count: 1 }]

describe('an order', () => {
  test('takes its lines out of the stock and is found again', () => {
    const { handlers, store } = under([tea])
    const both = placeOrder('ann', [{ sku: 'tea', count: 2 }]).flatMap(({ id }) => showOrder(id))
    const result = run(both.with(catchingAll).with(handlers).with(scheduled()))
    expect(result).toMatchObject({ ok: true, value: { id: 1, customer: 'ann', cents: 600 } })
    expect(store.products.get('tea')?.stock).toBe(28)
  })

  test.each([
    ['a product that is not there', 'ann', [{ sku: 'gold', count: 1 }], 'UnknownProduct'],
    ['more than there is', 'ann', [...one, { sku: 'tea', count: 30 }], 'OutOfStock'],
    ['a customer without money', 'poor', one, 'PaymentDeclined'],
  ])('of %s fails, and changes nothing', (_, customer, lines, name) => {
    const { handlers, store } = under([tea])
    const result = run(placeOrder(customer, lines).with(catchingAll).with(handlers).with(scheduled()))
    expect(result).toMatchObject({ ok: false, error: { name } })
    expect(store.all()).toEqual({ products: [tea], orders: [] })
  })

  test('sees its own changes before they are made', () => {
    const { handlers } = under([{ ...tea, stock: 3 }])
    const result = run(
      placeOrder('ann', [...one, ...one, ...one, ...one])
        .with(catchingAll)
        .with(handlers)
        .with(scheduled()),
    )
    expect(!result.ok && result.error instanceof OutOfStock && result.error.left).toBe(0)
  })

  test('whose payment breaks changes nothing either', () => {
    const broken = handler('broken', Payment, {
      charge: () => {
        throw new Error('no connection')
      },
    })
    const { handlers, store, spans } = under([tea], broken)
    const failing = attempt(placeOrder('ann', one)).with(handlers).with(scheduled())
    expect(run(failing)).toMatchObject({ ok: false, error: { message: 'no connection' } })
    expect(store.all()).toEqual({ products: [tea], orders: [] })
    expect(spans.map(({ name }) => name)).toEqual(['charge', 'place order'])
  })
})

describe('in an application', () => {
  const slowBank = handler('slow bank', Payment, {
    charge: function* () {
      yield* Sleep(1000)
      return true
    },
  })

  test('fifty orders at once sell what there is, once, each in its own context', async () => {
    const { handlers, store, spans } = under([tea], slowBank as typeof bank)
    const app = start(handlers)
    const requests = Array.from({ length: 50 }, (_, at) =>
      app.run(replying({ id: `r${at}` }, 201, placeOrder(`c${at}`, one))),
    )
    const statuses = (await Promise.all(requests)).map(({ status }) => status)
    expect(statuses).toEqual([...Array(30).fill(201), ...Array(20).fill(409)])
    expect(store.products.get('tea')?.stock).toBe(0)
    expect(new Set(store.orders.keys()).size).toBe(30)
    const placed = spans.filter(({ name }) => name === 'place order')
    expect(new Set(placed.map(({ request }) => request)).size).toBe(50)
    await app.close()
  })

  test('a client that leaves while it is charged leaves no change and no lock behind', async () => {
    let begin!: () => void
    const begun = new Promise<void>(resolve => (begin = resolve))
    const stuck = handler('stuck', Payment, {
      charge: function* (customer) {
        if (customer === 'ann') {
          begin()
          yield* Await(new Promise<never>(() => {}))
        }
        return true
      },
    })
    const { handlers, store } = under([tea], stuck as unknown as typeof bank)
    const app = start(handlers)
    const left = new AbortController()
    const ann = app.run(replying({ id: 'a' }, 201, placeOrder('ann', one)), { signal: left.signal })
    const bob = app.run(replying({ id: 'b' }, 201, placeOrder('bob', one)))
    await begun
    left.abort('left')
    await expect(ann).rejects.toBe('left')
    expect(await bob).toMatchObject({ status: 201, body: { customer: 'bob' } })
    expect(store.products.get('tea')?.stock).toBe(29)
    await app.close()
  })
})

test('a failure is a reply with its message', () => {
  const { handlers } = under([tea])
  const reply = run(replying({ id: 'x' }, 201, placeOrder('poor', one)).with(handlers).with(scheduled()))
  expect(reply).toEqual({
    status: 409,
    body: { message: new PaymentDeclined({ customer: 'poor', cents: 300 }).message },
  })
  expect(run(replying({ id: 'x' }, 200, showOrder(7)).with(handlers).with(scheduled()))).toMatchObject({ status: 404 })
})

test('over a file, orders survive a restart, and what cannot be written is not made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orders-lite-'))
  const file = join(folder, 'orders.json')
  writeFileSync(file, JSON.stringify({ products: [tea], orders: [] }))
  const open = () =>
    start(
      compose(
        reader({}),
        bank,
        inFile(file),
        transactions,
        tracing(() => {}),
      ),
    )
  const first = open()
  await first.run(replying({ id: '1' }, 201, placeOrder('ann', one)))
  await first.close()
  const again = open()
  expect(await again.run(replying({ id: '2' }, 200, showOrder(1)))).toMatchObject({ status: 200 })
  rmSync(folder, { recursive: true })
  await expect(again.run(replying({ id: '3' }, 201, placeOrder('bob', one)))).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await again.run(replying({ id: '4' }, 200, showOrder(2)))).toMatchObject({ status: 404 })
  await again.close()
  expect(() => readFileSync(file)).toThrow('ENOENT')
  const unopened = open()
  await expect(unopened.run(replying({ id: '5' }, 200, showOrder(1)))).rejects.toMatchObject({
    cause: { code: 'ENOENT' },
  })
  await expect(unopened.close()).rejects.toMatchObject({ code: 'ENOENT' })
})
