// The same four effects, answered from an object in memory: what tests report on, and the proof that the report does
// not know where its files are.

import { handler } from 'doeff-vm'

import { FileSize, found, KindOf, ListDir, ReadFile, refused } from './files'
import type { Answer, Entry, FileSystem, Kind } from './files'

/** A directory: its names and what they stand for. */
export interface Tree {
  readonly [name: string]: Node
}

/** A file is its text or its bytes. */
export type Node = string | Uint8Array | Tree | Locked | Odd

/** A file or directory that refuses to be read. */
export class Locked {
  constructor(readonly kind: 'file' | 'directory') {}
}

/** Neither file nor directory. */
export class Odd {
  constructor(readonly kind: 'link' | 'special') {}
}

/** Answers from `root`, which is the path `.`. */
export function inMemory(root: Node): FileSystem {
  return handler('memory')
    .fun(KindOf, path => find(root, path, node => found(kindOf(node))))
    .fun(ListDir, path => find(root, path, list))
    .fun(FileSize, path => find(root, path, node => found(bytesOf(node)?.length ?? 0)))
    .fun(ReadFile, path => find(root, path, read))
}

function list(node: Node): Answer<readonly Entry[]> {
  if (node instanceof Locked) return denied
  return found([...namesIn(node)].map(([name, inner]) => ({ name, kind: kindOf(inner) })))
}

function read(node: Node): Answer<Uint8Array> {
  const bytes = bytesOf(node)
  return bytes === undefined ? denied : found(bytes)
}

function find<T>(root: Node, path: string, answer: (node: Node) => Answer<T>): Answer<T> {
  let node: Node | undefined = root
  for (const name of path.split('/')) {
    if (name !== '.') node = namesIn(node).get(name)
    if (node === undefined) return refused('ENOENT: no such file or directory')
  }
  return answer(node)
}

/** The names in a node: none when it is no directory. */
function namesIn(node: Node): Map<string, Node> {
  const isTree = kindOf(node) === 'directory' && !(node instanceof Locked)
  return new Map(isTree ? Object.entries(node as Tree) : [])
}

function kindOf(node: Node): Kind {
  if (node instanceof Locked || node instanceof Odd) return node.kind
  return typeof node === 'string' || node instanceof Uint8Array ? 'file' : 'directory'
}

function bytesOf(node: Node): Uint8Array | undefined {
  if (typeof node === 'string') return Buffer.from(node)
  return node instanceof Uint8Array ? node : undefined
}

const denied = refused('EACCES: permission denied')
