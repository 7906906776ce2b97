// The service: one program, one run, one machine. Its root task reads what the listener says; every request is a task of
// its own, under the handlers that are in scope here, and ends with the service.

import { Await, bracket, Cancel, Do, ensure, reader, Scope, Spawn, state, type Task } from 'doeff-vm'

import { answer } from './answer'
import type { Exchange } from './exchange'
import { receive } from './inbox'
import { listen, type Listener } from './listener'
import { SHUTTING_DOWN } from './reply'
import type { Settings } from './settings'

/** Serves until it is cancelled. Tells `onReady` the port once it listens. */
export const service = Do(function* service(settings: Settings, onReady: (port: number) => void) {
  yield* bracket(
    listen(settings.port),
    listener => {
      onReady(listener.port)
      // However it ends: first nobody comes in any more, then the scope cancels the requests under way.
      return Scope(ensure(attend(listener), stopListening(listener)))
        .with(state())
        .with(reader({ ...settings, listener }))
    },
    listener => hangUp(listener, settings.graceMs),
  )
})

/** Makes a task of every request, and cancels it when its client has left. */
const attend = Do(function* attend(listener: Listener) {
  const tasks = new WeakMap<Exchange, Task>()
  for (;;) {
    for (const { kind, exchange } of yield* receive(listener.inbox)) {
      const task = tasks.get(exchange)
      if (kind === 'arrived') tasks.set(exchange, yield* Spawn(answer(exchange), { name: exchange.name }))
      else if (task !== undefined) yield* Cancel(task)
    }
  }
})

const stopListening = Do(function* stopListening(listener: Listener) {
  listener.close()
})

/** Waits until the last replies have been received. */
const hangUp = Do(function* hangUp(listener: Listener, graceMs: number) {
  // Requests that were cancelled before their task had its first turn have no reply yet.
  for (const exchange of listener.open) exchange.send(SHUTTING_DOWN, true)
  yield* Await(listener.closedWithin(graceMs))
})
