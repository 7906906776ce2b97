// Programs compose as a monad, and `try` is its catch: laws M1 to M4.

import * as fc from 'fast-check'

import { Do, Err, Ok, pure, traverse, Try } from '../../index'
import { type Any, equal, node, outcome, smallNode, value } from '../support/laws'

/** `try` and `catch` of JavaScript, around programs. */
const attempt = Do(function* (program: Any, recover: (error: unknown) => Any) {
  try {
    return yield program
  } catch (error) {
    return yield recover(error)
  }
})
const throwing = Do(function* (error: unknown) {
  throw error
})

test('M1: pure x, followed by f, is f x', () => {
  equal(fc.tuple(value, node), ([x, f]) => [of => pure(x).flatMap(v => of(f, v)), of => of(f, x)])
})

test('M2: p, followed by pure, is p', () => {
  equal(node, p => [of => of(p).flatMap(pure), of => of(p).map(v => v), of => of(p)])
})

test('M3: programs one after another are associative', () => {
  equal(fc.tuple(node, node, node), ([p, f, g]) => [
    of =>
      of(p)
        .flatMap(x => of(f, x))
        .flatMap(y => of(g, y)),
    of => of(p).flatMap(x => of(f, x).flatMap(y => of(g, y))),
  ])
})

test('M3: a sub-program is what it is, however deep it is called', () => {
  const calling = Do(function* (program: Any) {
    return yield program
  })
  equal(node, p => [of => of(p), of => calling(of(p)), of => calling(calling(calling(of(p))))])
})

test('M4: a throw is not followed by anything', () => {
  equal(fc.tuple(value, node), ([e, f]) => [of => throwing(e).flatMap(x => of(f, x)), () => throwing(e)])
})

test('M4: nothing is to be recovered from a program that returns', () => {
  equal(fc.tuple(value, node), ([x, h]) => [of => attempt(pure(x), e => of(h, e)), () => pure(x)])
})

test('M4: what is thrown is what is recovered from', () => {
  equal(fc.tuple(value, node), ([e, h]) => [of => attempt(throwing(e), error => of(h, error)), of => of(h, e)])
})

test('M4: recovering twice is recovering from the recovery', () => {
  equal(fc.tuple(node, smallNode, smallNode), ([p, h, g]) => [
    of =>
      attempt(
        attempt(of(p), e => of(h, String(e))),
        e => of(g, String(e)),
      ),
    of => attempt(of(p), e => attempt(of(h, String(e)), error => of(g, String(error)))),
  ])
})

test('M4: Try is a try that gives how its program ended as a value', () => {
  equal(node, p => [of => Try(of(p)), of => attempt(of(p).map(Ok), e => pure(Err(e)))])
})

test('traverse is one program after another', () => {
  equal(fc.tuple(fc.array(value, { maxLength: 4 }), smallNode), ([items, f]) => [
    of => traverse(items, item => of(f, item)),
    of =>
      items.reduce<Any>(
        (done, item) => done.flatMap(results => of(f, item).map(result => [...(results as unknown[]), result])),
        pure([]),
      ),
  ])
})

test('lock: programs do not commute', () => {
  const note = (n: number) => ({ op: 'note', value: n }) as const
  const [one, two] = [1, 2].map(first => outcome(of => of(note(first)).flatMap(() => of(note(3 - first)))))
  expect(one?.trace).toEqual(['note 1', 'note 2'])
  expect(two?.trace).toEqual(['note 2', 'note 1'])
})
