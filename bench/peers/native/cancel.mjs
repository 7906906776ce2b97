// W12 for async/await: AbortController; `finalized` counts the `finally` blocks that ran.
const aborted = signal =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

async function hanging(signal, counter) {
  try {
    await aborted(signal)
  } catch {
    // aborted, as asked
  } finally {
    counter.finalized++
  }
}

async function quick(i) {
  await null
  return i
}

export async function race({ n }) {
  const counter = { finalized: 0 }
  let sum = 0
  for (let i = 0; i < n; i++) {
    const controller = new AbortController()
    const loser = hanging(controller.signal, counter)
    sum += await Promise.race([loser, quick(i)])
    controller.abort()
    await loser
  }
  return sum + counter.finalized
}

export async function cancel({ n }) {
  const counter = { finalized: 0 }
  const controllers = Array.from({ length: n }, () => new AbortController())
  const tasks = controllers.map(({ signal }) => hanging(signal, counter))
  await null
  for (const controller of controllers) controller.abort()
  await Promise.all(tasks)
  return counter.finalized
}
