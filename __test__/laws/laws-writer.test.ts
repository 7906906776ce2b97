// Writer: laws W1 to W5, on random programs.

import * as fc from 'fast-check'

import { Do, handler, Listen, type Program, type ProgramGenerator, Tell } from '../../index'
import type { Of } from '../oracle/run-on-vm'
import { type Any, equal, node, outcome, seq, value } from '../support/laws'

type Heard = [result: unknown, messages: readonly unknown[]]
/** The result of a program and what it tells, without what is told later, by the cleanups of what it leaves behind. */
const heardOf = (program: Any) => Listen(program) as Program<Heard, unknown>

test('W1: the log of two programs is the one log and then the other', () => {
  equal(fc.tuple(node, node), ([p, q]) => [
    of => heardOf(of(p).flatMap(x => of(q, x))),
    of => heardOf(of(p)).flatMap(([x, one]) => heardOf(of(q, x)).map(([y, two]) => [y, [...one, ...two]])),
  ])
})

test('W2: telling last appends one message', () => {
  equal(fc.tuple(node, value), ([p, message]) => [
    of => heardOf(seq(of(p), Tell(message))),
    of => heardOf(of(p)).flatMap(([, log]) => Tell(message).map(() => [undefined, [...log, message]])),
  ])
})

test('W3, a lock: tells do not commute', () => {
  expect(outcome(() => seq(Tell('a'), Tell('b'))).log).toEqual(['a', 'b'])
  expect(outcome(() => seq(Tell('b'), Tell('a'))).log).toEqual(['b', 'a'])
})

test('W4: listening changes neither the result nor the log', () => {
  equal(node, p => [of => Listen(of(p)).map(([result]) => result), of => of(p)])
})

test('W4: what is heard is what a writer of its own would have been told', () => {
  const overheard = Do(function* (program: Any, heard: unknown[]): ProgramGenerator<unknown, Heard> {
    const listening = handler('listening').fun(Tell, message => Tell(message).map(() => void heard.push(message)))
    const result = yield program.with(listening)
    return [result, [...heard]]
  })
  equal(node, p => [of => heardOf(of(p)), of => overheard(of(p), [])])
})

test('W4: of nested listens the inner one hears a part of what the outer one hears, in order', () => {
  equal(fc.tuple(node, node, node), ([p, q, r]) => {
    const nested = (of: Of) =>
      of(p).flatMap(x => heardOf(of(q, x)).flatMap(heard => of(r, heard[0]).map(() => heard[1])))
    return [
      of => heardOf(nested(of)),
      of =>
        heardOf(of(p)).flatMap(([x, first]) =>
          heardOf(of(q, x)).flatMap(([y, inner]) =>
            heardOf(of(r, y)).map(([, last]) => [inner, [...first, ...inner, ...last]]),
          ),
        ),
    ]
  })
})

test('W4: a handler that passes every message on is no change', () => {
  const passing = handler('passing').fun(Tell, message => Tell(message))
  equal(node, p => [of => of(p).with(passing), of => of(p)])
})

test('W5: what was told before a throw stays in the log', () => {
  const recovered = Do(function* (program: Any) {
    try {
      return yield program
    } catch {
      return 'recovered'
    }
  })
  const failing = (program: Any) =>
    program.map(() => {
      throw new Error('failed')
    })
  equal(fc.tuple(node, value), ([p, message]) => [
    of => heardOf(recovered(failing(seq(of(p), Tell(message))))),
    of => heardOf(recovered(seq(of(p), Tell(message)).map(() => 'recovered'))),
  ])
})
