// Where suspended generators are in the source: asked of the engine through its inspector, when somebody wants to see it.
// Nothing is noted while programs run.

import type { Session } from 'node:inspector'
import { readFileSync } from 'node:fs'
import { findSourceMap, SourceMap } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { append, apply, type AnyGenerator } from '../builtins/intrinsics'

/** A script as the engine knows it. */
interface Script {
  readonly url: string
  readonly sourceMapURL: string
}

interface RemoteObject {
  readonly objectId?: string
  readonly value?: unknown
}

interface Properties {
  readonly result?: readonly { readonly name: string; readonly value?: RemoteObject }[]
  readonly internalProperties?: readonly { readonly name: string; readonly value?: RemoteObject }[]
}

interface Location {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber: number
}

const KEY = 'doeff-vm: generators to be found'

/**
 * The place of each generator, as `file:line:column`, through source maps where there are any; `undefined` for one that runs
 * or has not begun, and for all of them in an engine without an inspector. Some 75 µs each.
 */
export function placesOf(generators: readonly AnyGenerator[]): readonly (string | undefined)[] {
  if (generators.length === 0) return []
  const session = open()
  if (session === undefined) return []
  const holder = globalThis as unknown as Record<string, unknown>
  try {
    const scripts = scriptsOf(session)
    holder[KEY] = generators
    const places: (string | undefined)[] = []
    for (const objectId of remoteItems(session)) append(places, placeIn(session, scripts, objectId))
    return places
  } catch {
    return []
  } finally {
    delete holder[KEY]
    session.disconnect()
  }
}

function open(): Session | undefined {
  try {
    const { Session } = require('node:inspector') as { readonly Session: new () => Session }
    const session = new Session()
    session.connect()
    return session
  } catch {
    return undefined
  }
}

/** Sends a command; the session is of this thread, so the answer is there at once. */
function ask<Answer>(session: Session, method: string, params: object): Answer {
  let answer: unknown
  let failure: Error | null = null
  apply(session.post as (...args: unknown[]) => void, session, [
    method,
    params,
    (error: Error | null, result: unknown) => {
      failure = error
      answer = result
    },
  ])
  if (failure !== null) throw failure as Error
  return answer as Answer
}

function scriptsOf(session: Session): Map<string, Script> {
  const scripts = new Map<string, Script>()
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url, sourceMapURL = '' } }) => {
    scripts.set(scriptId, { url, sourceMapURL })
  })
  ask(session, 'Debugger.enable', {})
  return scripts
}

/** The items of the list, as the inspector names them; it is looked for in every context, since each has a global of its own. */
function remoteItems(session: Session): string[] {
  const contexts: number[] = []
  session.on('Runtime.executionContextCreated', ({ params }) => contexts.push(params.context.id))
  ask(session, 'Runtime.enable', {})
  const expression = `globalThis[${JSON.stringify(KEY)}]`
  for (const contextId of contexts) {
    const { result } = ask<{ result: RemoteObject }>(session, 'Runtime.evaluate', { expression, contextId })
    if (result.objectId === undefined) continue
    const { objectId } = result
    const items = ask<Properties>(session, 'Runtime.getProperties', { objectId, ownProperties: true }).result ?? []
    return items.filter(({ name }) => /^\d+$/.test(name)).map(({ value }) => value?.objectId ?? '')
  }
  return []
}

function placeIn(session: Session, scripts: Map<string, Script>, objectId: string): string | undefined {
  const properties = ask<Properties>(session, 'Runtime.getProperties', { objectId, ownProperties: true })
  const inner = (name: string): unknown => properties.internalProperties?.find(each => each.name === name)?.value?.value
  const location = inner('[[GeneratorLocation]]') as Location | undefined
  if (location === undefined || inner('[[GeneratorState]]') !== 'suspended') return undefined
  const script = scripts.get(location.scriptId)
  return script && original(script, location)
}

const maps = new Map<string, SourceMap | undefined>()

/** The place in the source that the script was made from. */
function original({ url, sourceMapURL }: Script, { lineNumber, columnNumber }: Location): string {
  const file = url.startsWith('file:') ? fileURLToPath(url) : url
  let map = findSourceMap(file)
  if (map === undefined && sourceMapURL !== '') {
    if (!maps.has(file)) maps.set(file, readMap(file, sourceMapURL))
    map = maps.get(file)
  }
  const entry = map?.findEntry(lineNumber, columnNumber) as
    { originalSource?: string; originalLine: number; originalColumn: number } | undefined
  if (entry?.originalSource === undefined) return `${file}:${lineNumber + 1}:${columnNumber + 1}`
  const source = entry.originalSource.startsWith('file:')
    ? fileURLToPath(entry.originalSource)
    : resolve(dirname(file), entry.originalSource)
  return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
}

function readMap(file: string, url: string): SourceMap | undefined {
  try {
    const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(url)?.[1]
    const text =
      inline === undefined
        ? readFileSync(resolve(dirname(file), url), 'utf8')
        : Buffer.from(inline, 'base64').toString('utf8')
    return new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0])
  } catch {
    return undefined
  }
}
