// The built-in handlers over the VM's own store, which persists across the runs of that VM.

import { mapOf } from '../builtins/collections'
import { each } from '../builtins/iterate'
import { Handler } from '../language/handler'
import { filter, map } from '../builtins/intrinsics'
import type { Machine } from '../machine/machine'
import { word } from '../wire/mailbox'
import { Native, Op, Word } from '../wire/protocol'
import type { SchedulerEffect } from '../effects/scheduler'
import { MOST_TASKS } from '../language/limits'
import type { ReaderEffect } from '../effects/reader'
import type { StateEffect } from '../effects/state'
import type { WriterEffect } from '../effects/writer'

/** A built-in handler bound to one VM. */
class Bound<H> extends Handler<H> {
  readonly #machine: Machine
  readonly #number: number
  readonly #store: number

  /** @internal */
  constructor(name: string, native: Native, machine: Machine) {
    const { handler, store } = machine.defineNative(native)
    super(name, [], undefined, { native, seed: () => [], bound: { vm: machine, id: handler } })
    machine.slots.placeHandler(this, handler)
    this.#machine = machine
    this.#number = handler
    this.#store = store
  }

  /** @internal */
  entries(): [key: unknown, value: unknown][] {
    return this.#machine.entries(this.#store)
  }

  /** @internal */
  write(key: unknown, value: unknown): void {
    this.#machine.write(this.#store, key, value)
  }

  /** @internal */
  clear(): void {
    this.#machine.send2(Op.CLEAR, this.#store, 0)
  }

  /** @internal */
  setInstalled(installed: boolean): void {
    this.#machine.send2(Op.SET_INSTALLED, this.#number, installed ? 1 : 0)
  }
}

/** The State handler of a VM. */
export class BoundState extends Bound<StateEffect> {
  /** The entries of the VM's store as an object; entries whose key is not a string are left out. */
  items(): Record<string, unknown> {
    const strings = filter(this.entries(), entry => typeof entry[0] === 'string') as [string, unknown][]
    return Object.fromEntries(each(strings))
  }
}

/** The Reader handler of a VM. */
export class BoundReader extends Bound<ReaderEffect> {
  /** The VM's environment. */
  env(): Map<unknown, unknown> {
    return mapOf(this.entries())
  }
}

/** The Writer handler of a VM. */
export class BoundWriter extends Bound<WriterEffect> {
  /** The messages told so far. */
  logs(): unknown[] {
    return map(this.entries(), entry => entry[1])
  }
}

/** The scheduler of a VM: for one program at a time. */
export class BoundScheduler extends Handler<SchedulerEffect> {
  readonly #machine: Machine
  readonly #number: number

  /** @internal */
  constructor(machine: Machine) {
    machine.send2(Op.DEFINE_SCHEDULER, MOST_TASKS, 0)
    const number = word(Word.X)
    super('scheduled', [], undefined, {
      native: undefined,
      scheduler: { maxTasks: MOST_TASKS, preemptEvery: 0 },
      seed: () => [],
      bound: { vm: machine, id: number },
    })
    machine.slots.placeHandler(this, number)
    this.#machine = machine
    this.#number = number
  }

  /** Installs it around every run of the VM. */
  install(): void {
    this.#machine.hasScheduler = true
    this.#machine.send2(Op.SET_INSTALLED, this.#number, 1)
  }
}

/** The built-in handlers of one VM. */
export class Stdlib {
  /** State over the VM's store. */
  readonly state: BoundState
  /** Reader over the VM's environment. */
  readonly reader: BoundReader
  /** Writer over the VM's log. */
  readonly writer: BoundWriter

  /** @internal */
  constructor(machine: Machine) {
    this.state = new BoundState('state', Native.STATE, machine)
    this.reader = new BoundReader('reader', Native.READER, machine)
    this.writer = new BoundWriter('writer', Native.WRITER, machine)
  }

  /** Installs State around every run of the VM. */
  installState(): this {
    this.state.setInstalled(true)
    return this
  }

  /** Installs Reader around every run of the VM. */
  installReader(): this {
    this.reader.setInstalled(true)
    return this
  }

  /** Installs Writer around every run of the VM. */
  installWriter(): this {
    this.writer.setInstalled(true)
    return this
  }
}
