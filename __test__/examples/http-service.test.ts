// The example of an HTTP service: its program over a file and over storages that misbehave, then the built command.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Await, compose, Do, handler, reader, start, state, type Application, type Program } from 'doeff-vm'

import { printedBy, type Entry } from '../../examples/http-service/access-log'
import { Client, load } from '../../examples/http-service/client'
import { AddItem, FindItem, ListItems, RemoveItem, type Item } from '../../examples/http-service/items'
import { serve, type ServiceEffect } from '../../examples/http-service/service'
import { DEFAULTS, parseCommand, type Settings } from '../../examples/http-service/settings'
import { keptInFile } from '../../examples/http-service/storage'

jest.setTimeout(60_000)

const NEVER = 2 ** 30
const settings: Settings = { ...DEFAULTS, port: 0, timeoutMs: NEVER }

/** A service that runs, and the way to it. */
interface Running {
  readonly app: Application<ServiceEffect>
  readonly client: Client
  readonly log: Entry[]
  /** Ends the service as a signal does; settles when it has ended. */
  stop(): Promise<void>
}

let folder: string
let running: Running[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'http-service-'))
})

afterEach(async () => {
  for (const { client, stop } of running) {
    await stop()
    client.close()
  }
  running = []
  rmSync(folder, { recursive: true })
})

async function serveOver(storage: ReturnType<typeof keptInFile>, changed: Partial<Settings> = {}): Promise<Running> {
  const log: Entry[] = []
  const set = { ...settings, ...changed }
  const app = start(
    compose(
      printedBy(entry => log.push(entry)),
      reader(set),
      state(),
      storage,
    ),
  )
  const service = await serve(app, set)
  const client = new Client(service.port, 64)
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    await (stopped ??= service.close())
    expect(app.stats()).toMatchObject({ segments: 0, frames: 0, continuations: 0, tasks: 0, values: 0, stores: 0 })
  }
  const made = { app, client, log, stop }
  running.push(made)
  return made
}

const overFile = (changed?: Partial<Settings>) => serveOver(keptInFile(join(folder, 'items.json')), changed)

/** A service whose items are listed by `list`; the rest of the storage does not matter. */
const listedBy = (list: () => Program<readonly Item[], unknown>, changed?: Partial<Settings>) => {
  const storage = handler('storage')
    .fun(ListItems, list as () => Program<readonly Item[]>)
    .val(FindItem, undefined)
    .val(AddItem, { id: 1, name: 'none' })
    .val(RemoveItem, false)
  return serveOver(storage, changed)
}

/** A list that is never there; its cleanup is noted. `begun` settles when somebody waits for it. */
function stuck() {
  const events: string[] = []
  let note!: () => void
  const begun = new Promise<void>(resolve => (note = resolve))
  const list = Do(function* () {
    try {
      yield* Await(signal => {
        signal.addEventListener('abort', () => events.push('aborted'))
        note()
        return new Promise<never>(() => {})
      })
    } finally {
      events.push('unwound')
    }
    return []
  })
  return { list, events, begun }
}

