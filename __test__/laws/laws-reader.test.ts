// Reader: laws A1 to A5, in the context of random programs.

import * as fc from 'fast-check'

import { Ask, Do, effect, handler, Local, type ProgramGenerator, pure } from '../../index'
import { INITIAL } from '../oracle/ast'
import { type Any, equal, key, node, outcome, seq, smallNode, value } from '../support/laws'

const Stop = effect('Stop')<[], unknown>()
const pair = Do(function* (first: Any, second: Any): ProgramGenerator<unknown, [unknown, unknown]> {
  return [yield first, yield second]
})
/** Bindings of all keys, so that none is missing. */
const bindings = fc.record({ x: value, y: value, z: value })

test('A1: asking twice is asking once', () => {
  equal(fc.tuple(bindings, key, node), ([env, k, q]) => [
    of =>
      Local(
        env,
        pair(Ask(k), Ask(k)).flatMap(vs => of(q, vs)),
      ),
    of =>
      Local(
        env,
        Ask(k).flatMap(v => of(q, [v, v])),
      ),
  ])
})

test('A1: asking and not using the answer is not asking', () => {
  equal(fc.tuple(bindings, key, node), ([env, k, q]) => [of => Local(env, seq(Ask(k), of(q))), of => Local(env, of(q))])
})

test('A2: what is bound is what is asked for', () => {
  equal(fc.tuple(key, value, node), ([k, v, q]) => [
    of => Local({ [k]: v }, Ask(k)).flatMap(x => of(q, x)),
    of => of(q, v),
  ])
})

test('A3: bindings inside of bindings are both, the inner ones before the outer', () => {
  equal(fc.tuple(bindings, fc.record({ x: value, y: value }, { requiredKeys: [] }), node), ([outer, inner, p]) => [
    of => Local(outer, Local(inner, of(p))),
    of => Local({ ...outer, ...inner }, of(p)),
  ])
})

test('A3: no bindings are no change', () => {
  equal(node, p => [of => Local({}, of(p)), of => of(p)])
})

test('A4: asks of different keys commute', () => {
  equal(fc.tuple(bindings, node), ([env, q]) => [
    of =>
      Local(
        env,
        pair(Ask('x'), Ask('y')).flatMap(vs => of(q, vs)),
      ),
    of =>
      Local(
        env,
        pair(Ask('y'), Ask('x')).flatMap(([y, x]) => of(q, [x, y])),
      ),
  ])
})

test('A5: the bindings are gone when the program has returned, thrown or been ended', () => {
  const ending = handler('ending').final(Stop, () => 0)
  const caught = Do(function* (program: Any) {
    try {
      yield program
    } catch {
      // Only what it leaves behind is of interest.
    }
  })
  const left = (v: number, program: Any, stops: boolean) =>
    caught(Local({ x: v }, seq(program, stops ? Stop() : pure(0))).with(ending))
  equal(fc.tuple(value, smallNode, fc.boolean(), node), ([v, p, stops, q]) => [
    of => seq(left(v, of(p), stops), Ask('x')).flatMap(x => of(q, x)),
    of => left(v, of(p), stops).flatMap(() => of(q, INITIAL.env.x)),
  ])
})

test('lock: an ask cannot be moved out of a Local', () => {
  const inside = outcome(() => Local({ x: 1 }, Ask('x')))
  const before = outcome(() => Ask('x').flatMap(v => Local({ x: 1 }, pure(v))))
  expect([inside.value, before.value]).toEqual([1, 100])
})
