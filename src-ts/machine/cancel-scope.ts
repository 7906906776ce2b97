// Cancel scopes as the front holds them, from when one is opened until it has ended. The machine knows where its boundary
// is; the object here says what it answers when it was cancelled, and calls off what is set for it.

import type { Run, Todo } from './run'

/** What stands for an open cancel scope. */
export abstract class ScopeHandle {
  /** Its name in the machine; in generation 0 it is the place of its frame among those that the machine has not heard of. */
  index = 0
  generation = 0
  /** Whether it has not ended. */
  isOpen = true

  constructor(readonly run: Run) {}

  /** Its boundary is gone, and the machine has dropped it. */
  end(): void {
    this.isOpen = false
  }

  /** It was cancelled, and what was in it has unwound: what it answers. */
  abstract expire(): Todo
}
