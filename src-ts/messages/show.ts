// Short forms of values for messages. They never throw and never run user code beyond reading a name.

import { inspect } from 'node:util'

import { cut, join, map } from '../builtins/intrinsics'

const LONGEST = 60

/** A value in at most 60 characters. */
export function show(value: unknown): string {
  let text: string
  try {
    text = typeof value === 'function' ? showFunction(value) : inspect(value, { depth: 0, breakLength: Infinity })
  } catch {
    text = typeof value
  }
  return text.length > LONGEST ? `${cut(text, 0, LONGEST - 1)}…` : text
}

/** A call in short form: `ReadFile('a.txt')`. */
export function showCall(name: string, args: readonly unknown[]): string {
  return `${name}(${join(map(args, show), ', ')})`
}

function showFunction(f: { readonly name: string }): string {
  return f.name === '' ? 'an anonymous function' : `function ${String(f.name)}`
}
