// The routes: which program answers which request. A route knows neither sockets nor files; it asks the Reader for its
// request, performs effects, and returns a reply.

import { Ask, Do, type AskEffect, type Program } from 'doeff-vm'

import { counters } from './counters'
import { jsonBody, type Exchange } from './exchange'
import { AddItem, FindItem, ListItems, RemoveItem } from './items'
import { Refuse, type Reply } from './reply'
import { setting } from './settings'

/** The request that is being answered. */
function theExchange(): Program<Exchange, AskEffect> {
  return Ask<Exchange>('exchange')
}

const listItems = Do(function* listItems() {
  return ok(yield* ListItems())
})

const createItem = Do(function* createItem() {
  const value = yield* jsonBody(yield* theExchange(), yield* setting('maxBodyBytes'))
  const name = (value as { name?: unknown } | null)?.name
  if (typeof name !== 'string' || name === '') return yield* Refuse(400, 'An item needs a name, as text.')
  const item = yield* AddItem(name)
  const created: Reply = { status: 201, headers: { location: `/items/${item.id}` }, body: item }
  return created
})

const readItem = Do(function* readItem(id: number) {
  const item = yield* FindItem(id)
  return item === undefined ? yield* noItem(id) : ok(item)
})

const deleteItem = Do(function* deleteItem(id: number) {
  if (!(yield* RemoveItem(id))) yield* noItem(id)
  const gone: Reply = { status: 204 }
  return gone
})

const showCounters = Do(function* showCounters() {
  return ok(yield* counters())
})

/** Answers the request that the Reader knows. */
export const route = Do(function* route() {
  const { method, path } = yield* theExchange()
  const [, id] = /^\/items\/(\d{1,15})$/.exec(path) ?? []
  if (id !== undefined) {
    if (method === 'GET') return yield* readItem(Number(id))
    if (method === 'DELETE') return yield* deleteItem(Number(id))
    return yield* notAllowed(method, path, 'GET, DELETE')
  }
  if (path === '/items') {
    if (method === 'GET') return yield* listItems()
    if (method === 'POST') return yield* createItem()
    return yield* notAllowed(method, path, 'GET, POST')
  }
  if (path === '/counters') return method === 'GET' ? yield* showCounters() : yield* notAllowed(method, path, 'GET')
  return yield* Refuse(404, `There is nothing at ${path}.`)
})

function ok(body: unknown): Reply {
  return { status: 200, body }
}

function noItem(id: number) {
  return Refuse(404, `There is no item ${id}.`)
}

function notAllowed(method: string, path: string, allow: string) {
  return Refuse(405, `${path} does not take ${method}.`, { allow })
}
