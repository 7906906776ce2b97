// W13 for async/await: promises and callbacks.
export async function awaitPromise({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += await Promise.resolve(i)
  return sum
}

const completedLater = i => new Promise(resolve => queueMicrotask(() => resolve(i)))

export async function external({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += await completedLater(i)
  return sum
}
