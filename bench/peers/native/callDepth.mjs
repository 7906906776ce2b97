// W4 for async/await: an await under d awaiting callers.
const increment = async x => x + 1

async function nested(d, n) {
  if (d > 1) return await nested(d - 1, n)
  let x = 0
  for (let i = 0; i < n; i++) x = await increment(x)
  return x
}

export const callDepth = ({ n, d }) => nested(d, n)
