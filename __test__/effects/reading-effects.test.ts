// What a handler that sees every effect can read of one: its type, its name, its payload; and what JSON shows.

import {
  Ask,
  Do,
  effect,
  effectName,
  Get,
  handler,
  observe,
  pure,
  Put,
  run,
  Sleep,
  state,
  type Handler,
} from '../../index'

const Query = effect('Query')<[text: string, limit: number], string[]>()
const Many = effect('Many')<number[]>()
class Legacy {
  constructor(readonly n: number) {}
}

test('is tells an effect of its own type from those of others, of the same name too', () => {
  const Other = effect('Query')<[text: string, limit: number], string[]>()
  expect([Query.is(Query('a', 1)), Query.is(Other('a', 1)), Query.is(pure(1)), Query.is(null)]).toEqual([
    true,
    false,
    false,
    false,
  ])
})

test('payload gives what the effect carries, however much', () => {
  const [text, limit]: [string, number] = Query.payload(Query('select', 10))
  expect([text, limit]).toEqual(['select', 10])
  expect(Many.payload(Many(1, 2, 3, 4, 5))).toEqual([1, 2, 3, 4, 5])
  expect(Sleep.payload(Sleep(10))).toEqual([10])
  expect(Put.payload(Put('key', 'value'))).toEqual(['key', 'value'])
})

test.each([Ask('a'), pure(1), undefined, 'Query', {}])('payload of %p is refused', x => {
  expect(() => Query.payload(x)).toThrow(/Query\.payload takes an effect Query, not /)
})

test('effectName names effects, instances of effect classes, and nothing else', () => {
  const names = [Query('a', 1), Get('n'), new Legacy(1), pure(1), {}, [], null, undefined, 'x', 1].map(effectName)
  expect(names).toEqual(['Query', 'Get', 'Legacy', ...Array.from({ length: 7 })])
})

test('effectName of what refuses to be asked is undefined', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(effectName(proxy)).toBeUndefined()
})

test('JSON shows name and payload of an effect, and a line of any other program', () => {
  expect(JSON.stringify(Query('a', 1))).toBe('{"effect":"Query","payload":["a",1]}')
  expect(JSON.stringify([Get('n')])).toBe('[{"effect":"Get","payload":["n"]}]')
  expect(JSON.stringify(pure(1))).toBe('{"program":"pure(1)"}')
  const greet = Do(function* greet(_name: string) {})
  expect(JSON.stringify(greet('Ada').with(state()))).toBe('{"program":"greet(\'Ada\').with(state)"}')
})

test('an observer reads what it sees', () => {
  const seen: unknown[] = []
  const logging: Handler = observe(x => seen.push(Query.is(x) ? Query.payload(x)[0] : effectName(x)))
  const answering = handler('db').fun(Query, text => [text])
  const program = Do(function* () {
    yield* Put('n', 1)
    return yield* Query('select', 1)
  })
  run(program().with(logging).with(answering).with(state()))
  expect(seen).toEqual(['Put', 'select'])
})
