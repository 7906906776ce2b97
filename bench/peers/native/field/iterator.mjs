// F4 for async/await: the range emits by awaiting a function that it is given.
async function range(from, to, emit) {
  for (let i = from; i <= to; i++) await emit(i)
}

export async function iterator({ n }) {
  let sum = 0
  await range(0, n, async value => {
    sum += value
  })
  return sum
}
