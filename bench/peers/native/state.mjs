// W1 for async/await: every get and put is an async call.
export async function state({ n }) {
  let value = 0
  const get = async () => value
  const put = async next => {
    value = next
  }
  for (let i = 0; i < n; i++) {
    const x = await get()
    await put(x + 1)
  }
  return await get()
}
