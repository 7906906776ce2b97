// The domain: what orders and products are, what may go wrong, and what the service asks of the outside.

import { effects, Failure, op, scopedEffect } from 'doeff-vm'

export interface Product {
  readonly sku: string
  readonly cents: number
  readonly stock: number
}

export interface Line {
  readonly sku: string
  readonly count: number
}

export interface Order {
  readonly id: number
  readonly customer: string
  readonly lines: readonly Line[]
  readonly cents: number
}

/** What changes together, or not at all. */
export interface Changes {
  readonly products: readonly Product[]
  readonly orders: readonly Order[]
}

export class UnknownProduct extends Failure('UnknownProduct')<{ sku: string }> {}
export class OutOfStock extends Failure('OutOfStock')<{ sku: string; left: number }> {}
export class PaymentDeclined extends Failure('PaymentDeclined')<{ customer: string; cents: number }> {}
export class OrderNotFound extends Failure('OrderNotFound')<{ id: number }> {}

/** Where products and orders are kept. */
export const Repo = effects('Repo', {
  product: op<[sku: string], Product | undefined>(),
  order: op<[id: number], Order | undefined>(),
  nextId: op<[], number>(),
  /** Answered when all of it is safe. */
  commit: op<[changes: Changes]>(),
})

/** Who takes the money: whether it was taken. */
export const Payment = effects('Payment', { charge: op<[customer: string, cents: number], boolean>() })

/** What is to be changed when the transaction around it has succeeded. */
export const Change = effects('Change', { product: op<[product: Product]>(), order: op<[order: Order]>() })

/** Runs a program whose changes are made together when it has succeeded, and not at all when it fails. */
export const Transaction = scopedEffect('Transaction')()

/** Names a part of the work, for those who look where time goes. */
export const Span = scopedEffect('Span')<[name: string]>()
