// `watch`: what is told of runs, tasks and effects, in which order, and what bad listeners cannot do.

import { channel } from 'node:diagnostics_channel'
import { Worker } from 'node:worker_threads'

import {
  Acquire,
  All,
  Ask,
  Await,
  Cancel,
  CompletePromise,
  CreatePromise,
  CreateSemaphore,
  Do,
  effect,
  effectTrace,
  Gather,
  Get,
  handler,
  pure,
  reader,
  Release,
  run,
  runAsync,
  scheduled,
  simulatedClock,
  Sleep,
  Spawn,
  state,
  Try,
  tryHandler,
  Wait,
  Yield,
} from '../../index'
import { watch, type EffectEvent, type TaskEvent, type WatchEvent, type WatchOptions } from '../../events'
import { warningsDuring } from '../support/tasks'

const shown = (x: unknown) => (x === undefined ? '' : ` ${String(x)}`)

/** An event in one short line. */
function line(event: WatchEvent): string {
  if ('effect' in event) return `${event.type} ${event.name}${event.how === undefined ? '' : ` ${event.how}`}`
  if (!('task' in event)) return `${event.type}${shown(event.how)}`
  const by = event.by === undefined ? '' : ` by ${event.by.name}`
  return `${event.type.slice(5)} ${event.task.name}${by}${shown(event.on)}${shown(event.how)}`
}

/** The events while `action` runs, as lines. */
function linesOf(action: () => unknown, options?: WatchOptions): string[] {
  return eventsOf(action, options).map(line)
}

function eventsOf(action: () => unknown, options?: WatchOptions): WatchEvent[] {
  const events: WatchEvent[] = []
  const stop = watch(event => void events.push(event), options)
  try {
    action()
  } finally {
    stop()
  }
  return events
}

const child = Do(function* child() {
  yield* Yield()
  return 1
})

