// growth for async/await; `mark(i)` is called after i units. A nested call awaits first, else the native stack would hold it.
export async function effects({ n }, mark) {
  let value = 0
  const get = async () => value
  const put = async next => {
    value = next
  }
  for (let i = 1; i < n; i += 2) {
    const x = await get()
    await put(x + 2)
    mark(i)
    mark(i + 1)
  }
  return await get()
}

const increment = async x => x + 1

export async function tailResumes({ n }, mark) {
  let x = 0
  for (let i = 1; i <= n; i++) {
    x = await increment(x)
    mark(i)
  }
  return x
}

async function down(depth, n, mark) {
  await null
  mark(depth)
  if (depth === n) return depth
  return await down(depth + 1, n, mark)
}

export const subPrograms = ({ n }, mark) => down(1, n, mark)
