// Writer: laws W1 to W5, on random programs.

import * as fc from 'fast-check'

import { Do, handler, Listen, Tell, writer } from '../index'
import { type Any, equal, node, outcome, seq, smallNode, value } from './support/laws'
import type { Node } from './oracle/ast'

const failing = (program: Any) =>
  program.map(() => {
    throw new Error('failed')
  })
/** Runs on the random program; those that end early say nothing about what would come after. */
const returns = (p: Node) => outcome(of => of(p)).ended === 'returned'

test('W1: the log of two programs is the one log and then the other', () => {
  fc.assert(
    fc.property(fc.array(value), fc.array(value), (a, b) => {
      const telling = (messages: number[]) => seq(...messages.map(message => Tell(message)))
      const log = (program: Any) => outcome(() => program).log
      expect(log(seq(telling(a), telling(b)))).toEqual([...log(telling(a)), ...log(telling(b))])
    }),
  )
})

test('W2: telling last appends one message', () => {
  fc.assert(
    fc.property(node.filter(returns), value, (p, message) => {
      const { log } = outcome(of => of(p))
      expect(outcome(of => seq(of(p), Tell(message))).log).toEqual(expect.arrayContaining([...log, message]))
      expect(outcome(of => seq(of(p), Tell(message))).log).toHaveLength(log.length + 1)
    }),
  )
})

test('W3, a lock: tells do not commute', () => {
  expect(outcome(() => seq(Tell('a'), Tell('b'))).log).toEqual(['a', 'b'])
  expect(outcome(() => seq(Tell('b'), Tell('a'))).log).toEqual(['b', 'a'])
})

test('W4: listening changes neither the result nor the log', () => {
  equal(node, p => [of => Listen(of(p)).map(([result]) => result), of => of(p)])
})

test('W4: what is heard is what a writer of its own would have been told', () => {
  fc.assert(
    fc.property(fc.array(value), smallNode, (messages, p) => {
      const program = (of: (node: Node) => Any) => seq(...messages.map(message => Tell(message)), of(p))
      const { ended, value: heard } = outcome(of => Listen(program(of)))
      const own = outcome(of => program(of))
      // What is told after the end, by cleanups of what was kept, is in the log only.
      if (ended === 'returned') expect(own.log.slice(0, messages.length)).toEqual(messages)
      if (ended === 'returned') expect((heard as [unknown, unknown[]])[1].slice(0, messages.length)).toEqual(messages)
    }),
  )
})

test('W4: of nested listens the inner one hears a part of what the outer one hears, in order', () => {
  fc.assert(
    fc.property(fc.array(value), fc.array(value), fc.array(value), (a, b, c) => {
      const telling = (messages: number[]) => seq(...messages.map(message => Tell(message)))
      const nested = Do(function* () {
        yield telling(a)
        const [, inner] = yield* Listen(telling(b))
        yield telling(c)
        return inner
      })
      expect(outcome(() => Listen(nested())).value).toEqual([b, [...a, ...b, ...c]])
    }),
  )
})

test('W4: a handler that passes every message on is no change', () => {
  const passing = handler('passing').fun(Tell, message => Tell(message))
  equal(node, p => [of => of(p).with(passing), of => of(p)])
})

test('W5: what was told before a throw stays in the log', () => {
  equal(fc.tuple(smallNode, value), ([p, message]) => [
    of => failing(seq(of(p), Tell(message))),
    of => seq(of(p), Tell(message), failing(Tell('x').with(writer()))),
  ])
})
