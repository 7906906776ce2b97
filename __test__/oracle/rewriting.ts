// Programs made of programs: what laws compare, and what makes visible what a law speaks of.

import type { AnyClause, HandlerNode, Node } from './ast'

/** The program in which `change` was made to every node, the innermost first. */
export function rewrite(node: Node, change: (node: Node) => Node): Node {
  const inside = (each: Node): Node => rewrite(each, change)
  const changed: Record<string, unknown> = { ...node }
  for (const name of ['body', 'first', 'then', 'cleanup', 'acquire', 'use', 'release']) {
    if (name in changed) changed[name] = inside(changed[name] as Node)
  }
  if ('bodies' in node) changed['bodies'] = node.bodies.map(inside)
  if ('handler' in node) changed['handler'] = handlerOf(node.handler, inside)
  return change(changed as Node)
}

function handlerOf({ clauses, returns, all }: HandlerNode, inside: (node: Node) => Node): HandlerNode {
  const clauseOf = <C extends AnyClause>(clause: C): C =>
    'body' in clause ? { ...clause, body: inside(clause.body) } : clause
  return {
    clauses: clauses.map(clauseOf),
    ...(returns && { returns: inside(returns) }),
    ...(all && { all: clauseOf(all) }),
  }
}

export const seq = (...nodes: Node[]): Node => nodes.reduceRight((then, first) => ({ op: 'bind', first, then }))
export const call = (...nodes: Node[]): Node => ({ op: 'call', body: seq(...nodes) })
export const note = (value: number | 'it'): Node => ({ op: 'note', value })
const it: Node = { op: 'pure', value: 'it' }

/** What the notes of {@link instrumented} mean; each is followed by the number of the node. */
export const MARKS = { opened: 1000, closed: 2000, began: 3000, ended: 4000, ofForm: 5000, afterForm: 6000 } as const
type Mark = keyof typeof MARKS

/** Numbers with this mark that a trace has, with their places. */
export function marked(trace: readonly string[], mark: Mark): { number: number; at: number }[] {
  return trace.flatMap((event, at) => {
    const number = Number(/^note (\d{4})$/.exec(event)?.[1] ?? 0) - MARKS[mark]
    return number >= 0 && number < 1000 ? [{ number, at }] : []
  })
}

/** Every `bracket`, every `ensure` and every form with tasks notes what becomes of it. */
export function instrumented(program: Node): Node {
  let count = 0
  return rewrite(program, node => {
    const number = count++ % 1000
    const mark = (mark: Mark): Node => note(MARKS[mark] + number)
    switch (node.op) {
      case 'bracket': {
        const acquire = seq(call(node.acquire), mark('opened'))
        return { ...node, acquire, release: seq(mark('closed'), call(node.release)) }
      }
      case 'ensure': {
        const waiting = seq({ op: 'yield' }, { op: 'sleep', ms: 2 })
        return { ...node, cleanup: seq(mark('began'), waiting, mark('ended')) }
      }
      case 'all':
      case 'any': {
        const bodies = node.bodies.map(body => finallyNote(call(body), mark('ofForm')))
        return finallyNote({ ...node, bodies }, mark('afterForm'))
      }
      default:
        return node
    }
  })
}

function finallyNote(body: Node, cleanup: Node): Node {
  return { op: 'finally', body, cleanup }
}

/** F1. A `fun` clause that answers with a program, as the `ctl` clause that it is to be the same as. */
export function funAsCtl(program: Node): Node {
  const ctlOf = (clause: AnyClause): AnyClause => {
    if (clause.kind !== 'outside') return clause
    const answer = (throws: boolean): Node => ({ op: 'tailResume', value: 'it', throws })
    const body = seq(call(clause.body), answer(false))
    return { ...clause, kind: 'ctl', body: { op: 'catch', body, then: answer(true) } }
  }
  return rewrite(program, node => {
    if (node.op !== 'handle') return node
    const clauses = node.handler.clauses.map(ctlOf) as HandlerNode['clauses']
    return { ...node, handler: { ...node.handler, clauses } }
  })
}

/** Each task's program is `around` that program. */
export function aroundTasks(program: Node, around: (body: Node) => Node): Node {
  return rewrite(program, node => (node.op === 'spawn' ? { ...node, body: around(node.body) } : node))
}

/** Each scheduler's root program is `around` that program. */
export function aroundRoots(program: Node, around: (body: Node) => Node): Node {
  return rewrite(program, node => (node.op === 'scheduled' ? { ...node, body: around(node.body) } : node))
}

export const uncancelable = (body: Node): Node => ({ op: 'uncancelable', body })
export const restored = (body: Node): Node => ({ op: 'uncancelable', body: { op: 'restore', body } })
/** A time that no program reaches. */
export const inTime = (body: Node): Node => ({ op: 'timeout', ms: 1_000_000, body })
export const inScope = (body: Node): Node => ({ op: 'taskScope', body })
/** The only child of `all`, and what it gives. */
export const allOfOne = (body: Node): Node => ({ op: 'all', bodies: [body] })
export const same = (body: Node): Node => seq(call(body), it)
