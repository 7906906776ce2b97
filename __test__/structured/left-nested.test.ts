// A clause outside of the scheduler that does not resume gives up everything inside, however deep the forms are nested: each task
// is unwound, and none of them hears first that a child of its was cancelled.

import {
  All,
  Any,
  Do,
  effect,
  handler,
  type Program,
  pure,
  run,
  scheduled,
  Scope,
  Spawn,
  Timeout,
  Wait,
} from '../../index'

const Leave = effect('Leave')<[], number>()
const leaving = handler('leaving').ctl(Leave, function* () {
  return 'left'
})

const forms: Record<string, (body: Program<unknown, unknown>) => Program<unknown, unknown>> = {
  All: body => All([pure(0), body, pure(1)]),
  Any: body => Any([body, pure(1)]),
  Scope: body => Scope(body),
  Timeout: body => Timeout(1000, body),
}

describe.each(Object.keys(forms))('%s', outer => {
  test.each(Object.keys(forms).flatMap(inner => [1, 2, 3, 4].map(depth => [inner, depth] as const)))(
    'around %s, %d deep, is left without a word',
    (inner, depth) => {
      const heard: string[] = []
      let body = Do(function* () {
        return yield Leave()
      })() as Program<unknown, unknown>
      for (let i = 0; i < depth; i++) body = (forms[inner] as (typeof forms)[string])(body)
      const guarded = Do(function* () {
        try {
          return yield (forms[outer] as (typeof forms)[string])(body)
        } catch (error) {
          heard.push((error as Error).name)
          return 'caught'
        } finally {
          heard.push('unwound')
        }
      })
      const main = Do(function* () {
        return yield* Wait(yield* Spawn(guarded()))
      })
      const value = run(main().with(scheduled()).with(leaving) as Program<unknown>)
      expect([value, ...heard]).toEqual(['left', 'unwound'])
    },
  )
})
