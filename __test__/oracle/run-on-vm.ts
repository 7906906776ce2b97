// Runs a program of the AST on a VM.

import {
  Ask,
  Delegate,
  Discontinue,
  Do,
  effect,
  Get,
  type Handler,
  handler,
  Listen,
  Local,
  Modify,
  type Program,
  Put,
  raw,
  reader,
  Resume,
  ResumeThrow,
  state,
  Tail,
  Tell,
  Transfer,
  TransferThrow,
  Try,
  tryHandler,
  VM,
  WithHandler,
  writer,
} from '../../index'
import { expectNothingHeld } from '../support/leaks'
import { add, INITIAL, type ClauseNode, type HandlerNode, type Node, type Outcome } from './ast'
import { compile, type Body } from './compile'

type Any = Program<unknown, unknown>
const primitives = {
  Delegate,
  Discontinue,
  reader,
  Resume,
  ResumeThrow,
  state,
  Tail,
  Transfer,
  TransferThrow,
  writer,
}

const effects = {
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
}

/**
 * Runs a program on a new VM, whose stores are installed on it, and checks that nothing is left. `step` is called
 * whenever the program makes an effect.
 */
export function runOnVm(program: Node, step?: () => void): Outcome {
  using vm = new VM()
  vm.stdlib().installState().installReader().installWriter()
  vm.setEnv(INITIAL.env)
  vm.run(Put('x', INITIAL.state.x))
  const trace: string[] = []
  let ended: Outcome['ended'] = 'returned'
  let value: unknown
  try {
    value = vm.run(programOf(program, trace, step).with(tryHandler))
  } catch (error) {
    ended = 'threw'
    value = plain(error)
  }
  expectNothingHeld(vm)
  return { ended, value, state: vm.stateItems(), log: vm.logs(), trace }
}

/** An error as the reference knows it. */
function plain(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error
}

function plainResult(result: unknown): unknown {
  const isErr = typeof result === 'object' && result !== null && 'ok' in result && !result.ok && 'error' in result
  return isErr ? { ok: false, error: plain(result.error) } : result
}

/** The program that a node stands for; it notes what it does in `trace`. */
export function programOf(node: Node, trace: string[], step?: () => void): Any {
  const compiled = new Map<Node, Body>()
  const note = (value: unknown): void => void trace.push(`note ${String(value)}`)
  // What compiled code calls.
  const made = step === undefined ? effects : stepping(effects, step)
  const $ = { ...made, ...primitives, add, handle, kept: [], nameOf, note, plain, plainResult, program, trace }
  return program(node, 0, undefined)

  function bodyOf(node: Node, parameters?: string, prologue?: string): Body {
    const body = compiled.get(node) ?? compile(node, $, parameters, prologue)
    compiled.set(node, body)
    return body
  }

  /** The program of a node, in a generator of its own. */
  function program(node: Node, it: unknown, k: unknown): Any {
    return Do(bodyOf(node))(it, k)
  }

  function handle({ all, clauses, returns }: HandlerNode, body: Any): Any {
    if (all !== undefined) {
      const prologue = 'const it = $.nameOf(asked)\n$.trace.push(`all ${it}`)'
      const everything = bodyOf(all.body, 'asked, k', prologue)
      return WithHandler(all.kind === 'raw' ? raw(everything) : everything, body)
    }
    const built = clauses.reduce(adding, handler('h'))
    return body.with(returns === undefined ? built : (built.returns(bodyOf(returns)) as never))
  }

  function adding(to: Handler, clause: ClauseNode): Handler {
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
        return to.fun(effect, it => Do(bodyOf(clause.body, 'it, k', prologue))(it)) as never
      case 'final':
        return to.final(effect, bodyOf(clause.body, 'it, k', prologue)) as never
      case 'ctl':
      case 'raw':
        return to[clause.kind](effect, bodyOf(clause.body, 'k, it', prologue)) as never
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
