// Items: what the service keeps, and the four effects by which it asks for them.
//
// The routes never see a file. Given another handler for the same effects, the service keeps its items elsewhere:
// `storage.ts` has them in a file, a test in an array.

import { effect } from 'doeff-vm'

/** One item. */
export interface Item {
  readonly id: number
  readonly name: string
}

/** Every item, oldest first. */
export const ListItems = effect('ListItems')<[], readonly Item[]>()

/** The item of this number, if there is one. */
export const FindItem = effect('FindItem')<[id: number], Item | undefined>()

/** Makes an item. Answered when it is safe. */
export const AddItem = effect('AddItem')<[name: string], Item>()

/** Deletes an item; whether there was one. Answered when that is safe. */
export const RemoveItem = effect('RemoveItem')<[id: number], boolean>()
