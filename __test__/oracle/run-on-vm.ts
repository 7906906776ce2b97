// Runs a program of the AST on a VM.

import * as api from '../../index'
import {
  Acquire,
  Ask,
  AsyncEscape,
  Cancel,
  CompletePromise,
  CreateExternalPromise,
  CreatePromise,
  CreateSemaphore,
  Delegate,
  Discontinue,
  Do,
  effect,
  FailPromise,
  Gather,
  Get,
  type Handler,
  handler,
  Listen,
  Local,
  Modify,
  Now,
  type Program,
  pure,
  Put,
  Race,
  raw,
  reader,
  Release,
  Resume,
  ResumeThrow,
  scheduled,
  simulatedClock,
  Sleep,
  Spawn,
  state,
  Tail,
  Tell,
  Transfer,
  TransferThrow,
  Try,
  tryHandler,
  VM,
  Wait,
  WithHandler,
  writer,
  Yield,
} from '../../index'
import { expectNothingHeld } from '../support/leaks'
import { turnOfTheEventLoop } from '../support/tasks'
import { add, INITIAL, pick, pickAll } from './ast'
import type { ClauseNode, Disturbance, Happening, HandlerNode, Node, Outcome } from './ast'
import { compile, type Body, type Text } from './compile'
import { Handles, reporting } from './handles'

type Any = Program<unknown, unknown>
/** What is not there yet in every version of the library is looked up when a program needs it. */
const regions = ['All', 'Any', 'bracket', 'CancelScope', 'ensure', 'Scope', 'Timeout', 'uncancelable', 'withPermit']
const library = Object.fromEntries(regions.map(name => [name, (api as Record<string, unknown>)[name]]))
const primitives = {
  ...library,
  Delegate,
  Discontinue,
  reader,
  Resume,
  ResumeThrow,
  scheduled,
  simulatedClock,
  state,
  Tail,
  Transfer,
  TransferThrow,
  writer,
}

export const effects = {
  A: effect('A')<[value: unknown], unknown>(),
  B: effect('B')<[value: unknown], unknown>(),
  C: effect('C')<[value: unknown], unknown>(),
  Get,
  Put,
  Modify,
  Ask,
  Tell,
  Local,
  Listen,
  Try,
  Spawn,
  Wait,
  Gather,
  Race,
  Cancel,
  Yield,
  CreatePromise,
  CompletePromise,
  FailPromise,
  CreateExternalPromise,
  CreateSemaphore,
  Acquire,
  Release,
  Sleep,
  Now,
}

/** Makes the program of a node, given what `it` is at its start. */
export type Of = (node: Node, it?: unknown) => Any

/** Runs a node on a VM. */
export function runOnVm(
  node: Node,
  trace: string[] = [],
  { disturbance }: { disturbance?: Disturbance } = {},
): Outcome {
  using vm = new VM()
  prepare(vm)
  const program = programsOf(trace, undefined, effects, new Handles(disturbance))(node)
  const [ending, reports] = reporting(() => endingOf(() => vm.run(program.with(tryHandler))))
  return outcomeOf(vm, ending, trace, reports)
}

/** As {@link runOnVm}; `step` is called whenever the program makes an effect. */
export function runStepping(node: Node, step: () => void): Outcome {
  using vm = new VM()
  const trace: string[] = []
  prepare(vm)
  const programOf = programsOf(trace, undefined, stepping(effects, step))
  const ending = endingOf(() => vm.run(programOf(node).with(tryHandler)))
  return outcomeOf(vm, ending, trace)
}

/** Runs what `make` makes on a new VM with installed stores, and checks that nothing is left. */
export function observe(make: (of: Of, trace: string[]) => Any): Outcome {
  using vm = new VM()
  return observeOn(vm, make)
}

/** As {@link observe}, on a VM that may have been used. */
export function observeOn(vm: VM, make: (of: Of, trace: string[]) => Any, trace: string[] = []): Outcome {
  prepare(vm)
  const [ending, reports] = reporting(() => endingOf(() => vm.run(make(programsOf(trace), trace).with(tryHandler))))
  return outcomeOf(vm, ending, trace, reports)
}

/** As {@link observe}, by an asynchronous run. */
export async function observeAsync(make: (of: Of, trace: string[]) => Any): Promise<Outcome> {
  using vm = new VM()
  prepare(vm)
  const trace: string[] = []
  const running = vm.runAsync(make(programsOf(trace), trace).with(tryHandler))
  const ending = await running.then(returned, threw)
  return outcomeOf(vm, ending, trace)
}

/** Runs a node asynchronously on a VM, and cancels the run at the wait of this number. */
export async function cancelOnVm(vm: VM, node: Node, cancelAt: number): Promise<Outcome> {
  prepare(vm)
  const controller = new AbortController()
  let waits = 0
  const wait = AsyncEscape(() => (waits++ === cancelAt ? controller.abort('cancelled') : undefined))
  const trace: string[] = []
  const program = programsOf(trace, wait)(node).with(tryHandler)
  const [running, reports] = reporting(() => vm.runAsync(program, { signal: controller.signal }).then(returned, threw))
  return outcomeOf(vm, await running, trace, reports)
}

/**
 * Runs a node asynchronously on a VM. Whenever it waits for the outside, the next of `happenings` are settled, all at
 * once: promises by their numbers.
 */
