// The machine as the front sees it: one VM by number, the references its numbers stand for, and the register.
//
// It sends commands and settles what every outcome may carry besides its instruction. It runs no user code.

import { catchUp, claim, dismiss, forget, handOutNames, introduce } from './journal'
import { each } from '../builtins/iterate'
import { VmPoisonedError } from '../messages/errors'
import type { Handler } from '../language/handler'
import { append, apply, fromCodePoint, map, register, stopwatch, unregister } from '../builtins/intrinsics'
import { closeVm, listing, openVm, send, send2, send4, word, words } from '../wire/mailbox'
import { Code, Effect, Flag, Forked, Link, Op, Settlement, Stat, Word, type Native } from '../wire/protocol'
import type { Program } from '../language/program'
import type { Form } from './form'
import { Continuation } from '../language/continuation'
import { Contexts } from './contexts'
import type { Semaphore } from './semaphore'
import { settle, Waitable } from '../language/waitable'
import { isTelling, type RunWatch } from './run-watch'
import { Slots } from './slots'
import type { Stack } from '../builtins/stack'
import { frameLink, handlerLink, noteLeaving, type TraceLink } from '../language/trace'

/** Counts of what a VM holds; all but `effects` are 0 when nothing runs and nothing persists. */
export interface Stats {
  readonly segments: number
  readonly frames: number
  readonly continuations: number
  readonly handlers: number
  readonly scopes: number
  readonly stores: number
  readonly values: number
  /** Tasks that have not ended. */
  readonly tasks: number
  /** Effects performed since the VM was made. */
  readonly effects: number
}

/** The flags of what is told of tasks. */
const OF_TASKS = Flag.FORKED | Flag.SETTLED | Flag.SWITCHED

/** One VM. @internal */
export class Machine {
  readonly slots = new Slots()
  /** Its number in the mailbox. */
  readonly vm = open(this.slots)

  constructor() {
    register(collected, this, this.vm, this)
  }

  /** The value in transit, for commands that are not on the hot path. */
  register: unknown = undefined

  /** Told which task suspends and which one goes on, if their contexts are kept apart. */
  contexts: Contexts | undefined
  /** Told of tasks, if somebody watches them. */
  watch: RunWatch | undefined
  /** Another task goes on, in a context that was not entered yet. */
  switched = false
  /** How many records of something outside there are, other than of simulated time; and how many that keep the process
   * alive. */
  outside = 0
  refs = 0
  /** The children that run in the turn of their parents, the outermost first. What is beyond those in place is stale. */
  readonly children: (Program | undefined)[] = [undefined]
  /** Whether a scheduler of its own stands around every run. */
  hasScheduler = false
  /** Whether a handler is known that takes `Sleep`. */
  hasOwnTime = false

  /** Sends a command whose meaning is in the register. */
  send(op: Op): Code {
    claim(this.vm)
    return this.#settled(send(this.vm, op))
  }

  send2(op: Op, a: number, b: number): Code {
    claim(this.vm)
    return this.#settled(send2(this.vm, op, a, b))
  }

  send4(op: Op, a: number, b: number, c: number, d: number): Code {
    claim(this.vm)
    return this.#settled(send4(this.vm, op, a, b, c, d))
  }

  /** Does what the last outcome asks for before its instruction; gives the new value of the register. */
  settle(register: unknown): unknown {
    const flags = word(Word.FLAGS)
    const { values } = this.slots
    // First: the outcome may speak of tasks that have their names only now.
    if (flags & Flag.NAMES) handOutNames()
    const { watch } = this
    const time = watch !== undefined && flags & OF_TASKS ? stopwatch.read() : 0
    if (flags & Flag.FORKED) this.#fork(time)
    if (flags & Flag.SETTLED) this.#end(values[word(Word.SETTLED)] as Waitable, register, time)
    if (flags & Flag.SWITCHED) {
      watch?.switched(register, time)
      if (this.contexts?.follow(this.slots) === true) this.switched = true
    }
    const kept = flags & Flag.NAMED ? this.#name(register as Waitable | Program) : register
    if (flags & Flag.PARK) values[word(Word.PARK)] = kept
    let settled = flags & Flag.LOAD ? values[word(Word.LOAD)] : register
    if (flags & Flag.INTEGER) settled = word(Word.INTEGER)
    if (flags & Flag.CROSSED) {
      for (const number of each(listing())) noteLeaving(settled, handlerLink(this.slots.handlers[number]))
    }
    if (flags & Flag.RELEASES) this.slots.release()
    watch?.flush()
    return settled
  }