describe('tasks', () => {
  test('a task is spawned, starts, waits, goes on and ends; its parent is woken by its end', () => {
    const main = Do(function* () {
      return yield* Wait(yield* Spawn(child()))
    })
    expect(linesOf(() => run(main().with(scheduled())))).toEqual([
      'run-begin',
      'start root',
      'spawn child by root',
      'wait root Wait(Task(child #1, done))',
      'start child',
      'end child returned',
      'wake root by child Task(child #1)',
      'resume root',
      'end root returned',
      'run-end returned',
    ])
  })

  test('a promise tells which task settled it', () => {
    const main = Do(function* () {
      const promise = yield* CreatePromise()
      const task = yield* Spawn(
        Wait(promise.future).map(() => undefined),
        { name: 'waiter' },
      )
      yield* Yield()
      yield* CompletePromise(promise, 1)
      yield* Wait(task)
    })
    const lines = linesOf(() => run(main().with(scheduled())))
    expect(lines).toContain('wait waiter Wait(Promise(#1, done))')
    expect(lines).toContain('wake waiter by root Promise(#1)')
  })

  test('gathering, semaphores, sleeping and cancelling are told', () => {
    const main = Do(function* () {
      const one = yield* CreateSemaphore(1)
      yield* Acquire(one)
      const a = yield* Spawn(Acquire(one), { name: 'a' })
      const b = yield* Spawn(Sleep(10), { name: 'b' })
      const c = yield* Spawn(Sleep(1000), { name: 'c' })
      yield* Yield()
      yield* Release(one)
      yield* Cancel(c)
      yield* Gather(a, b)
    })
    const lines = linesOf(() => run(main().with(simulatedClock()).with(scheduled())))
    expect(lines.filter(each => / [abc]\b/.test(each) && !each.includes('root'))).toEqual([
      'start a',
      expect.stringMatching(/^wait a Acquire\(Semaphore\(#1/),
      'start b',
      expect.stringMatching(/^wait b /),
      'start c',
      expect.stringMatching(/^wait c /),
      'resume a',
      'end a returned',
      'resume c',
      'end c cancelled',
      'wake b ExternalPromise(#1)',
      'resume b',
      'end b returned',
    ])
  })

  test('children of a form are told when they become tasks', () => {
    const lines = linesOf(() => run(All([child(), pure(1)]).with(scheduled())))
    expect(lines.filter(each => each.includes('child'))).toEqual([
      'spawn child by root',
      'start child',
      'wait root Task(child #1)',
      expect.stringMatching(/^wait child Yield/),
      'wait root its children',
      'resume child',
      'end child returned',
    ])
  })

  test('a scheduler inside has a root task of its own', () => {
    const inner = Do(function* () {
      return yield* Wait(yield* Spawn(pure(1)))
    })
    const main = Do(function* () {
      const before = yield* inner().with(scheduled())
      return before + (yield* Wait(yield* Spawn(pure(1))))
    })
    const events = eventsOf(() => run(main().with(scheduled()))) as TaskEvent[]
    const ids = events
      .filter(({ type }) => /^task-(start|end)/.test(type))
      .map(({ type, task }) => `${type} ${task.id}`)
    expect(ids).toEqual([
      'task-start 0',
      'task-start 1',
      'task-start 2',
      'task-end 2',
      'task-end 1',
      'task-start 3',
      'task-end 3',
      'task-end 0',
    ])
  })

  test('every wait is followed by a resume or an end, starts and ends are in pairs, in asynchronous runs too', async () => {
    const worker = Do(function* worker(n: number) {
      for (let at = 0; at < 3; at++) {
        if (n % 2 === 0) yield* Await(Promise.resolve())
        else yield* Yield()
        if (n % 3 === 0) yield* Sleep(1)
        else yield* Get('n')
      }
      return n
    })
    const main = Do(function* () {
      const tasks = []
      for (let n = 0; n < 20; n++) tasks.push(yield* Spawn(worker(n)))
      return yield* Gather(tasks)
    })
    const events: WatchEvent[] = []
    const stop = watch(event => void events.push(event))
    await runAsync(
      main()
        .with(scheduled())
        .with(state({ n: 1 })),
    )
    stop()
    const states = new Map<number, string>()
    for (const event of events.filter((each): each is TaskEvent => 'task' in each && !('effect' in each))) {
      const { type, task } = event
      const before = states.get(task.id) ?? (task.id === 0 ? 'spawn' : '')
      const after = type.slice(5)
      const allowed: Record<string, string[]> = {
        spawn: [''],
        start: ['spawn'],
        wait: ['start', 'resume'],
        wake: ['wait'],
        resume: ['wait', 'wake'],
        end: ['start', 'resume', 'spawn'],
      }
      expect({ task: task.name, after, before: allowed[after]?.includes(before) === true || before }).toEqual({
        task: task.name,
        after,
        before: true,
      })
      states.set(task.id, after)
    }
    expect([...states.values()].every(each => each === 'end')).toBe(true)
    expect(states.size).toBe(21)
    const times = events.map(({ time }) => time)
    expect(times.every(time => time > 0)).toBe(true)
  })

  test('a failed run tells its error', () => {
    const error = new Error('no')
    const failing = Do(function* failing() {
      throw error
    })
    const events = eventsOf(() => expect(() => run(failing(), { name: 'bad' })).toThrow(error))
    expect(events).toMatchObject([
      { type: 'run-begin', run: { name: 'bad' } },
      { type: 'run-end', how: 'threw', error, run: { name: 'bad' } },
    ])
  })
})

const Query = effect('Query')<[text: string], string>()
const database = handler('database').fun(Query, text => {
  if (text === 'bad') throw new Error('syntax')
  return text.toUpperCase()
})

describe('effects', () => {
  const asking = Do(function* asking() {
    const n = yield* Get<number>('n')
    const text = yield* Query('select')
    return `${text}${n}`
  })
  const whole = asking()
    .with(database)
    .with(state({ n: 1 }))

  test('those chosen are told, with answer and time; others are not', () => {
    const events = eventsOf(() => expect(run(whole)).toBe('SELECT1'), { level: 'effects', effects: [Query] })
    expect(events.map(line)).toEqual([
      'run-begin',
      'effect-perform Query',
      'effect-answer Query returned',
      'run-end returned',
    ])
    const answer = events[2] as EffectEvent
    expect(Query.payload(answer.effect)).toEqual(['select'])
    expect([answer.value, answer.ms >= 0]).toEqual(['SELECT', true])
  })

  test('without a list all are', () => {
    const names = eventsOf(() => run(whole), { level: 'effects' }).map(each => ('name' in each ? each.name : ''))
    expect(names).toEqual(['', 'Get', 'Get', 'Query', 'Query', ''])
  })

  test('the task that performs is told, and what an effect threw', () => {
    const main = Do(function* () {
      const result = yield* Try(Query('bad'))
      yield* Wait(yield* Spawn(Query('good'), { name: 'querying' }))
      return result.ok
    })
    const program = main().with(database).with(tryHandler).with(scheduled())
    const events = eventsOf(() => expect(run(program)).toBe(false), { level: 'effects', effects: [Query] })
    const told = events.filter((each): each is EffectEvent => 'effect' in each)
    expect(told.map(({ type, task, how }) => [type, task?.name, how])).toEqual([
      ['effect-perform', 'root', undefined],
      ['effect-answer', 'root', 'threw'],
      ['effect-perform', 'querying', undefined],
      ['effect-answer', 'querying', 'returned'],
    ])
    expect(String(told[1]?.value)).toBe('Error: syntax')
  })

  test('an effect whose clause leaves is dropped', () => {
    const Stop = effect('Stop')<[], never>()
    const stopping = handler('stopping').final(Stop, () => 'stopped')
    const lines = linesOf(() => expect(run(Stop().with(stopping))).toBe('stopped'), {
      level: 'effects',
      effects: [Stop],
    })
    expect(lines).toContain('effect-answer Stop dropped')
  })

  test('a chosen effect leaves no frame of ours in the trace of an error', () => {
    const failing = Do(function* failing() {
      yield* Query('bad')
    })
    let thrown: unknown
    eventsOf(
      () => {
        try {
          run(failing().with(database))
        } catch (error) {
          thrown = error
        }
      },
      { level: 'effects' },
    )
    expect(effectTrace(thrown).map(({ name }) => name)).toEqual(['Query in database', 'failing', 'database'])
  })

  test('instances of effect classes are told as they are', () => {
    class Legacy {}
    const legacy = handler('legacy')
      .on(Legacy)
      .fun(() => 1)
    const program = Do(function* () {
      return (yield new Legacy()) as number
    })
    const events = eventsOf(() => run(program().with(legacy) as never), { level: 'effects', effects: [Legacy] })
    expect((events[1] as EffectEvent).effect).toBeInstanceOf(Legacy)
  })
})

describe('bad listeners', () => {
  test('one that throws is reported once, and the run goes on', async () => {
    let calls = 0
    const warnings = await warningsDuring(() => {
      const stop = watch(() => {
        calls++
        throw new Error('listener')
      })
      expect(run(Spawn(pure(1)).flatMap(Wait).with(scheduled()))).toBe(1)
      stop()
    })
    expect(warnings.map(({ code }) => code)).toEqual(['DOEFF_LISTENER_FAILED'])
    expect(calls).toBeGreaterThan(5)
  })

  test('one that runs programs itself, with tasks, disturbs nothing', () => {
    let depth = 0
    const seen: unknown[] = []
    const inner = Do(function* () {
      const tasks = [yield* Spawn(child()), yield* Spawn(child())]
      return (yield* Gather(tasks)).length
    })
    const stop = watch(() => {
      if (depth > 0) return
      depth++
      seen.push(run(inner().with(scheduled())))
      depth--
    })
    const outer = Do(function* () {
      const promise = yield* CreatePromise<number>()
      const tasks = [yield* Spawn(child()), yield* Spawn(Wait(promise.future)), yield* Spawn(Ask<number>('n'))]
      yield* Yield()
      yield* CompletePromise(promise, 5)
      const all = yield* All([child(), child()])
      return [...(yield* Gather(tasks)), ...all]
    })
    try {
      for (let again = 0; again < 3; again++) {
        expect(
          run(
            outer()
              .with(reader({ n: 7 }))
              .with(scheduled()),
          ),
        ).toEqual([1, 5, 7, 1, 1])
      }
    } finally {
      stop()
    }
    expect(new Set(seen)).toEqual(new Set([2]))
    expect(seen.length).toBeGreaterThan(50)
  })

  test('one that is removed while events are told hears no more of them; the other one hears all', () => {
    const first: string[] = []
    const second: string[] = []
    const stopFirst = watch(event => {
      first.push(event.type)
      stopSecond()
    })
    const stopSecond = watch(event => void second.push(event.type))
    const third: string[] = []
    const stopThird = watch(event => void third.push(event.type))
    run(child().with(scheduled()))
    stopFirst()
    stopThird()
    expect(second).toEqual([])
    expect(first).toEqual(third)
  })

  test('two are told the same objects', () => {
    const second: WatchEvent[] = []
    const stop = watch(event => void second.push(event), { level: 'effects', effects: [Query] })
    const first = eventsOf(() => run(child().with(scheduled())))
    stop()
    expect(first.length).toBe(second.length)
    expect(first.every((event, at) => event === second[at])).toBe(true)
  })

  test('a run that had begun before tells nothing', () => {
    const seen: string[] = []
    const main = Do(function* () {
      const stop = watch(event => void seen.push(event.type))
      yield* Wait(yield* Spawn(child()))
      stop()
    })
    run(main().with(scheduled()))
    expect(seen).toEqual([])
  })

  test.each([
    [[undefined], 'watch takes a function, not undefined'],
    [[() => {}, { level: 'all' }], "watch: level is 'tasks' or 'effects', not 'all'"],
    [[() => {}, { level: 'effects', effects: [1] }], 'watch: effects has 1, which is no effect or class of yours'],
    [[() => {}, { effects: [Query] }], "watch: effects are told at level: 'effects' only"],
    [[() => {}, null], 'watch: the options are an object, not null'],
  ])('watch(...%p) is refused', (args, message) => {
    expect(() => watch(...(args as [never]))).toThrow(message)
  })
})

describe('diagnostics channels', () => {
  test('the same objects are published, without a watcher', () => {
    const seen: Record<string, unknown[]> = { 'doeff:run': [], 'doeff:task': [], 'doeff:effect': [] }
    const listeners = Object.keys(seen).map(name => {
      const listener = (event: unknown) => void seen[name]?.push(event)
      channel(name).subscribe(listener)
      return () => channel(name).unsubscribe(listener)
    })
    const events: WatchEvent[] = []
    const stop = watch(event => void events.push(event), { level: 'effects' })
    try {
      run(Query('x').with(database).with(scheduled()))
    } finally {
      stop()
      for (const unsubscribe of listeners) unsubscribe()
    }
    expect(seen['doeff:run']).toEqual(events.filter(({ type }) => type.startsWith('run')))
    expect(seen['doeff:task']?.length).toBe(2)
    expect((seen['doeff:effect'] as EffectEvent[]).map(({ type }) => type)).toEqual(['effect-perform', 'effect-answer'])
    expect(events.find(({ type }) => type === 'effect-answer')).toBe(seen['doeff:effect']?.[1])
  })
})

test('a watcher in a worker is told of the runs of that worker only', async () => {
  const here: string[] = []
  const stop = watch(event => void here.push(event.type))
  const code = `
    const { parentPort } = require('node:worker_threads')
    const { run, pure } = require(${JSON.stringify(`${__dirname}/../../dist/index.js`)})
    const { watch } = require(${JSON.stringify(`${__dirname}/../../dist/events.js`)})
    const seen = []
    watch(event => seen.push(event.type))
    run(pure(1))
    parentPort.postMessage(seen)`
  const worker = new Worker(code, { eval: true })
  const there = await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  stop()
  expect(there).toEqual(['run-begin', 'run-end'])
  expect(here).toEqual([])
})
