// F1 for async/await: every read and write is an async call.
export async function countdown({ n }) {
  let state = n
  const read = async () => state
  const write = async next => {
    state = next
  }
  for (;;) {
    const i = await read()
    if (i === 0) return i
    await write(i - 1)
  }
}
