// The service: programs that know neither files nor sockets, neither locks nor clocks.

import { Do, fail } from 'doeff-vm'

import {
  Change,
  OrderNotFound,
  OutOfStock,
  Payment,
  PaymentDeclined,
  Repo,
  Span,
  Transaction,
  UnknownProduct,
} from './domain'
import type { Line, Order } from './domain'

const place = Do(function* place(customer: string, lines: readonly Line[]) {
  let cents = 0
  for (const { sku, count } of lines) {
    const product = yield* Repo.product(sku)
    if (product === undefined) return yield* fail(new UnknownProduct({ sku }))
    if (product.stock < count) return yield* fail(new OutOfStock({ sku, left: product.stock }))
    yield* Change.product({ ...product, stock: product.stock - count })
    cents += product.cents * count
  }
  if (!(yield* Span('charge', Payment.charge(customer, cents)))) {
    return yield* fail(new PaymentDeclined({ customer, cents }))
  }
  const order: Order = { id: yield* Repo.nextId(), customer, lines, cents }
  yield* Change.order(order)
  return order
})

/** Takes what is ordered out of the stock and charges the customer: all of it, or nothing. */
export const placeOrder = Do(function* placeOrder(customer: string, lines: readonly Line[]) {
  return yield* Span('place order', Transaction(place(customer, lines)))
})

export const showOrder = Do(function* showOrder(id: number) {
  return (yield* Repo.order(id)) ?? (yield* fail(new OrderNotFound({ id })))
})
