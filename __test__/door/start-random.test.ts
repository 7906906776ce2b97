// Random requests to one application, ended at random moments: each settles once, as it is due, and nothing is left.

import fc from 'fast-check'

import { Await, CreateSemaphore, Do, Sleep, start, state, withPermit, Yield, Modify } from '../../index'
import { NOTHING } from '../support/leaks'

type Step = 'yield' | 'await' | 'permit' | 'modify' | 'sleep'

interface Plan {
  readonly steps: readonly Step[]
  /** After how many turns of the event loop it is aborted, if it is. */
  readonly abortedAfter: number | undefined
  readonly fails: boolean
}

const plan: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(fc.constantFrom<Step>('yield', 'await', 'permit', 'modify', 'sleep'), { maxLength: 5 }),
  abortedAfter: fc.option(fc.nat(4), { nil: undefined }),
  fails: fc.boolean(),
})

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

async function turns(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await turn()
}

test('every request settles once, as it is due, whatever ends it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(plan, { maxLength: 12 }),
      fc.option(fc.nat(6), { nil: undefined }),
      async (plans, close) => {
        const app = start(state())
        const one = await app.run(CreateSemaphore(1))
        let inside = 0
        let most = 0
        let begun = 0
        let unwound = 0
        const critical = Do(function* () {
          most = Math.max(most, ++inside)
          try {
            yield* Await(turn())
          } finally {
            inside--
          }
        })
        const work = Do(function* ({ steps, fails }: Plan, number: number) {
          begun++
          try {
            for (const step of steps) {
              if (step === 'yield') yield* Yield()
              else if (step === 'await') yield* Await(turn())
              else if (step === 'sleep') yield* Sleep(0)
              else if (step === 'permit') yield* withPermit(one, critical())
              else yield* Modify<number>('n', n => (n ?? 0) + 1)
            }
            if (fails) throw number
            return number
          } finally {
            unwound++
          }
        })
        const runs = plans.map((each, number) => {
          const controller = new AbortController()
          if (each.abortedAfter !== undefined)
            void turns(each.abortedAfter).then(() => controller.abort(`abort ${number}`))
          return app.run(work(each, number), { signal: controller.signal })
        })
        const closed = close === undefined ? undefined : turns(close).then(() => app.close())
        const outcomes = await Promise.allSettled(runs)
        outcomes.forEach((outcome, number) => {
          const { fails, abortedAfter } = plans[number] as Plan
          const reason =
            outcome.status === 'rejected' ? (outcome.reason as { code?: string } | number | string) : undefined
          if (outcome.status === 'fulfilled') expect([outcome.value, fails]).toEqual([number, false])
          else if (typeof reason === 'number') expect([reason, fails]).toEqual([number, true])
          else if (typeof reason === 'string')
            expect([reason, abortedAfter === undefined]).toEqual([`abort ${number}`, false])
          else expect([reason?.code, close === undefined]).toEqual(['ERR_APPLICATION_CLOSED', false])
        })
        expect([inside, begun - unwound, most > 1]).toEqual([0, 0, false])
        await closed
        await app.close()
        expect(app.stats()).toEqual({ ...NOTHING, effects: expect.any(Number) })
      },
    ),
    { numRuns: 200 },
  )
})
