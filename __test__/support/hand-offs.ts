// Random programs whose tasks hand off to one another: who settles what somebody waits for, and then waits for something
// new. In between they do whatever makes it uncertain who goes on.

import fc from 'fast-check'

import {
  Ask,
  Cancel,
  CompletePromise,
  CreatePromise,
  Do,
  effect,
  FailPromise,
  Gather,
  handler,
  type Program,
  type ProgramGenerator,
  Race,
  reader,
  Resume,
  Scope,
  Spawn,
  type Task,
  Tell,
  uncancelable,
  type VmPromise,
  Wait,
  type Waitable,
  Yield,
} from '../../index'

/** One thing that a task does; `which` chooses among what there is. */
export interface Move {
  readonly do: (typeof moves)[number]
  readonly which: number
  readonly within: (typeof rooms)[number]
}

const moves = [
  'hand off',
  'settle',
  'fail',
  'wait',
  'wait too',
  'gather',
  'race',
  'cancel',
  'spawn',
  'yield',
  'call',
] as const

/** Where in the task it is done: frames, regions and clauses that the machine has not heard of, or has. */
const rooms = [
  'itself',
  'a helper',
  'nested helpers',
  'a clause before it resumes',
  'a clause after it has resumed',
  'a program that a clause answers with',
  'a shield',
  'a scope',
  'a handler',
  'a cleanup',
] as const

const move = (weight: number, ...of: Move['do'][]): fc.WeightedArbitrary<Move> => ({
  weight,
  arbitrary: fc.record({ do: fc.constantFrom(...of), which: fc.nat(5), within: fc.constantFrom(...rooms) }),
})

/** What each of several tasks does; the first one is the root task's. */
export const games: fc.Arbitrary<readonly (readonly Move[])[]> = fc.array(
  fc.array(
    fc.oneof(
      move(8, 'hand off'),
      move(2, 'settle', 'wait'),
      move(1, 'wait too', 'gather', 'race', 'spawn', 'yield', 'call'),
      move(1, 'cancel', 'fail'),
    ),
    { maxLength: 12 },
  ),
  { minLength: 2, maxLength: 4 },
)

/** What a task is in while it plays: it enters under its name, and writes down where it is. */
export interface Place {
  enter(name: string): void
  readonly here: string
}

/** What all tasks of one program share. */
interface Table {
  readonly log: string[]
  readonly place: Place
  readonly tasks: Task[]
  /** What somebody waits for, or has waited for. */
  readonly awaited: VmPromise<number>[]
}

const pick = <T>(from: readonly T[], which: number): T | undefined => from[which % Math.max(from.length, 1)]

function pending(table: Table): VmPromise<number>[] {
  return table.awaited.filter(({ future }) => future.status === 'pending')
}

/** Time enough for tasks to begin. */
const SOME = 8

const none = Do(function* () {
  yield Yield()
})

function* settle(table: Table, { do: how, which }: Move): ProgramGenerator<unknown, unknown> {
  const promise = pick(pending(table), which)
  if (promise === undefined) return 'nobody waits'
  return yield how === 'fail' ? FailPromise(promise, new RangeError(`no ${which}`)) : CompletePromise(promise, which)
}

function* waitForNew(table: Table): ProgramGenerator<unknown, unknown> {
  const promise = (yield CreatePromise<number>()) as VmPromise<number>
  table.awaited.push(promise)
  return yield Wait(promise.future)
}

/** Whoever goes on, does so under handlers of its own. */
function* handOff(table: Table, move: Move): ProgramGenerator<unknown, unknown> {
  yield* settle(table, move)
  return `${yield* waitForNew(table)} ${yield Ask('name')}`
}

const calling = Do(handOff)

function* make(table: Table, move: Move, name: string): ProgramGenerator<unknown, unknown> {
  const futures = (): Waitable[] => pending(table).map(({ future }) => future)
  switch (move.do) {
    case 'hand off':
      return yield* handOff(table, move)
    case 'settle':
    case 'fail':
      return yield* settle(table, move)
    case 'wait':
      return yield* waitForNew(table)
    case 'wait too': {
      const promise = pick(pending(table), move.which)
      return promise === undefined ? 'nothing' : yield Wait(promise.future)
    }
    case 'gather':
      return yield Gather(...futures())
    case 'race':
      return futures().length === 0
        ? 'nothing'
        : ((yield Race(...(futures() as [Waitable]))) as { value: unknown }).value
    case 'cancel': {
      const task = pick(table.tasks, move.which)
      return task === undefined ? 'nobody' : yield Cancel(task)
    }
    case 'spawn':
      table.tasks.push(
        (yield Spawn(playing(table, [{ do: 'hand off', which: move.which, within: move.within }], `${name}+`))) as Task,
      )
      return 'spawned'
    case 'yield':
      return yield Yield()
    case 'call':
      // What returns has been told of, and so have those that it returns to.
      yield calling(table, move)
      return yield* handOff(table, move)
  }
}

