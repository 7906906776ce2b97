// Forms: cancel scopes that run children. A child begins in the turn of its parent; it is a task only if it suspends.

import type { AsyncResource } from 'node:async_hooks'

import { bare } from '../builtins/intrinsics'
import { Kind, Program } from '../language/program'
import type { Run, Todo } from './run'
import { deliver } from './enter'
import { nameOfProgram } from '../language/trace'
import { ScopeHandle } from './cancel-scope'
import { reportIfUnobserved } from './report'
import { Waitable } from '../language/waitable'

/** Most forms end before any of their children suspends. */
const NO_TASKS: readonly (Waitable | undefined)[] = Object.freeze(bare<Waitable | undefined>([]))

/** An open form, and the tasks that its children have become. */
export class Form extends ScopeHandle {
  #tasks = NO_TASKS as (Waitable | undefined)[]
  /** How many there are. */
  size = 0
  /** Where the children are started, if the contexts of tasks are kept apart. */
  context: AsyncResource | undefined
  /** Whether a failure of a child is heard by the form itself. */
  hears = false

  // An inherited constructor would hand its arguments on as a list, by what anybody may have made of the iteration of lists.
  // oxlint-disable-next-line no-useless-constructor
  constructor(run: Run) {
    super(run)
  }

  /** By the number of the child; a child that ended at once has none. */
  get tasks(): readonly (Waitable | undefined)[] {
    return this.#tasks
  }

  /** The child has suspended, and is a task from now on. */
  fork(child: Program, index: number, generation: number, parent: Waitable | undefined): Waitable {
    const owner = this.run.owner()
    const task = new Waitable(owner, 'Task', labelOf(child.a as Program), undefined)
    owner.numberTask(task, parent?.id ?? owner.rootId)
    task.index = index
    task.generation = generation
    task.observed = this.hears
    if (this.#tasks === NO_TASKS) this.#tasks = bare<Waitable | undefined>([])
    this.#tasks[child.c as number] = task
    this.size++
    return task
  }

  /** Nobody else can wait for its tasks: failures that it has not thrown are reported. */
  override end(): void {
    super.end()
    for (let at = 0; at < this.tasks.length; at++) {
      const task = this.tasks[at]
      if (task !== undefined) reportIfUnobserved(this.run, task)
    }
  }

  /** A form that was cancelled is left, or was unwound from outside: nobody receives what it answers. */
  expire(): Todo {
    return deliver(this.run, undefined)
  }
}

/** A child of the form, as the steps of the form yield it. */
export function child(form: Form, program: Program<unknown, unknown>, number: number): Program<unknown, unknown> {
  return new Program<unknown, unknown>(Kind.CHILD, null, program, form, number, 0)
}

/** What a task of this program is named by. */
export function labelOf(program: Program<unknown, unknown>): unknown {
  return program.kind === Kind.CALL ? program.a : nameOfProgram(program)
}
