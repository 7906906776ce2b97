// W9 and W10 for async/await: a task is an async call, gather is Promise.all.
const sum = numbers => numbers.reduce((a, b) => a + b, 0)
const answer = async x => x

export async function spawnGather({ n }) {
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(answer(i))
  return sum(await Promise.all(tasks))
}

export async function spawnClosure({ n }) {
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push((async () => i)())
  return sum(await Promise.all(tasks))
}

async function node(first, size) {
  if (size === 1) return first
  const tasks = []
  const part = size / 10
  for (let i = 0; i < 10; i++) tasks.push(node(first + i * part, part))
  return sum(await Promise.all(tasks))
}

export const skynet = ({ leaves }) => node(0, leaves)