const making = Do(make)

const nested = Do(function* (table: Table, move: Move, name: string) {
  yield Tell(`${name} nests`)
  const answer = yield making(table, move, name)
  yield Tell(`${name} has nested`)
  return answer
})

const Before = effect('Before')<[table: Table, move: Move, name: string], unknown>()
const After = effect('After')<[table: Table, move: Move, name: string], unknown>()
const Answering = effect('Answering')<[table: Table, move: Move, name: string], unknown>()

const clauses = handler('clauses')
  .ctl(Before, function* (k, table, move, name) {
    yield Tell(`${name} takes`)
    const answer = yield making(table, move, name)
    return Resume(k, answer)
  })
  .ctl(After, function* (k, table, move, name) {
    yield Resume(k, 'resumed')
    return yield making(table, move, name)
  })
  .fun(Answering, (table, move, name) => making(table, move, name))

const performing = Do(function* (
  what: (table: Table, move: Move, name: string) => Program<unknown, unknown>,
  ...args: Parameters<typeof make>
) {
  return yield what(...args)
})

const cleaning = Do(function* (table: Table, move: Move, name: string) {
  try {
    yield Tell(`${name} has a cleanup`)
    return 'cleaned'
  } finally {
    yield making(table, move, name)
  }
})

/** Does it where the move says. */
function* makeWithin(table: Table, move: Move, name: string): ProgramGenerator<unknown, unknown> {
  switch (move.within) {
    case 'itself':
      return yield* make(table, move, name)
    case 'a helper':
      return yield making(table, move, name)
    case 'nested helpers':
      return yield nested(table, move, name)
    case 'a clause before it resumes':
      return yield performing(Before, table, move, name).with(clauses)
    case 'a clause after it has resumed':
      return yield performing(After, table, move, name).with(clauses)
    case 'a program that a clause answers with':
      return yield performing(Answering, table, move, name).with(clauses)
    case 'a shield':
      return yield uncancelable(making(table, move, name))
    case 'a scope':
      return yield Scope(making(table, move, name))
    case 'a handler':
      return yield making(table, move, name).with(reader({ name: 'inner' }))
    case 'a cleanup':
      return yield cleaning(table, move, name)
  }
}

const playing = Do(function* (table: Table, game: readonly Move[], name: string) {
  const { log, place } = table
  place.enter(name)
  try {
    for (const move of game) {
      try {
        const answer = yield* makeWithin(table, move, name)
        log.push(`${name} ${move.do} in ${move.within}: ${JSON.stringify(answer) ?? 'undefined'}${place.here}`)
      } catch (error) {
        log.push(`${name} ${move.do} in ${move.within} threw ${(error as Error).name}${place.here}`)
      }
    }
  } finally {
    log.push(`${name} ends${place.here}`)
  }
})

/** Each effect once, so that from now on the driver knows who takes it. */
const known = Do(function* () {
  const promise = (yield CreatePromise<number>()) as VmPromise<number>
  yield CompletePromise(promise, 0)
  yield Wait(promise.future)
  yield FailPromise((yield CreatePromise()) as VmPromise, new RangeError('known'))
  yield Cancel((yield Spawn(none())) as Task)
  yield Gather(promise.future)
  yield Race(promise.future)
  yield Yield()
})

/** Nothing is entered. */
const nowhere: Place = { enter: () => {}, here: '' }

/** A program that writes down in `log` what its tasks see. */
export const play = Do(function* (
  log: string[],
  [own = [], ...others]: readonly (readonly Move[])[],
  place: Place = nowhere,
) {
  yield known()
  const table: Table = { log, place, tasks: [], awaited: [] }
  for (const [i, game] of others.entries()) {
    const program = knowing(table, game, `${i}`)
    // Some in a scope of their own.
    table.tasks.push((yield Spawn(i % 2 === 0 ? program : program.with(reader({ name: `own ${i}` })))) as Task)
  }
  for (let i = 0; i < SOME; i++) yield Yield()
  yield playing(table, own, 'root')
})

const knowing = Do(function* (table: Table, game: readonly Move[], name: string) {
  yield known()
  yield playing(table, game, name)
})
