// W11 for async/await: promises passed between async functions, `await null` to yield.
import { deferred } from './deferred.mjs'

const deferreds = n => Array.from({ length: n }, deferred)

async function pong(rounds, pings, pongs) {
  for (let r = 0; r < rounds; r++) {
    const value = await pings[r].promise
    pongs[r].resolve(value + 1)
  }
}

export async function pingPong({ rounds }) {
  const pings = deferreds(rounds)
  const pongs = deferreds(rounds)
  const other = pong(rounds, pings, pongs)
  let sum = 0
  for (let r = 0; r < rounds; r++) {
    pings[r].resolve(r)
    sum += await pongs[r].promise
  }
  await other
  return sum
}

async function ringTask(boxes, i, end) {
  for (;;) {
    const hops = await boxes[i].promise
    boxes[i] = deferred()
    if (hops === 0) return end.resolve(i)
    boxes[(i + 1) % boxes.length].resolve(hops - 1)
  }
}

export async function ring({ tasks, hops }) {
  const boxes = deferreds(tasks)
  const end = deferred()
  for (let i = 0; i < tasks; i++) void ringTask(boxes, i, end)
  boxes[0].resolve(hops)
  return await end.promise
}

async function yielding(counter, steps) {
  for (let s = 0; s < steps; s++) {
    await null
    counter.steps++
  }
}

export async function fairYield({ tasks, steps }) {
  const counter = { steps: 0 }
  await Promise.all(Array.from({ length: tasks }, () => yielding(counter, steps)))
  return counter.steps
}
