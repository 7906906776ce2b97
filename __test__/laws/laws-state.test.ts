// State: laws S1 to S8, in the context of random programs.

import * as fc from 'fast-check'

import { effect, Get, handler, Modify, Put, Resume, state, Tell, Try } from '../../index'
import { type Any, equal, key, node, outcome, seq, smallNode, value } from '../support/laws'

const Visit = effect('Visit')<[], unknown>()
const failing = (program: Any) =>
  program.map(() => {
    throw new Error('failed')
  })
const parts = fc.tuple(smallNode, key, value, value, node)

test('S1: of two puts the last one stays', () => {
  equal(parts, ([p, k, a, b, q]) => [of => seq(of(p), Put(k, a), Put(k, b), of(q)), of => seq(of(p), Put(k, b), of(q))])
})

test('S2: what was put is what is got', () => {
  equal(parts, ([p, k, a, , q]) => [
    of => seq(of(p), Put(k, a), Get(k)).flatMap(v => of(q, v)),
    of => seq(of(p), Put(k, a)).flatMap(() => of(q, a)),
  ])
})

test('S3: putting what was got changes nothing', () => {
  equal(parts, ([p, k, a, , q]) => [
    of =>
      seq(
        of(p),
        Put(k, a),
        Get(k).flatMap(v => Put(k, v)),
        of(q),
      ),
    of => seq(of(p), Put(k, a), of(q)),
  ])
})

test('S4: getting twice is getting once, and getting alone is nothing', () => {
  equal(parts, ([p, k, , , q]) => [
    of =>
      seq(
        of(p),
        Get(k).flatMap(a => Get(k).flatMap(b => of(q, [a, b]))),
      ),
    of =>
      seq(
        of(p),
        Get(k),
        Get(k).flatMap(a => of(q, [a, a])),
      ),
  ])
})

test('S5: puts and gets of different keys commute', () => {
  equal(parts, ([p, , a, b, q]) => [
    of => seq(of(p), Put('x', a), Put('y', b), of(q)),
    of => seq(of(p), Put('y', b), Put('x', a), of(q)),
  ])
  equal(parts, ([p, , a, , q]) => [
    of => seq(of(p), Put('x', a), Get('y')).flatMap(v => of(q, v)),
    of => seq(of(p), Get('y')).flatMap(v => Put('x', a).flatMap(() => of(q, v))),
  ])
})

test('S6: what a clause puts before it resumes is got after the perform: nothing is a snapshot', () => {
  const putting = (k: string, v: unknown, tail: boolean) =>
    handler('putting').ctl(Visit, function* (resume) {
      yield Put(k, v)
      return tail ? Resume(resume, 0) : yield Resume(resume, 0)
    })
  equal(fc.tuple(parts, fc.boolean()), ([[p, k, a, , q], tail]) => [
    of =>
      seq(of(p), Visit(), Get(k))
        .flatMap(v => of(q, v))
        .with(putting(k, a, tail)),
    of => seq(of(p), Put(k, a), Get(k)).flatMap(v => of(q, v)),
  ])
})

test('S6: Try does not roll back', () => {
  equal(parts, ([p, k, a, , q]) => [
    of => seq(of(p), Try(failing(Put(k, a))), of(q)),
    of => seq(of(p), Put(k, a), of(q)),
  ])
})

test('S7: a put in a program that was called is got by its caller', () => {
  equal(parts, ([p, k, a, , q]) => [
    of => seq(of(p), seq(seq(Put(k, a))), Get(k)).flatMap(v => of(q, v)),
    of => seq(of(p), Put(k, a)).flatMap(() => of(q, a)),
  ])
})

test('S7: a program with a store of its own leaks nothing, unless it leaves a continuation behind', () => {
  const keepsNothing = (p: object) => !JSON.stringify(p).includes('"raw"')
  fc.assert(
    fc.property(node.filter(keepsNothing), value, (p, s) => {
      expect(outcome(of => of(p).with(state({ x: s }))).state).toEqual({ x: 0 })
    }),
  )
})

test('S8: changing twice is changing once by both', () => {
  const add = (n: number) => (old: unknown) => Number(old ?? 0) + n
  const times = (n: number) => (old: unknown) => Number(old) * n
  equal(parts, ([p, k, a, b, q]) => [
    of => seq(of(p), Modify(k, add(a)), Modify(k, times(b)), of(q)),
    of =>
      seq(
        of(p),
        Modify(k, old => times(b)(add(a)(old))),
        of(q),
      ),
    of =>
      seq(
        of(p),
        Get(k).flatMap(old => Put(k, times(b)(add(a)(old)))),
        of(q),
      ),
  ])
})

test('lock: puts of one key do not commute', () => {
  const both = [
    [1, 2],
    [2, 1],
  ].map(([a, b]) => outcome(() => seq(Put('x', a), Put('x', b))).state.x)
  expect(both).toEqual([2, 1])
})

test('lock: a put and a tell of what was got do not commute', () => {
  const tellIt = Get('x').flatMap(v => Tell(v))
  expect(outcome(() => seq(Put('x', 1), tellIt)).log).toEqual([1])
  expect(outcome(() => seq(tellIt, Put('x', 1))).log).toEqual([0])
})