  /** Children that were in place have become tasks. */
  #fork(time: number): void {
    const count = word(Word.FORKED_COUNT)
    for (let i = 0; i < count; i++) {
      const at = Word.FORKED + i * Forked.SIZE
      const child = this.#forget(word(at + Forked.BELOW))
      const form = child.b as Form
      if (form.context !== undefined) {
        this.contexts ??= new Contexts(form.context)
        this.contexts.fork(word(at + Forked.PARENT), form.context)
      }
      const parent = this.slots.values[word(at + Forked.PARENT_HANDLE)] as Waitable | undefined
      const task = form.fork(child, word(at + Forked.INDEX), word(at + Forked.GENERATION), parent)
      this.slots.values[word(at + Forked.HANDLE)] = task
      this.watch?.forked(task, parent, time)
    }
  }

  /** A child is in place no more; those that were put on top of it are one place further down. */
  #forget(at: number): Program {
    const { children } = this
    const child = children[at] as Program
    const last = children.length - 1
    for (let i = at; i < last; i++) children[i] = children[i + 1]
    children[last] = undefined
    return child
  }

  /** How many children run in the turn of their parents. */
  childrenInPlace(): number {
    if ((words[Word.IN_PLACE] as number) < 0) this.send(Op.DRAIN)
    return (words[Word.IN_PLACE] as number) + (words[Word.CHILDREN] as number)
  }

  /** A task has ended; its result is in the register. */
  #end(task: Waitable, register: unknown, time: number): void {
    const how: Settlement = word(Word.SETTLEMENT)
    settle(task, how, how === Settlement.CANCELLED ? undefined : register)
    this.watch?.ended(task, time)
    if (how === Settlement.THREW && !task.observed) task.owner.reportFailure(task)
  }

  /** A record was made for what is in the register: a waitable, or the effect that is about one or about a semaphore. Gives
   * what the machine's number for it stands for. */
  #name(kept: Waitable | Program): Waitable | Program {
    const named = kept instanceof Waitable ? kept : (kept.a as Waitable | Semaphore)
    named.index = word(Word.NAME_INDEX)
    named.generation = word(Word.NAME_GENERATION)
    if (!(named instanceof Waitable)) return kept
    named.waiter = word(Word.NAME_WAITER)
    this.slots.scopes[named.waiter] = word(Word.NAME_SCOPE)
    this.contexts?.waitsIn(named.waiter)
    this.slots.handles[named.index >>> 1] = word(Word.PARK)
    const outside = named.extra?.outside
    if (outside !== undefined) {
      this.slots.outside[word(Word.PARK)] = named
      if (outside.ref) this.refs++
      if (outside.isSimulated !== true) this.outside++
    }
    return named
  }

  #settled(code: Code): Code {
    if (code >= Code.OPENED) throw brokenMachine(code)
    if (words[Word.FLAGS] !== 0) this.register = this.settle(this.register)
    return code
  }

  /** The number of a user's handler, defined on first use. */
  handlerNumber(handler: Handler): number {
    return this.slots.handlerNumber(handler) || this.#define(handler)
  }

  #define(handler: Handler): number {
    this.send2(Op.DEFINE_HANDLER, handler.returnClause === undefined ? 0 : 1, 0)
    const number = word(Word.X)
    for (const clause of each(handler.clauses)) {
      if (clause.type?.id === Effect.SLEEP) this.hasOwnTime = true
      this.send4(Op.DEFINE_CLAUSE, number, clause.type?.id ?? 0, clause.kind, 0)
    }
    this.slots.addHandler(handler, number)
    return number
  }

  /** Defines a built-in handler over a store that lives as long as the VM. */
  defineNative(native: Native): { handler: number; store: number } {
    this.send2(Op.DEFINE_NATIVE, native, 0)
    return { handler: word(Word.X), store: word(Word.Y) }
  }

  /** Writes one entry of a store; a log is appended to by effects only. */
  write(store: number, key: unknown, value: unknown): void {
    this.send2(Op.WRITE, store, this.slots.keyNumber(key))
    const slot = word(Word.X)
    const newKey = word(Word.Y)
    if (newKey !== 0) this.slots.addKey(key, newKey)
    this.slots.values[slot] = value
  }

  /** The entries of a store, in order; keys are `undefined` in a log. */
  entries(store: number): [key: unknown, value: unknown][] {
    const entries: [unknown, unknown][] = []
    do {
      this.send2(Op.ENTRIES, store, entries.length)
      const page = listing()
      for (let at = 0; at < page.length; at += 2) {
        append(entries, [this.slots.key(page[at] as number), this.slots.values[page[at + 1] as number]])
      }
    } while (word(Word.X) === 1)
    return entries
  }

  /** The numbers of the handlers in scope, innermost first. */
  handlerNumbersInScope(): number[] {
    this.send2(Op.GET_HANDLERS, 0, 0)
    return listing()
  }

  /** The handlers in scope, innermost first; in a clause, its own or its callsite's. They stay known until the run ends. */
  handlersInScope(ofCallsite: boolean): { number: number; handler: Handler | undefined }[] {
    this.send2(Op.GET_HANDLERS, ofCallsite ? 1 : 0, 0)
    return map(listing(), number => ({ number, handler: this.slots.handlers[number] }))
  }

  /** The handler that would take an effect performed now. */
  handlerOf(type: number): Handler | undefined {
    this.send2(Op.RESOLVE, type, 0)
    return word(Word.LISTING_COUNT) === 0 ? undefined : this.slots.handlers[word(Word.LISTING)]
  }

  /** The chain from the current segment outward: programs, clauses and handlers, at most 256. */
  chain(): TraceLink[] {
    this.send2(Op.CHAIN, 0, 0)
    return this.chainLinks()
  }

  /** The links of the last chain listing. */
  chainLinks(): TraceLink[] {
    const words = listing()
    const links: TraceLink[] = []
    for (let at = 0; at < words.length; at += 2) {
      const number = words[at + 1] as number
      const isFrame = (words[at] as Link) !== Link.BOUNDARY
      if (isFrame && isTelling(this.slots.origins[number])) continue
      append(links, isFrame ? frameLink(this.slots.origins[number]) : handlerLink(this.slots.handlers[number]))
    }
    return links
  }

  /** The places of generators in the chain of the task of this name, or of the whole run; the innermost first, at most 256. */
  framesOf(task: readonly number[] | undefined): number[] {
    if (task === undefined) this.send2(Op.CHAIN, 0, 0)
    else this.send2(Op.TASK_CHAIN, task[0] as number, task[1] as number)
    const places = this.#framesListed()
    // Who performed the effect of the clause on top is in its continuation.
    const top = places.length === 0 ? undefined : this.slots.origins[places[0] as number]
    if (!(top instanceof Continuation) || Continuation.useOf(top) !== undefined) return places
    this.send2(Op.CHAIN, Continuation.indexOf(top), Continuation.generationOf(top))
    const performers = this.#framesListed()
    for (let at = 0; at < performers.length; at++) append(places, performers[at] as number)
    return places
  }

  /** The places of generators in the chain that was listed last. */
  #framesListed(): number[] {
    const words = listing()
    const places: number[] = []
    for (let at = 0; at < words.length; at += 2) {
      const number = words[at + 1] as number
      if ((words[at] as Link) === Link.BOUNDARY || isTelling(this.slots.origins[number])) continue
      append(places, number)
    }
    return places
  }

  stats(): Stats {
    this.send(Op.STATS)
    const counts = listing()
    const count = (at: Stat): number => (counts[at] ?? 0) >>> 0
    return {
      segments: count(Stat.SEGMENTS),
      frames: count(Stat.FRAMES),
      continuations: count(Stat.CONTINUATIONS),
      handlers: count(Stat.HANDLERS),
      scopes: count(Stat.SCOPES),
      stores: count(Stat.STORES),
      values: count(Stat.VALUES),
      tasks: count(Stat.TASKS),
      effects: count(Stat.PERFORMED_HIGH) * 2 ** 32 + count(Stat.PERFORMED_LOW),
    }
  }

  /** Fetches every release that is still to be told. */
  drain(): void {
    claim(this.vm)
    if (words[Word.UNTOLD] === 0) return
    do this.send(Op.DRAIN)
    while (words[Word.UNTOLD] !== 0)
  }

  /** Borrows places for generators whose frames the driver pushes on its own account. */
  lease(into: Stack<number>): void {
    this.send(Op.LEASE)
    const slots = listing()
    for (let at = 0; at < slots.length; at++) into.push(slots[at] as number)
  }

  close(): void {
    unregister(collected, this)
    dismiss(this.vm)
    closeVm(this.vm)
    this.slots.clear()
  }
}

/** The error of a machine that can go on no more: it panicked, or answered what makes no sense. */
export function brokenMachine(code: number): VmPoisonedError {
  const cause =
    (code as Code) === Code.POISONED ? apply(fromCodePoint, undefined, listing()) : `unexpected outcome ${code}`
  forget()
  return new VmPoisonedError(`This VM broke and cannot be used any more; others are not affected. Cause: ${cause}`)
}

/** Opens a machine; the one that took the last turn catches up, because this is a turn. */
function open(slots: Slots): number {
  catchUp()
  const vm = openVm()
  // A trap while a machine was made, where the stack or the memory ends.
  if ((word(Word.CODE) as Code) !== Code.OPENED) throw brokenMachine(word(Word.CODE))
  words[Word.VM] = vm
  introduce(vm, slots)
  return vm
}

/** Closes machines that were dropped without a word. The engine calls it between tasks, never in the middle of a turn. */
const collected = new FinalizationRegistry<number>(vm => {
  dismiss(vm)
  closeVm(vm)
})
