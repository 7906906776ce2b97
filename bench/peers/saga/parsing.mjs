// W7 for redux-saga: two functions from the context and a throw.
import { call, getContext, setContext } from 'redux-saga/effects'
import { start } from './saga.mjs'

const NEWLINE = 10
const DOLLAR = 36
const stop = { stop: true }

function* parse() {
  let count = 0
  for (;;) {
    const char = yield call(yield getContext('read'))
    if (char === DOLLAR) {
      count++
    } else if (char === NEWLINE) {
      yield call(yield getContext('emit'), count)
      count = 0
    } else {
      throw stop
    }
  }
}

function* untilStop(read, emit) {
  yield setContext({ read, emit })
  try {
    yield* parse()
  } catch (error) {
    if (error !== stop) throw error
  }
}

export async function parsing({ n }) {
  let line = 0
  let left = 0
  let sum = 0
  const read = () => {
    if (left > 0) {
      left--
      return DOLLAR
    }
    if (line > n) throw stop
    left = ++line
    return NEWLINE
  }
  const emit = count => {
    sum += count
  }
  await start(untilStop, read, emit)
  return sum
}
