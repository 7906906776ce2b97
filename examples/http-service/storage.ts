// Storage in a file: the items are in memory, and the whole of them in a JSON file that survives a restart.
//
// A change is answered when it is in the file. One write at a time: a semaphore keeps writes apart, and whoever gets its
// permit writes for everybody who has changed something by then, so a hundred requests at once cost a few writes.

import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

import { Acquire, Await, CreateSemaphore, Do, handler, Release, type Semaphore } from 'doeff-vm'

import { AddItem, FindItem, ListItems, RemoveItem, type Item } from './items'

/** The items and their file. */
class Store {
  readonly items = new Map<number, Item>()
  nextId = 1
  /** Counts the changes, and how many of them the file has. */
  changes = 0
  saved = 0

  constructor(
    readonly file: string,
    /** Its one permit is the right to write the file. */
    readonly writing: Semaphore,
  ) {}

  toText(): string {
    return JSON.stringify({ nextId: this.nextId, items: [...this.items.values()] })
  }
}

/** Keeps the items in a file. However the program ends, the file is complete afterwards. */
export function keptInFile(file: string) {
  return handler.resource('storage', openStore(file), save, keptIn)
}

/** Opens the store in a file, which need not exist. */
const openStore = Do(function* openStore(file: string) {
  const store = new Store(file, yield* CreateSemaphore(1))
  const text = yield* Await(signal => readIfThere(file, signal))
  if (text === undefined) return store
  const { nextId, items } = JSON.parse(text) as { nextId: number; items: Item[] }
  store.nextId = nextId
  for (const item of items) store.items.set(item.id, item)
  return store
})

/** Waits until every change made so far is in the file. */
const save = Do(function* save(store: Store) {
  const wanted = store.changes
  yield* Acquire(store.writing)
  try {
    // Whoever had the permit before may have written our change too.
    if (store.saved >= wanted) return
    const { changes } = store
    yield* finishing(replaceFile(store.file, store.toText()))
    store.saved = changes
  } finally {
    yield* Release(store.writing)
  }
})

/** Answers the effects of items from a store. */
function keptIn(store: Store) {
  return handler('items')
    .fun(ListItems, () => [...store.items.values()])
    .fun(FindItem, id => store.items.get(id))
    .fun(AddItem, name => add(store, name))
    .fun(RemoveItem, id => remove(store, id))
}

// Between two waits a task is alone, so a change and its count need no lock.

const add = Do(function* add(store: Store, name: string) {
  const item: Item = { id: store.nextId++, name }
  yield* change(
    store,
    () => store.items.set(item.id, item),
    () => store.items.delete(item.id),
  )
  return item
})

const remove = Do(function* remove(store: Store, id: number) {
  const item = store.items.get(id)
  if (item === undefined) return false
  yield* change(
    store,
    () => store.items.delete(id),
    () => store.items.set(id, item),
  )
  return true
})

/** A change that cannot be saved is taken back. One whose client has gone stays: it may be in the file already. */
const change = Do(function* change(store: Store, make: () => unknown, takeBack: () => unknown) {
  make()
  store.changes++
  try {
    yield* save(store)
  } catch (error) {
    takeBack()
    store.changes++
    throw error
  }
})

/** Waits for what was started even if the task is cancelled meanwhile: the permit must not go to the next writer before. */
const finishing = Do(function* finishing(started: Promise<void>) {
  let settled = false
  try {
    yield* Await(started.finally(() => (settled = true)))
  } finally {
    if (!settled) yield* Await(Promise.allSettled([started]))
  }
})

/** The file has the old content or the new one, whatever happens. */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`
  try {
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Until the folder is on the disk as well, a crash may undo the renaming. Windows has no such thing, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function readIfThere(file: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await readFile(file, { encoding: 'utf8', signal })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
