// Programs and outcomes as text, for who reads what two runners disagree about.

import type { AnyClause, HandlerNode, Node, Outcome } from './ast'

/** A program, one statement a line, in words that are close to JavaScript. */
export function printed(node: Node, indent = ''): string {
  switch (node.op) {
    case 'bind':
      return `${printed(node.first, indent)}\n${printed(node.then, indent)}`
    case 'catch':
      return `${block('try', node.body, indent)} ${block('catch', node.then, indent).trimStart()}`
    case 'finally':
      return `${block('try', node.body, indent)} ${block('finally', node.cleanup, indent).trimStart()}`
    case 'handle':
      return `${block('handle', node.body, indent)} with {\n${handlerOf(node.handler, `${indent}  `)}\n${indent}}`
    case 'all':
    case 'any':
      return node.bodies.map((body, at) => block(at === 0 ? node.op : 'and', body, indent)).join('\n')
    case 'bracket':
      return [
        block('bracket', node.acquire, indent),
        block('use', node.use, indent),
        block('release', node.release, indent),
      ].join('\n')
    case 'ensure':
      return `${block('ensure', node.body, indent)}\n${block('cleanup', node.cleanup, indent)}`
    default: {
      const { op, ...rest } = node
      const fields = Object.entries(rest).filter(([name, field]) => name !== 'body' && field !== undefined)
      const head = [op, ...fields.map(([name, field]) => `${name}=${JSON.stringify(field)}`)].join(' ')
      return 'body' in node ? block(head, node.body, indent) : indent + head
    }
  }
}

function block(head: string, body: Node, indent: string): string {
  return `${indent}${head} {\n${printed(body, `${indent}  `)}\n${indent}}`
}

function handlerOf({ all, clauses, returns }: HandlerNode, indent: string): string {
  const lines = clauses.map(clause => clauseOf(clause, `${clause.kind} ${clause.effect}`, indent))
  if (all !== undefined) lines.push(clauseOf(all, `${all.kind} *`, indent))
  if (returns !== undefined) lines.push(block('return', returns, indent))
  return lines.join('\n')
}

function clauseOf(clause: AnyClause, head: string, indent: string): string {
  if ('body' in clause) return block(head, clause.body, indent)
  return `${indent}${head} ${JSON.stringify('by' in clause ? { by: clause.by } : { value: clause.value })}`
}

/** What two runners say, side by side; the line where the traces part is marked. */
export function compared(expected: Outcome, received: Outcome): string {
  const length = Math.max(expected.trace.length, received.trace.length)
  const width = Math.max(12, ...expected.trace.map(event => event.length))
  const row = (mark: string, a = '', b = ''): string => `${mark} ${a.padEnd(width)} | ${b}`
  const events = Array.from({ length }, (_, at) => {
    const [a, b] = [expected.trace[at], received.trace[at]]
    return row(a === b ? ' ' : '>', a, b)
  })
  const rest = (['ended', 'value', 'state', 'log', 'reports'] as const).map(name => {
    const [a, b] = [JSON.stringify(expected[name]), JSON.stringify(received[name])]
    return `${a === b ? ' ' : '>'} ${name}: ${a}${a === b ? '' : `, but ${b}`}`
  })
  return [row(' ', 'reference', 'VM'), ...events, ...rest].join('\n')
}

/** Fails readably when two runners disagree. */
export function expectAgreement(program: Node, expected: Outcome, received: Outcome): void {
  try {
    expect(received).toEqual(expected)
  } catch (cause) {
    throw new Error(`They disagree about\n${printed(program)}\n\n${compared(expected, received)}\n`, { cause })
  }
}
