// The way in: what callbacks of Node say, handed to one task in the order in which it was said.

import { CreateExternalPromise, Do, Wait, type ExternalPromise } from 'doeff-vm'

/** Messages from outside of the program for one of its tasks. */
export class Inbox<T> {
  #messages: T[] = []
  #waiting: ExternalPromise<void> | undefined

  /** Leaves a message. May be called at any time, from anywhere. */
  post(message: T): void {
    this.#messages.push(message)
    this.#waiting?.complete()
  }

  /** Takes all messages that are there. */
  take(): T[] {
    const messages = this.#messages
    this.#messages = []
    return messages
  }

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#messages.length === 0
  }

  /** A new promise that the next message keeps. */
  awaitedBy(promise: ExternalPromise<void>): void {
    this.#waiting = promise
  }
}

/** Waits for messages and takes all that are there. */
export const receive = Do(function* receive<T>(inbox: Inbox<T>) {
  if (inbox.isEmpty) {
    const promise = yield* CreateExternalPromise<void>()
    inbox.awaitedBy(promise)
    yield* Wait(promise.future)
  }
  return inbox.take()
})
