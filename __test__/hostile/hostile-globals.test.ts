// What an application does to its built-in prototypes, before or after the package is loaded, changes nothing.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What a few programs give, in a process where a built-in was spoiled. */
function outcome(when: 'before' | 'after', what?: string): unknown {
  const args = [join(__dirname, '../support/polluted.mjs'), when, ...(what === undefined ? [] : [what])]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

const inherited = ['value', 'done', 'kind', 'type', 'a', 'native', 'bound', 'toGenerator', 'constructor']
const spoiled = [
  ...inherited.map(key => `Object#${key} swallowing`),
  'Object#value exploding',
  'Promise#constructor swallowing',
  'Object#toString',
  'Object#hasOwnProperty',
  'Array#concat',
  'Array#splice',
  'Array#entries',
  'Map#@@iterator',
]

/** Node itself, or the loading of any module, needs these. */
const spoiledLater = [
  'Object#then exploding',
  'Function#bind',
  'Function#toString',
  'Generator#next',
  'Generator#throw',
  'Generator#return',
  'Map#get',
  'Map#set',
  'Map#has',
  'Map#delete',
  'Set#add',
  'Set#values',
  'Set#@@iterator',
  'WeakMap#get',
  'WeakRef#deref',
  'Array#@@iterator',
  'Array#map',
  'Array#push',
  'Array#join',
  'Function#call',
  'Promise#then',
  'RegExp#exec',
  'String#slice',
  'Object#0 swallowing',
  'Array#0 swallowing',
  'Array#9 swallowing',
  'Array#9 exploding',
  'Array#4 swallowing',
  'Object#get swallowing',
  'Object#return exploding',
  'FinalizationRegistry#register',
  'FinalizationRegistry#unregister',
  'AbortController#abort',
  'AbortController#signal exploding',
  'globalThis.AbortController',
  'globalThis.Promise',
  'globalThis.setImmediate',
  'globalThis.setInterval',
  'globalThis.clearInterval',
  'performance.now',
  'Number.isInteger',
  'Number.isFinite',
  'Math.imul',
  'Math.min',
  'Object.freeze',
  'Object.defineProperty',
  'Reflect.apply',
  'String.fromCodePoint',
]

const expected = outcome('after')

test('the programs under test give what they are to give', () => {
  expect(expected).toMatchObject({ stores: { a: 2, b: 2, local: 3 }, choosing: { resumed: {} }, awaited: 'awaited' })
  expect(expected).toMatchObject({ failures: [['a', "Missing { kind: 'a' }", 'none'], 'b', 'c'] })
  expect(expected).toMatchObject({ tasks: { all: [1, 2], value: 'external', both: [3, 4], n: 8 }, waited: 3 })
})

test.each(spoiled)('%s, spoiled before the package is loaded, changes nothing', what => {
  expect(outcome('before', what)).toEqual(expected)
})

test.each([...spoiled, ...spoiledLater])('%s, spoiled after the package is loaded, changes nothing', what => {
  expect(outcome('after', what)).toEqual(expected)
})
