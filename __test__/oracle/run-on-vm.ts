// Runs a program of the AST on a VM.

import {
  type AnyHandler,
  Ask,
  type Continuation,
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
  type ProgramGenerator,
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
import { add, INITIAL, type ClauseNode, type HandlerNode, type Node, type Operand, type Outcome } from './ast'

type Any = Program<unknown, unknown>
type K = Continuation<unknown>

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

/** What the nodes of one generator can see. */
interface Scope {
  readonly it: unknown
  readonly k?: K
}

/** Leaves its generator with a result, which may be a control primitive. */
class Leave {
  readonly result: unknown
  constructor(result: unknown) {
    this.result = result
  }
}

/** Runs a program on a new VM, whose stores are installed on it, and checks that nothing is left. */
export function runOnVm(program: Node): Outcome {
  using vm = new VM()
  vm.stdlib().installState().installReader().installWriter()
  vm.setEnv(INITIAL.env)
  vm.run(Put('x', INITIAL.state.x))
  const trace: string[] = []
  let ended: Outcome['ended'] = 'returned'
  let value: unknown
  try {
    value = vm.run(programOf(program, trace).with(tryHandler))
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

/** The program that a node stands for; it notes what it does in `trace`. */
export function programOf(node: Node, trace: string[]): Any {
  const kept: K[] = []
  return calling(node, { it: 0 })

  /** A program of its own. */
  function calling(node: Node, scope: Scope): Any {
    return Do(function* () {
      return yield* leaving(node, scope)
    })()
  }

  function* leaving(node: Node, scope: Scope): ProgramGenerator<unknown, unknown> {
    const result = yield* exec(node, scope)
    return result instanceof Leave ? result.result : result
  }

  function* exec(node: Node, scope: Scope): ProgramGenerator<unknown, unknown> {
    const valueOf = (operand: Operand) => (operand === 'it' ? scope.it : operand)
    switch (node.op) {
      case 'pure':
        return valueOf(node.value)
      case 'throw':
        throw valueOf(node.value)
      case 'note':
        trace.push(`note ${String(valueOf(node.value))}`)
        return undefined
      case 'return':
        return new Leave(valueOf(node.value))
      case 'bind': {
        const it = yield* exec(node.first, scope)
        return it instanceof Leave ? it : yield* exec(node.then, { ...scope, it })
      }
      case 'perform':
        return yield effects[node.effect](valueOf(node.value))
      case 'get':
        return yield Get(node.key)
      case 'ask':
        return yield Ask(node.key)
      case 'put':
        return yield Put(node.key, valueOf(node.value))
      case 'modify':
        return yield Modify(node.key, old => add(old, node.by))
      case 'tell':
        return yield Tell(valueOf(node.value))
      case 'local':
        return yield Local({ [node.key]: valueOf(node.value) }, calling(node.body, scope))
      case 'listen':
        return yield Listen(calling(node.body, scope))
      case 'try':
        return plainResult(yield Try(calling(node.body, scope)))
      case 'call':
        return yield calling(node.body, scope)
      case 'tail':
        return new Leave(Tail(calling(node.body, scope)))
      case 'catch':
        try {
          return yield* exec(node.body, scope)
        } catch (error) {
          return yield* exec(node.then, { ...scope, it: plain(error) })
        }
      case 'finally':
        try {
          return yield* exec(node.body, scope)
        } finally {
          trace.push('cleanup')
          yield* exec(node.cleanup, scope)
        }
      case 'handle':
        return yield handling(node.handler, calling(node.body, scope))
      case 'state':
        return yield calling(node.body, scope).with(state({ x: node.value }))
      case 'reader':
        return yield calling(node.body, scope).with(reader({ x: node.value }))
      case 'writer':
        return yield calling(node.body, scope).with(writer())
      case 'wake': {
        const k = kept.shift()
        return k === undefined ? undefined : yield Resume(k, valueOf(node.value))
      }
      default:
        return yield* execWithK(node, scope.k as K, valueOf)
    }
  }

  function* execWithK(
    node: Extract<Node, { op: 'resume' | 'transfer' | 'tailResume' | 'discontinue' | 'keep' | 'delegate' }>,
    k: K,
    valueOf: (operand: Operand) => unknown,
  ): ProgramGenerator<unknown, unknown> {
    switch (node.op) {
      case 'resume':
        return yield node.throws ? ResumeThrow(k, valueOf(node.value)) : Resume(k, valueOf(node.value))
      case 'transfer':
        return yield node.throws ? TransferThrow(k, valueOf(node.value)) : Transfer(k, valueOf(node.value))
      case 'tailResume':
        return new Leave(node.throws ? ResumeThrow(k, valueOf(node.value)) : Resume(k, valueOf(node.value)))
      case 'discontinue':
        return yield Discontinue(k)
      case 'keep':
        kept.push(k)
        return undefined
      case 'delegate': {
        const declining = node.instead === undefined ? Delegate() : Delegate(effects[node.instead](7))
        return node.returned ? new Leave(declining) : yield declining
      }
    }
  }

  function handling(node: HandlerNode, body: Any): Any {
    if (node.all !== undefined) {
      const { kind, body: clause } = node.all
      const everything = function* (asked: unknown, k: K): ProgramGenerator<unknown, unknown> {
        const name = Object.entries(effects).find(([, constructor]) => constructor.is(asked))?.[0]
        trace.push(`all ${String(name)}`)
        return yield* leaving(clause, { it: name, k })
      }
      return WithHandler(kind === 'raw' ? raw(everything) : everything, body)
    }
    let built = handler('h') as AnyHandler as Handler
    for (const clause of node.clauses) built = adding(built, clause)
    const { returns } = node
    if (returns !== undefined)
      built = built.returns(function* (value: unknown) {
        return yield* leaving(returns, { it: value })
      }) as AnyHandler as Handler
    return body.with(built)
  }

  function adding(to: Handler, clause: ClauseNode): Handler {
    const name = clause.effect as 'A'
    const note = () => trace.push(`${clause.kind} ${name}`)
    switch (clause.kind) {
      case 'val':
        return to.val(effects[name], clause.value) as AnyHandler as Handler
      case 'fun':
        return to.fun(effects[name], it => {
          note()
          return add(it, clause.by)
        }) as AnyHandler as Handler
      case 'outside':
        return to.fun(effects[name], it => {
          note()
          return calling(clause.body, { it })
        }) as AnyHandler as Handler
      case 'ctl':
      case 'raw':
        return to[clause.kind](effects[name], function* (k, it): ProgramGenerator<unknown, unknown> {
          note()
          return yield* leaving(clause.body, { it, k: k as K })
        }) as AnyHandler as Handler
      case 'final':
        return to.final(effects[name], function* (it): ProgramGenerator<unknown, unknown> {
          note()
          return yield* leaving(clause.body, { it })
        }) as AnyHandler as Handler
    }
  }
}

/** The error inside of a result of `Try`, as the reference knows it. */
function plainResult(result: unknown): unknown {
  const isErr = typeof result === 'object' && result !== null && 'ok' in result && !result.ok && 'error' in result
  return isErr ? { ok: false, error: plain(result.error) } : result
}
