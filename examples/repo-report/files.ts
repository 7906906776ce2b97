// What the report asks of a file system: four effects, and the handler that answers them from the disk.
//
// The program never touches `node:fs`; given another handler for the same four effects (see `memory.ts`) it reports on
// another kind of tree, or on the disk without blocking (see `ahead.ts`). A failure is an answer like any other, so the program decides what it means.

import { readdirSync, readFileSync, statSync, type Dirent, type Stats } from 'node:fs'

import { effect, handler } from 'doeff-vm'

/** What a name in the tree stands for. */
export type Kind = 'file' | 'directory' | 'link' | 'special'

/** One name in a directory. */
export interface Entry {
  readonly name: string
  readonly kind: Kind
}

/** What the file system gave, or why it gave nothing. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

/** The answer of a file system that gave something. */
export function found<T>(value: T): Answer<T> {
  return { ok: true, value }
}

/** The answer of a file system that gave nothing. */
export function refused(reason: string): Answer<never> {
  return { ok: false, reason }
}

/** What a path leads to; symbolic links are followed. */
export const KindOf = effect('KindOf')<[path: string], Answer<Kind>>()

/** The names in a directory, in any order; symbolic links are not followed. */
export const ListDir = effect('ListDir')<[path: string], Answer<readonly Entry[]>>()

/** The size of a file in bytes. */
export const FileSize = effect('FileSize')<[path: string], Answer<number>>()

/** The content of a file. */
export const ReadFile = effect('ReadFile')<[path: string], Answer<Uint8Array>>()

/** Answers from the disk. */
export const onDisk = handler('disk')
  .fun(KindOf, path => attempt(() => kindOf(statSync(path))))
  .fun(ListDir, path => attempt(() => readdirSync(path, { withFileTypes: true }).map(entryOf)))
  .fun(FileSize, path => attempt(() => statSync(path).size))
  .fun(ReadFile, path => attempt(() => readFileSync(path)))

/** Any handler that answers the four effects as `onDisk` does. */
export type FileSystem = typeof onDisk

/** One name in a directory, as Node has it. */
export function entryOf(entry: Dirent): Entry {
  return { name: entry.name, kind: kindOf(entry) }
}

/** What Node says that a name stands for. */
export function kindOf(entry: Dirent | Stats): Kind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'link' : 'special'
}

function attempt<T>(ask: () => T): Answer<T> {
  try {
    return found(ask())
  } catch (error) {
    return refused(reasonOf(error))
  }
}

/** "ENOENT: no such file or directory, stat '…'" without the call and the path, which the reader knows. */
export function reasonOf(error: unknown): string {
  const message = String((error as { message?: unknown }).message)
  return /^E[A-Z]+: [^,]+/.exec(message)?.[0] ?? message
}
