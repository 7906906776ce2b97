// Programs that structured forms are tried on: they note what becomes of them in `log`, which is empty before each test.

import { CreatePromise, Do, type Program, scheduled, simulatedClock, Wait, Yield } from '../../index'
import { run } from './leaks'

export const log: string[] = []
beforeEach(() => log.splice(0))

/** Ends with its name after so many turns; notes how it ends. */
export const worker = Do(function* (name: string, turns: number) {
  try {
    for (let i = 0; i < turns; i++) yield* Yield()
    log.push(`${name} done`)
    return name
  } finally {
    log.push(`${name} over`)
  }
})
export const failing = Do(function* (name: string, turns: number) {
  for (let i = 0; i < turns; i++) yield* Yield()
  throw new Error(name)
})
export const forever = Do(function* (name: string) {
  try {
    yield* Wait((yield* CreatePromise()).future)
  } finally {
    log.push(`${name} unwound`)
  }
})
/** A worker whose cleanup takes turns as well. */
export const slowlyUnwinding = Do(function* (name: string) {
  try {
    yield* Wait((yield* CreatePromise()).future)
  } finally {
    yield* Yield()
    yield* Yield()
    log.push(`${name} unwound`)
  }
})
export const timed = <A>(program: Program<A, unknown>) =>
  run(program.with(simulatedClock()).with(scheduled()) as never) as A
