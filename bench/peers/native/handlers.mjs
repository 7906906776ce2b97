// W3 for async/await: the handler is an async function; there is no cheaper form of it for `userFun`.
const increment = async x => x + 1

export async function userTail({ n }) {
  let x = 0
  for (let i = 0; i < n; i++) x = await increment(x)
  return x
}

export const userFun = userTail
