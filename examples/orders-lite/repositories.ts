// Two repositories for the same effects: one in memory, one in a file that survives a restart.

import { readFile, rename, writeFile } from 'node:fs/promises'

import { Await, Do, handler, pure } from 'doeff-vm'

import { Repo, type Changes, type Order, type Product } from './domain'

/** Everything that is kept. */
export class Store {
  readonly products = new Map<string, Product>()
  readonly orders = new Map<number, Order>()
  #lastId = 0

  constructor({ products, orders }: Changes) {
    this.apply({ products, orders })
    this.#lastId = Math.max(0, ...this.orders.keys())
  }

  nextId(): number {
    return ++this.#lastId
  }

  apply({ products, orders }: Changes): void {
    for (const product of products) this.products.set(product.sku, product)
    for (const order of orders) this.orders.set(order.id, order)
  }

  all(): Changes {
    return { products: [...this.products.values()], orders: [...this.orders.values()] }
  }
}

const reading = (store: Store) => ({
  product: (sku: string) => store.products.get(sku),
  order: (id: number) => store.orders.get(id),
  nextId: () => store.nextId(),
})

/** Keeps everything in memory. */
export function inMemory(products: readonly Product[], store = new Store({ products, orders: [] })) {
  return handler('in memory', Repo, { ...reading(store), commit: changes => store.apply(changes) })
}

/** Keeps everything in memory and in a file. A change that cannot be written is not made. */
export function inFile(file: string) {
  return handler.resource(
    'in a file',
    load(file),
    () => pure(undefined),
    store =>
      handler('in a file', Repo, {
        ...reading(store),
        commit: function* (changes) {
          const after = new Store(store.all())
          after.apply(changes)
          yield* Await(replace(file, JSON.stringify(after.all())))
          store.apply(changes)
        },
      }),
  )
}

const load = Do(function* load(file: string) {
  return new Store(JSON.parse(yield* Await(readFile(file, 'utf8'))) as Changes)
})

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}