export async function completeOnVm(vm: VM, node: Node, happenings: readonly Happening[][]): Promise<Outcome> {
  prepare(vm)
  const trace: string[] = []
  const handles = new Handles()
  const program = programsOf(trace, undefined, effects, handles)(node)
  let isOver = false
  const [ending, reports] = reporting(async () => {
    // It computes until it waits, without looking at the clock.
    const result = await vm.runAsync(program.with(tryHandler), { yieldEveryMs: Infinity }).then(returned, threw)
    isOver = true
    return result
  })
  for (const together of happenings) {
    await turnOfTheEventLoop()
    for (const { of, how, value } of together) handles.externals[of]?.[how](value)
  }
  await turnOfTheEventLoop()
  if (!isOver) throw new Error('The program waits, though everything has happened.')
  return outcomeOf(vm, await ending, trace, reports)
}

/** As {@link observe}, step by step; `undefined` when it takes more steps than these. */
export function observeSteps(make: (of: Of, trace: string[]) => Any, most = Infinity): Outcome | undefined {
  using vm = new VM()
  prepare(vm)
  const trace: string[] = []
  vm.startProgram(make(programsOf(trace), trace).with(tryHandler))
  const ending = endingOf(() => {
    for (let steps = 0; steps < most; steps++) {
      const step = vm.stepOnce()
      if (step.tag === 'done') return step.value
    }
    return TOO_LONG
  })
  if (ending.value !== TOO_LONG) return outcomeOf(vm, ending, trace)
  // Whatever its cleanups throw is of no interest.
  endingOf(() => vm.dispose())
  return undefined
}

const NO_REPORTS: Outcome['reports'] = { left: [], failed: [] }
const TOO_LONG = Symbol('too long')

function prepare(vm: VM): void {
  const stdlib = vm.stdlib().installState().installReader().installWriter()
  stdlib.state.clear()
  stdlib.writer.clear()
  vm.setEnv(INITIAL.env)
  vm.run(Put('x', INITIAL.state.x))
}

type Ending = Pick<Outcome, 'ended' | 'value'>
const returned = (value: unknown): Ending => ({ ended: 'returned', value })
const threw = (error: unknown): Ending => ({ ended: 'threw', value: plain(error) })

function endingOf(action: () => unknown): Ending {
  try {
    return returned(action())
  } catch (error) {
    return threw(error)
  }
}

function outcomeOf(vm: VM, ending: Ending, trace: string[], reports = NO_REPORTS): Outcome {
  expectNothingHeld(vm)
  return { ...ending, state: vm.stateItems(), log: vm.logs(), trace, reports }
}

/** An error as the reference knows it. */
function plain(error: unknown): unknown {
  if (error instanceof AggregateError) return { errors: error.errors.map(plain) }
  return error instanceof Error && 'code' in error ? error.code : error
}

function plainResult(result: unknown): unknown {
  const isErr = typeof result === 'object' && result !== null && 'ok' in result && !result.ok && 'error' in result
  return isErr ? { ok: false, error: plain(result.error) } : result
}

/** Makes programs of nodes; they note in `trace` what they do, and share the continuations that they put aside. */
function programsOf(trace: string[], wait: Any = pure(undefined), made: object = effects, handles = new Handles()): Of {
  const compiled = new Map<Node, (text: Text) => Body>()
  const note = (value: unknown): void => void trace.push(`note ${String(value)}`)
  // What compiled code calls.
  const inert = (program: Any): Any => program
  const own = { add, handle, inert, kept: [], nameOf, note, pick, pickAll, plain, plainResult, program, trace, wait }
  const $ = Object.assign(handles, made, primitives, own)
  return (node, it = 0) => program(node, it, undefined, {})

  function bodyOf(node: Node, text: Text, parameters?: string, prologue?: string): Body {
    const body = compiled.get(node) ?? compile(node, $, parameters, prologue)
    compiled.set(node, body)
    return body(text)
  }

  /** The program of a node, in a generator of its own. */
  function program(node: Node, it: unknown, k: unknown, text: Text): Any {
    return Do(bodyOf(node, text))(it, k)
  }

  function handle({ all, clauses, returns }: HandlerNode, body: Any, text: Text): Any {
    if (all !== undefined) {
      const prologue = 'const it = $.nameOf(asked)\n$.trace.push(`all ${it}`)'
      const everything = bodyOf(all.body, text, 'asked, k', prologue)
      return WithHandler(all.kind === 'raw' ? raw(everything) : everything, body)
    }
    const built = clauses.reduce((to, clause) => adding(to, clause, text), handler('h'))
    return body.with(returns === undefined ? built : (built.returns(bodyOf(returns, text)) as never))
  }

  function adding(to: Handler, clause: ClauseNode, text: Text): Handler {
    const effect = effects[clause.effect as 'A']
    const name = `${clause.kind} ${clause.effect}`
    const prologue = `$.trace.push('${name}')`
    switch (clause.kind) {
      case 'val':
        return to.val(effect, clause.value) as never
      case 'fun':
        return to.fun(effect, it => {
          trace.push(name)
          return add(it, clause.by)
        }) as never
      case 'outside':
        return to.fun(effect, it => Do(bodyOf(clause.body, text, 'it, k', prologue))(it)) as never
      case 'final':
        return to.final(effect, bodyOf(clause.body, text, 'it, k', prologue)) as never
      case 'ctl':
      case 'raw':
        return to[clause.kind](effect, bodyOf(clause.body, text, 'k, it', prologue)) as never
    }
  }
}

/** The same constructors, each calling `step` first. */
function stepping(constructors: object, step: () => void): object {
  const wrap = ([name, make]: [string, (...args: unknown[]) => unknown]) => {
    const made = (...args: unknown[]): unknown => {
      step()
      return make(...args)
    }
    return [name, made]
  }
  return Object.fromEntries(Object.entries(constructors).map(wrap))
}

function nameOf(asked: unknown): string | undefined {
  return Object.entries(effects).find(([, constructor]) => constructor.is(asked))?.[0]
}
