// Law: a family of effects is answered as a whole; handlers around a resource or with a state have the type of what they install.

import {
  Ask,
  compose,
  effects,
  handler,
  op,
  pure,
  reader,
  start,
  state,
  Tell,
  Get,
  type EffectOf,
  type EffectsOf,
} from '../../index'
import type { AskEffect, Effect, GetEffect, StateEffect, TellEffect } from '../../index'
import { law, type ResultIn, type RowIn, type Same } from './law'

interface Item {
  readonly id: number
}
const Repo = effects('Repo', { find: op<[id: number], Item | null>(), save: op<[item: Item]>() })

const found = Repo.find(1)
law<Same<ResultIn<typeof found>, Item | null>>('an operation is answered with its answer')
law<Same<RowIn<typeof found>, Effect<'Repo.find', [id: number], Item | null>>>(
  'its effect is named by family and operation',
)
law<Same<EffectsOf<typeof Repo>, EffectOf<typeof Repo.find> | EffectOf<typeof Repo.save>>>('a row of the whole family')

const memory = handler('memory', Repo, { find: id => ({ id }), save: () => undefined })
const handled = found.with(memory)
law<Same<RowIn<typeof handled>, never>>('one handler takes the whole family')
const telling = handler('telling', Repo, {
  find: function* (id) {
    yield* Tell(id)
    return null
  },
  save: ({ id }) => Get<void>(id),
})
const told = found.with(telling)
law<Same<RowIn<typeof told>, TellEffect | GetEffect>>('what its clauses perform is added')
const answered = Repo.save({ id: 1 }).with(memory)
law<Same<ResultIn<typeof answered>, void>>('a clause of an operation without an answer may give anything')

// @ts-expect-error -- save is missing
handler('memory', Repo, { find: () => null })
// @ts-expect-error -- a wrong answer
handler('memory', Repo, { find: () => 'text', save: () => undefined })
// @ts-expect-error -- a wrong payload
Repo.find('1')

const opened = handler.resource(
  'opened',
  Ask<string>('url'),
  url => Tell(url),
  url => handler('memory', Repo, { find: id => ({ id: id + url.length }), save: () => undefined }),
)
const open = found.with(opened)
law<Same<RowIn<typeof open>, AskEffect | TellEffect>>('what a resource needs to be opened and closed is in the row')
law<Same<ResultIn<typeof open>, Item | null>>('the result is that of the program')

const counted = handler.local(
  () => ({ n: 0 }),
  own => handler('counted').returns((value: string) => [value, own.n] as const),
)
const count = pure('a').with(counted)
law<Same<ResultIn<typeof count>, readonly [string, number]>>('a handler with a state has the type of what it installs')

const app = start(compose(state(), reader({}), opened as never as typeof memory))
law<Same<typeof app extends { run: unknown } ? true : false, true>>('it may be one of an application')
const composed = compose(
  state(),
  handler.local(
    () => 1,
    () => handler('get').fun(Repo.find, id => Get<Item>(id).map(x => x ?? null)),
  ),
)
const got = found.with(composed)
law<Same<RowIn<typeof got>, never>>('and be composed')
declare const states: StateEffect
void states
