// W15 for async/await: the context is an AsyncLocalStorage; a deadline gives nothing up.
import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage()

async function count(key) {
  const { counters } = storage.getStore()
  const before = counters[key] ?? 0
  counters[key] = before + 1
}

async function who() {
  const { user, level } = storage.getStore()
  return level > 0 ? user : 'nobody'
}

async function helper(i) {
  const user = await who()
  await count('helpers')
  return user.length + i
}

let logged = 0
const find = id => Promise.resolve({ id, name: 'item' })
const save = item => Promise.resolve(item.id)
async function log() {
  logged++
}

async function work(id) {
  const item = await find(id)
  await log('found')
  await save(item)
  return item.name
}

function timeout(ms, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too late')), ms)
    void promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

async function handle(i) {
  const user = await who()
  await count('requests')
  const name = await timeout(1000, work(i))
  const parts = await Promise.all([helper(1), helper(2), helper(3)])
  try {
    await count('used')
  } finally {
    await log('released')
  }
  return name.length + user.length + parts[0] + parts[1] + parts[2]
}

async function main(n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += await handle(i)
  return sum
}

export const request = ({ n }) => storage.run({ user: 'ada', level: 1, counters: {} }, () => main(n))
