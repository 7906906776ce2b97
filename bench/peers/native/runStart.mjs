// W14 for async/await: one async call.
const answer = async x => x

export async function runStart({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += await answer(1)
  return sum
}
