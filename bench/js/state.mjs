// W1 for doeff-vm: the built-in State handler.
import { Do, Get, Put, run, state as stateHandler } from 'doeff-vm'

const counter = Do(function* (n) {
  for (let i = 0; i < n; i++) {
    const x = yield Get('c')
    yield Put('c', x + 1)
  }
  return yield Get('c')
})

export const state = ({ n }) => run(counter(n).with(stateHandler({ c: 0 })))