/** Lets everything go on until `done`. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise(resolve => setImmediate(resolve))
}

describe('items', () => {
  test('are made, read, listed and deleted', async () => {
    const { client } = await overFile()
    expect(await client.send('GET', '/items')).toMatchObject({ status: 200, body: [] })
    const made = await client.send('POST', '/items', { name: 'tea' })
    expect(made).toMatchObject({ status: 201, headers: { location: '/items/1' }, body: { id: 1, name: 'tea' } })
    await client.send('POST', '/items', { name: '🫖 – ü' })
    expect(await client.send('GET', '/items/2')).toMatchObject({ status: 200, body: { id: 2, name: '🫖 – ü' } })
    expect(await client.send('DELETE', '/items/1')).toMatchObject({ status: 204, body: undefined })
    expect(await client.send('GET', '/items/1')).toMatchObject({ status: 404 })
    expect((await client.send('GET', '/items')).body).toEqual([{ id: 2, name: '🫖 – ü' }])
  })

  test('survive a restart', async () => {
    const first = await overFile()
    await first.client.send('POST', '/items', { name: 'tea' })
    await first.client.send('POST', '/items', { name: 'coffee' })
    await first.client.send('DELETE', '/items/1')
    await first.stop()
    const { client } = await overFile()
    expect((await client.send('GET', '/items')).body).toEqual([{ id: 2, name: 'coffee' }])
    expect((await client.send('POST', '/items', { name: 'milk' })).body).toEqual({ id: 3, name: 'milk' })
  })

  test('made by many at once are all kept, and in the file', async () => {
    const { client, stop } = await overFile()
    const names = Array.from({ length: 200 }, (_, at) => `item ${at}`)
    const made = await Promise.all(names.map(name => client.send('POST', '/items', { name })))
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]))
    const { items } = JSON.parse(readFileSync(join(folder, 'items.json'), 'utf8')) as { items: Item[] }
    expect(new Set(items.map(({ name }) => name))).toEqual(new Set(names))
    await stop()
    expect(readdirSync(folder)).toEqual(['items.json'])
    const again = await overFile()
    expect((await again.client.send('GET', '/items')).body).toHaveLength(200)
  })

  test('that cannot be saved are refused and not kept', async () => {
    const { client, log } = await overFile()
    const moved = `${folder}.moved`
    renameSync(folder, moved)
    expect(await client.send('POST', '/items', { name: 'tea' })).toMatchObject({
      status: 500,
      body: { error: 'Internal error.' },
    })
    expect(log).toMatchObject([{ status: 500, error: { code: 'ENOENT' } }])
    expect((await client.send('GET', '/items')).body).toEqual([])
    renameSync(moved, folder)
    expect(await client.send('POST', '/items', { name: 'milk' })).toMatchObject({ status: 201 })
  })
})

describe('a request', () => {
  test.each([
    ['GET', '/', undefined, 404, 'There is nothing at /.'],
    ['GET', '/items/x', undefined, 404, 'There is nothing at /items/x.'],
    ['GET', '/items/7', undefined, 404, 'There is no item 7.'],
    ['DELETE', '/items/7?really', undefined, 404, 'There is no item 7.'],
    ['PATCH', '/items', '{}', 405, '/items does not take PATCH.'],
    ['POST', '/items/1', '{}', 405, '/items/1 does not take POST.'],
    ['POST', '/items', '{"name":', 400, 'The body is no JSON.'],
    ['POST', '/items', '', 400, 'The body is no JSON.'],
    ['POST', '/items', 'null', 400, 'An item needs a name, as text.'],
    ['POST', '/items', '{"name":7}', 400, 'An item needs a name, as text.'],
    ['POST', '/items', `"${'x'.repeat(100)}"`, 413, 'The body is longer than 100 bytes.'],
  ])('%s %s with %j is answered with %i', async (method, path, body, status, error) => {
    const { client } = await overFile({ maxBodyBytes: 100 })
    expect(await client.send(method, path, body)).toMatchObject({ status, body: { error } })
  })

  test('of a wrong method is told the right ones', async () => {
    const { client } = await overFile()
    expect((await client.send('PUT', '/items/1')).headers).toMatchObject({ allow: 'GET, DELETE' })
  })

  test('leaves a line in the log and is counted', async () => {
    const { client, log } = await overFile()
    await client.send('GET', '/items?all')
    await client.send('GET', '/nothing')
    expect(log).toEqual([
      { method: 'GET', path: '/items', status: 200, ms: expect.any(Number) },
      { method: 'GET', path: '/nothing', status: 404, ms: expect.any(Number) },
    ])
    const { body } = await client.send('GET', '/counters')
    expect(body).toEqual({ underWay: 1, answered: 2, statuses: { 200: 1, 404: 1 } })
  })

  test('that fails inside is answered with 500, and the error is in the log alone', async () => {
    const secret = new Error('secret')
    const failing = Do(function* (): Generator<never, readonly Item[]> {
      throw secret
    })
    const { client, log } = await listedBy(failing)
    expect(await client.send('GET', '/items')).toMatchObject({ status: 500, body: { error: 'Internal error.' } })
    expect(log[0]?.error).toBe(secret)
    expect(await client.send('GET', '/nothing')).toMatchObject({ status: 404 })
  })

  test('that takes too long is unwound and answered with 503', async () => {
    const { list, events } = stuck()
    const { client, app } = await listedBy(list, { timeoutMs: 50 })
    const before = app.stats().segments
    expect(await client.send('GET', '/items')).toMatchObject({
      status: 503,
      body: { error: 'The request took too long.' },
    })
    expect(new Set(events)).toEqual(new Set(['aborted', 'unwound']))
    expect(app.stats().segments).toBe(before)
  })

  test('is cancelled and unwound when its client leaves', async () => {
    const { list, events, begun } = stuck()
    const { client, app, log } = await listedBy(list)
    await client.send('GET', '/counters')
    const before = app.stats()
    const leaving = new AbortController()
    const sent = client.send('GET', '/items', undefined, leaving.signal)
    await begun
    expect(app.snapshot().map(({ name }) => name)).toContain('GET /items')
    leaving.abort()
    await expect(sent).rejects.toThrow('aborted')
    await until(() => log.length > 1)
    expect(new Set(events)).toEqual(new Set(['aborted', 'unwound']))
    expect(log).toMatchObject([{ status: 200 }, { path: '/items', status: 499 }])
    expect(app.stats()).toEqual({ ...before, effects: expect.any(Number) })
  })

  test.each([
    ['POST /items', 413],
    ['POST /nothing', 404],
    ['PATCH /items', 405],
  ])('%s that is refused before its body is there ends the connection: %i', async (line, status) => {
    const { client, log } = await overFile({ maxBodyBytes: 5 })
    const socket = connect(client.port, '127.0.0.1')
    // Node says so, too, when it resets the connection because of what is left of the body.
    socket.on('error', () => {})
    let reply = ''
    socket.setEncoding('utf8').on('data', (text: string) => (reply += text))
    const closed = once(socket, 'close')
    socket.write(`${line} HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n{"name"`)
    await closed
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*connection: close\r\n`))
    expect(log).toMatchObject([{ status }])
  })

  test('that is answered when all of it is there leaves the connection as it is', async () => {
    const { client } = await overFile()
    const replies = [await client.send('POST', '/items', { name: 'tea' }), await client.send('GET', '/nothing')]
    expect(replies.map(({ headers }) => headers['connection'])).toEqual(['keep-alive', 'keep-alive'])
  })

  test('is cancelled when its client leaves in the middle of the body', async () => {
    const { client, log } = await overFile()
    const socket = connect(client.port, '127.0.0.1')
    socket.write('POST /items HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n{"name"', () => socket.destroy())
    await until(() => log.length > 0)
    expect(log).toMatchObject([{ method: 'POST', status: 499 }])
    expect((await client.send('GET', '/items')).body).toEqual([])
  })

  test('under way when the service ends is unwound and answered with 503', async () => {
    const { list, events, begun } = stuck()
    const { client, stop } = await listedBy(list)
    const sent = client.send('GET', '/items')
    await begun
    const stopped = stop()
    expect(await sent).toMatchObject({ status: 503, headers: { connection: 'close' } })
    await stopped
    expect(new Set(events)).toEqual(new Set(['aborted', 'unwound']))
    await expect(client.send('GET', '/items')).rejects.toThrow('ECONNREFUSED')
  })
})

test('a client that never sends its request does not keep the service from ending', async () => {
  const { client, stop } = await overFile({ graceMs: 1 })
  const socket = connect(client.port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  socket.write('POST /items HTTP/1.1\r\nHost')
  // The server has seen the connection when it has answered a later one.
  await client.send('GET', '/items')
  await stop()
  await closed
})

test('two thousand requests leave nothing behind', async () => {
  const { client, app, log } = await overFile()
  await load(client.port, 200, 8)
  const { effects: _effects, ...before } = app.stats()
  expect(await load(client.port, 2_000, 8)).toEqual({ requests: 2_016, wrong: 0 })
  expect(app.stats()).toMatchObject(before)
  expect(app.snapshot()).toMatchObject([{ name: 'root', state: 'waiting' }])
  expect(log).toHaveLength(2_016 + 224)
})

describe('the built command', () => {
  const main = join(__dirname, '../../dist/examples/http-service/main.js')

  /** Starts the command; settles when it listens or has ended. */
  async function command(...args: string[]) {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const out = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text))
    const closed = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
    await Promise.race([closed, once(child.stderr, 'data')])
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(out.stderr)?.[1])
    return { child, out, closed, port }
  }

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends on %s with code %i, its requests answered and its file complete', async (signal, code) => {
    const file = join(folder, 'items.json')
    const { child, out, closed, port } = await command(file, '--port=0')
    const client = new Client(port)
    await client.send('POST', '/items', { name: 'tea' })
    const socket = connect(port, '127.0.0.1')
    const reply = new Promise<string>(resolve => {
      let text = ''
      socket.setEncoding('utf8').on('data', (more: string) => (text += more))
      socket.on('end', () => resolve(text))
    })
    socket.write('POST /items HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n')
    await once(socket, 'data')
    child.kill(signal)
    expect(await closed).toEqual([code, null])
    expect(await reply).toMatch(/503 Service Unavailable\r\n[^]*"error":"The service is shutting down\."/)
    expect(out.stdout.split('\n').map(line => line && (JSON.parse(line) as Entry).status)).toEqual([201, 503, ''])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ nextId: 2, items: [{ id: 1, name: 'tea' }] })
    client.close()
  })

  test('refuses wrong arguments: code 2', async () => {
    const { out, closed } = await command('--port=many')
    expect(await closed).toEqual([2, null])
    expect(out.stderr).toMatch(/^--port takes a whole number, not 'many'\.\nUsage: http-service /)
    expect(() => parseCommand(['a', 'b'])).toThrow('One file is enough.')
    expect(() => parseCommand(['--unknown'])).toThrow("Unknown option '--unknown'")
    expect(parseCommand(['--timeout=7'])).toEqual({ file: 'items.json', settings: { ...DEFAULTS, timeoutMs: 7 } })
  })

  test('fails when its port is taken or its file is no JSON: code 1', async () => {
    const { client } = await overFile()
    const taken = await command(join(folder, 'other.json'), `--port=${client.port}`)
    expect(await taken.closed).toEqual([1, null])
    expect(taken.out.stderr).toMatch(/EADDRINUSE[^]*in program serving/)
    writeFileSync(join(folder, 'broken.json'), '{')
    const broken = await command(join(folder, 'broken.json'), '--port=0')
    expect(await broken.closed).toEqual([1, null])
    expect(broken.out.stderr).toMatch(/SyntaxError[^]*in program openStore/)
  })
})
