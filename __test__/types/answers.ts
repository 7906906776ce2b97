// Law: `yield*` answers what the effect, the program or the primitive gives; a plain `yield` answers `unknown`.

import {
  Ask,
  Do,
  effect,
  Get,
  handler,
  Listen,
  Modify,
  pure,
  Put,
  run,
  Tell,
  traverse,
  Try,
  WithHandler,
} from '../../index'
import type { Program, Result } from '../../index'
import { law, type ResultIn, type Same } from './law'

const ReadFile = effect('ReadFile')<[path: string], string>()
const Size = effect('Size')<[path: string], number>()
const Fail = effect('Fail')<[message: string], never>()
const Beep = effect('Beep')()

Do(function* () {
  const text = yield* ReadFile('a')
  law<Same<typeof text, string>>('the answer of an effect is the one it was declared with')

  const size = yield* Size('a')
  law<Same<typeof size, number>>('effects beside each other keep their own answers')

  const beeped = yield* Beep()
  law<Same<typeof beeped, void>>('an effect declared without an answer answers nothing')

  const name = yield* Get<string>('name')
  law<Same<typeof name, string | undefined>>('Get<V> answers V, or undefined for a missing key')
  law<Same<ResultIn<ReturnType<typeof untypedGet>>, unknown>>('Get without a type argument answers unknown')

  const old = yield* Modify<number>('n', n => (n ?? 0) + 1)
  law<Same<typeof old, number | undefined>>('Modify<V> answers the old V, or undefined')

  const put = yield* Put('n', 1)
  law<Same<typeof put, void>>('Put answers nothing')

  const port = yield* Ask<number>('port')
  law<Same<typeof port, number>>('Ask<V> answers V: a missing key throws')

  const told = yield* Tell('x')
  law<Same<typeof told, void>>('Tell answers nothing')

  const tried = yield* Try(Size('a'))
  law<Same<typeof tried, Result<number>>>('Try answers how its program ended')

  const heard = yield* Listen(Size('a'))
  law<Same<typeof heard, [result: number, messages: unknown[]]>>('Listen answers the result with the messages')

  const sub = yield* program()
  law<Same<typeof sub, boolean>>('a sub-program answers its result')

  const sizes = yield* traverse(['a', 'b'], Size)
  law<Same<typeof sizes, number[]>>('traverse answers the results in a list')

  const handled = yield* WithHandler(handler('sizes').val(Size, 1), Size('a'))
  law<Same<typeof handled, number>>('WithHandler answers the result of its body')

  if (size > 3) yield* Fail('too big')
})

const program = Do(function* () {
  return yield* pure(true)
})

const untypedGet = () => Get('n')

Do(function* () {
  // @ts-expect-error -- a plain yield answers unknown, whatever it is assigned to
  const n: string = yield Get('n')
  return n
})

// @ts-expect-error -- so it does in a generator function given to run
run(function* () {
  const n: string = yield pure('n')
  return n
})

handler('h')
  .ctl(Beep, function* () {
    // @ts-expect-error -- and in a ctl clause
    const n: string = yield pure('n')
    return n
  })
  .raw(Size, function* () {
    // @ts-expect-error -- and in a raw clause
    const n: string = yield pure('n')
    return n
  })
  .final(Fail, function* () {
    // @ts-expect-error -- and in a final clause
    const n: string = yield pure('n')
    return n
  })
  .returns(function* () {
    // @ts-expect-error -- and in a return clause
    const n: string = yield pure('n')
    return n
  })

WithHandler(handler('h'), function* () {
  // @ts-expect-error -- and in the body of WithHandler
  const n: string = yield pure('n')
  return n
})

Do(function* () {
  const n = yield pure('n')
  law<Same<typeof n, unknown>>('a plain yield answers unknown')
  const s = (yield pure('n')) as string
  law<Same<typeof s, string>>('a cast says what a plain yield answers')
})

Do(function* () {
  // @ts-expect-error -- the answer is a string
  const wrong: number = yield* ReadFile('a')
  return wrong
})

// @ts-expect-error -- the payload is a string
ReadFile(1)
// @ts-expect-error -- the payload is missing
ReadFile()
// @ts-expect-error -- there is one payload value too many
ReadFile('a', 'b')

declare const someProgram: Program<number>
Do(function* () {
  // @ts-expect-error -- the program's result is a number
  const wrong: string = yield* someProgram
  return wrong
})
