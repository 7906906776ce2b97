// W17 for async/await.
const error = new Error('no')

async function itself(i) {
  return i
}

async function inTurn(i) {
  await null
  return i
}

async function fails() {
  throw error
}

/** Sums what each of n functions answers. */
const summing =
  make =>
  async ({ n }) => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += await make(i)
    return sum
  }

const first = ([item]) => item

export const all = summing(i => Promise.all([itself(i), itself(0), itself(0)]).then(first))
export const allWaiting = summing(i => Promise.all([inTurn(i), inTurn(0), inTurn(0)]).then(first))

const traversing =
  f =>
  async ({ n }) => {
    const results = []
    let next = 0
    const worker = async () => {
      while (next < n) {
        const i = next++
        results[i] = await f(i)
      }
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    return results.reduce((sum, item) => sum + item, 0)
  }

export const traverseAwaiting = traversing(i => Promise.resolve(i))
export const traverseAtOnce = traversing(itself)

export const ensured = summing(async i => {
  try {
    return await itself(i)
  } finally {
    await itself(0)
  }
})

export const caught = summing(async i => {
  try {
    return await fails()
  } catch {
    return i
  }
})

export const tried = summing(i =>
  fails().then(
    () => 0,
    () => i,
  ),
)
