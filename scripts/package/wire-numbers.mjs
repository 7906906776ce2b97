// The few numbers of the protocol that a program needs to send commands to a raw addon, as __test__/support/fuzz.mjs does.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../run.mjs'

/** The numbers of the words, as the generated copy of the protocol has them, in JSON. */
export function wireNumbers() {
  const text = readFileSync(join(root, 'src-ts/wire/protocol.ts'), 'utf8')
  const number = (name, group) => {
    const part = text.slice(text.indexOf(`enum ${group} {`))
    const found = part.match(new RegExp(`\\b${name} = (\\d+)`))
    if (found === null) throw new Error(`${group}.${name} is not in the protocol`)
    return Number(found[1])
  }
  return JSON.stringify({
    LENGTH: number('LENGTH', 'Word'),
    VM: number('VM', 'Word'),
    OP: number('OP', 'Word'),
    A: number('A', 'Word'),
    D: number('D', 'Word'),
    CODE: number('CODE', 'Word'),
    LAST_OP: number('STUCK', 'Op'),
    OPEN: number('OPEN', 'Op'),
    CLOSE: number('CLOSE', 'Op'),
    POISONED: number('POISONED', 'Code'),
  })
}
