// A clause may answer with literals where the effect's answer is made of literals; tags of objects need `as const`.

import { Do, effect, handler, reader, run, state } from 'doeff-vm'

const Level = effect('Level')<[name: string], 'low' | 'high'>()
const Lookup = effect('Lookup')<[key: string], { ok: true; value: number } | { ok: false; reason: string }>()
const Words = effect('Words')<[text: string], string[]>()

handler('plain').fun(Level, () => 'low')
handler('chosen').fun(Level, name => (name === '' ? 'low' : 'high'))
handler('tagged').fun(Lookup, () => ({ ok: true, value: 1 }) as const)
handler('either').fun(Lookup, key =>
  key === '' ? ({ ok: false, reason: 'empty' } as const) : ({ ok: true, value: 1 } as const),
)
handler('lists').fun(Words, text => (text === '' ? [] : [text]))

// @ts-expect-error: not one of the literals
handler('wrong').fun(Level, () => 'medium')
// @ts-expect-error: the tag does not go with the rest
handler('mixed').fun(Lookup, () => ({ ok: false, value: 1 }))

interface Settings {
  port: number
}
const settings: Settings = { port: 80 }
run(
  Do(function* () {
    return 1
  })()
    .with(reader(settings))
    .with(state(settings)),
)
