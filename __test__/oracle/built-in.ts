// The built-in effects of the reference interpreter, and their handlers.

import { add, type Node, type Operand } from './ast'
import { failure, store, value, type Control, type Frame, type Performed } from './frames'

type BuiltIn = Extract<Node, { op: 'get' | 'ask' | 'put' | 'modify' | 'tell' | 'local' | 'listen' | 'try' }>

/** The effect that a node performs; `run` is the program it carries. */
export function builtIn(node: BuiltIn, operand: (of: Operand) => unknown, run: Control): Performed {
  switch (node.op) {
    case 'get':
      return { name: 'Get', args: [node.key] }
    case 'ask':
      return { name: 'Ask', args: [node.key] }
    case 'put':
      return { name: 'Put', args: [node.key, operand(node.value)] }
    case 'modify':
      return { name: 'Modify', args: [node.key, node.by] }
    case 'tell':
      return { name: 'Tell', args: [operand(node.value)] }
    case 'local':
      return { name: 'Local', args: [{ [node.key]: operand(node.value) }], run }
    case 'listen':
      return { name: 'Listen', args: [], run }
    case 'try':
      return { name: 'Try', args: [], run }
  }
}

/**
 * What a built-in handler does about an effect: answers it, puts a frame around the program that it carries, or lets
 * it pass. The layers of `Local` and `Listen` are handlers too; what they do not hold goes on outward.
 */
export function answerOf(
  { map, log, native }: Extract<Frame, { f: 'store' }>,
  { name, args: [first, given] }: Performed,
): Control | Frame | undefined {
  const key = first as string
  switch (native) {
    case 'state':
      return answerOfState(map, name, key, given)
    case 'reader':
    case 'local':
      if (name === 'Local') return store('local', first as object)
      if (name !== 'Ask' || (native === 'local' && !map.has(key))) return undefined
      return map.has(key) ? value(map.get(key)) : failure('ERR_MISSING_ENV_KEY')
    case 'writer':
    case 'listen':
      if (name === 'Listen') return store('listen')
      if (name === 'Tell') log.push(first)
      return name === 'Tell' && native === 'writer' ? value(undefined) : undefined
    case 'try':
      return name === 'Try' ? { f: 'tried' } : undefined
  }
}

function answerOfState(map: Map<string, unknown>, name: string, key: string, given: unknown): Control | undefined {
  const old = map.get(key)
  switch (name) {
    case 'Get':
      return value(old)
    case 'Put':
      map.set(key, given)
      return value(undefined)
    case 'Modify':
      if ((given as number) < 0) return failure(given)
      map.set(key, add(old, given as number))
      return value(old)
    default:
      return undefined
  }
}
