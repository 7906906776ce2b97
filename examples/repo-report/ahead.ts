// The disk once more, without blocking and with the next files read ahead: the same four effects, answered by tasks.
//
// The walk does not change. It asks for one path after the other, so its report is the same, to the letter. But as soon
// as it has asked for a directory, tasks begin to read the files in it; when it asks for one of them, the content is
// often there. A semaphore says how many files are under way or lie ready, which bounds open files and memory alike.
//
// It pays where each answer takes its time: a cold disk, a network. From a warm cache, reading one by one is faster.

import { readdir, readFile, stat } from 'node:fs/promises'

import {
  Acquire,
  Await,
  Cancel,
  CompletePromise,
  CreatePromise,
  CreateSemaphore,
  Do,
  handler,
  Release,
  Spawn,
  Wait,
  type Semaphore,
  type Task,
  type VmPromise,
} from 'doeff-vm'

import { entryOf, FileSize, found, KindOf, kindOf, ListDir, ReadFile, reasonOf, refused } from './files'
import type { Answer, Entry } from './files'
import type { Options } from './options'
import { byName, pathOf } from './walk'

/** What is known of a file. The content is missing when it is too large to be read. */
interface Whole {
  readonly size: Answer<number>
  readonly content?: Answer<Uint8Array>
}

/** A file on its way from the disk to the walk. */
interface Coming {
  readonly path: string
  readonly ready: VmPromise<Whole>
  /** Settled when the walk has it. */
  readonly taken: VmPromise<void>
  /** Its task has a permit. */
  begun: boolean
  task?: Task
}

/** The files that are read before the walk asks for them. */
interface Ahead {
  readonly permits: Semaphore
  readonly maxBytes: number
  readonly coming: Map<string, Coming>
  /** What the walk has asked the size of; the content is what it asks for next. */
  current: { readonly path: string; readonly whole: Whole } | undefined
}

/** A handler that answers from the disk and reads ahead. Its tasks need a scheduler. */
export const readingAhead = Do(function* readingAhead({ ahead: files, maxBytes }: Options) {
  const ahead: Ahead = { permits: yield* CreateSemaphore(files), maxBytes, coming: new Map(), current: undefined }
  return handler('disk, read ahead')
    .fun(KindOf, path => Await(() => attempt(async () => kindOf(await stat(path)))))
    .fun(ListDir, path => list(ahead, path))
    .fun(FileSize, path => sizeOf(ahead, path))
    .fun(ReadFile, path => contentOf(ahead, path))
})

const list = Do(function* list(ahead: Ahead, path: string) {
  const entries = yield* Await(() => attempt(() => entriesIn(path)))
  if (!entries.ok) return entries
  for (const { name, kind } of entries.value) {
    if (kind === 'file') yield* startReading(ahead, pathOf(path, name))
  }
  return entries
})

const startReading = Do(function* startReading(ahead: Ahead, path: string) {
  const ready = yield* CreatePromise<Whole>()
  const taken = yield* CreatePromise<void>()
  const file: Coming = { path, ready, taken, begun: false }
  // A daemon: nobody minds when the walk ends before it asks for this file.
  file.task = yield* Spawn(bring(ahead, file), { name: path, daemon: true })
  ahead.coming.set(path, file)
})

/** The task of one file. It keeps its permit until the walk has the content. */
const bring = Do(function* bring({ permits, maxBytes }: Ahead, file: Coming) {
  yield* Acquire(permits)
  try {
    file.begun = true
    yield* CompletePromise(file.ready, yield* Await(() => readWhole(file.path, maxBytes)))
    yield* Wait(file.taken.future)
  } finally {
    yield* Release(permits)
  }
})

const sizeOf = Do(function* sizeOf(ahead: Ahead, path: string) {
  const whole = yield* take(ahead, path)
  ahead.current = { path, whole }
  return whole.size
})

const contentOf = Do(function* contentOf(ahead: Ahead, path: string) {
  const { current } = ahead
  ahead.current = undefined
  if (current?.path === path && current.whole.content !== undefined) return current.whole.content
  return yield* Await(() => attempt(() => readFile(path)))
})

const take = Do(function* take({ coming, maxBytes }: Ahead, path: string) {
  const file = coming.get(path)
  coming.delete(path)
  if (file?.begun === true) {
    const whole = yield* Wait(file.ready.future)
    yield* CompletePromise(file.taken, undefined)
    return whole
  }
  // What is needed now does not queue up behind what is needed later: those could wait for us in turn.
  if (file?.task !== undefined) yield* Cancel(file.task)
  return yield* Await(() => readWhole(path, maxBytes))
})

async function entriesIn(path: string): Promise<Entry[]> {
  const entries = (await readdir(path, { withFileTypes: true })).map(entryOf)
  entries.sort(byName)
  return entries
}

async function readWhole(path: string, maxBytes: number): Promise<Whole> {
  const size = await attempt(async () => (await stat(path)).size)
  if (!size.ok || size.value > maxBytes) return { size }
  return { size, content: await attempt(() => readFile(path)) }
}

async function attempt<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return found(await ask())
  } catch (error) {
    return refused(reasonOf(error))
  }
}
