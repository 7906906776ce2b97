// The service under load, and what it keeps: `node --expose-gc dist/examples/http-service/load.js [requests] [clients]`
//
// The service runs here, its clients in a process of their own. After each 10,000 requests the heap is measured behind a
// collection, and what the machine holds is printed beside it: both should stand still.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { compose, handler, reader, start, state, Tell, type Stats } from 'doeff-vm'

import { load, type Load } from './client'
import { serve } from './service'
import { DEFAULTS } from './settings'
import { keptInFile } from './storage'

const ROUND = 10_000

/** The clients: each message from the parent asks for so many requests. */
function serveParent(port: number, clients: number): void {
  process.on('message', async (requests: number) => {
    process.send?.(await load(port, requests, clients))
  })
}

async function measure(requests: number, clients: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'http-service-'))
  const settings = { ...DEFAULTS, port: 0 }
  const noLog = handler('no log').val(Tell, undefined)
  const app = start(compose(noLog, reader(settings), state(), keptInFile(join(folder, 'items.json'))))
  const service = await serve(app, settings)
  const child = fork(__filename, ['--clients-of', String(service.port), String(clients)])

  console.log('requests  wrong  per second  heap KiB  rss MiB  held by the machine')
  const heaps: number[] = []
  for (let sent = 0; sent <= requests; sent += ROUND) {
    const began = performance.now()
    // The first round is shorter: it warms up.
    child.send(sent === 0 ? ROUND / 5 : ROUND)
    const [done] = (await once(child, 'message')) as [Load]
    const perSecond = (done.requests / (performance.now() - began)) * 1000
    heaps.push(heapAfterCollection())
    const heap = (heaps.at(-1) as number) / 1024
    const rss = process.memoryUsage.rss() / 2 ** 20
    const row = [sent, done.wrong, perSecond.toFixed(0), heap.toFixed(0), rss.toFixed(0), heldBy(app)]
    console.log(row.join('  '))
  }
  const slope = slopeOf(heaps.slice(heaps.length >> 1)) / ROUND
  console.log(`heap, over the last half: ${slope.toFixed(2)} bytes per request`)
  console.log(
    `tasks: ${app
      .snapshot()
      .map(({ name, waitsFor }) => `${name} waits for ${waitsFor.join(', ')}`)
      .join('; ')}`,
  )

  child.disconnect()
  await once(child, 'exit')
  await service.close()
  console.log(`held afterwards: ${heldBy(app)}`)
  rmSync(folder, { recursive: true })
}

function heapAfterCollection(): number {
  if (globalThis.gc === undefined) throw new Error('Run it with node --expose-gc.')
  void globalThis.gc()
  void globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** What the machine holds, in one line. */
function heldBy(app: { stats(): Stats }): string {
  const held = Object.entries(app.stats()).filter(([what, count]) => what !== 'effects' && count > 0)
  return held.map(([what, count]) => `${count} ${what}`).join(', ') || 'nothing'
}

/** The slope of the line through equidistant points that fits best. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let above = 0
  let below = 0
  for (const [at, value] of values.entries()) {
    above += (at - middle) * (value - mean)
    below += (at - middle) ** 2
  }
  return above / below
}

const [first, second, third] = process.argv.slice(2)
if (first === '--clients-of') serveParent(Number(second), Number(third))
else void measure(Number(first ?? 50_000), Number(second ?? 32))
