// Transactions: one at a time; changes are kept aside until the program has succeeded.

import { CreateSemaphore, handler, pure, tap, withPermit } from 'doeff-vm'

import { Change, Repo, Transaction, type Order, type Product } from './domain'

/** Answers `Transaction`. The lock is made where the handler is installed, and shared by all programs there. */
export const transactions = handler.resource(
  'transactions',
  CreateSemaphore(1),
  () => pure(undefined),
  lock =>
    handler('transaction')
      // Outside of a transaction a change is made at once.
      .fun(Change.product, product => Repo.commit({ products: [product], orders: [] }))
      .fun(Change.order, order => Repo.commit({ products: [], orders: [order] }))
      .scoped(Transaction, program => {
        const products = new Map<string, Product>()
        const orders = new Map<number, Order>()
        // Inside of the transaction its own changes are seen. What it has not changed is asked for outside.
        const draft = handler('draft')
          .fun(Change.product, product => void products.set(product.sku, product))
          .fun(Change.order, order => void orders.set(order.id, order))
          .fun(Repo.product, sku => products.get(sku) ?? Repo.product(sku))
        const changes = () => ({ products: [...products.values()], orders: [...orders.values()] })
        return withPermit(
          lock,
          tap(program.with(draft), () => Repo.commit(changes())),
        )
      }),
)
