// W14 for redux-saga.
import { runSaga } from 'redux-saga'

function* answer(x) {
  return x
}

export function runStart({ n }) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += runSaga({}, answer, 1).result()
  return sum
}
