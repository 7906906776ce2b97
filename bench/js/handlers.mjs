// W3 for doeff-vm: a `fun` clause that answers in place, and a `ctl` clause that captures and resumes in tail position.
import { Do, effect, handler, Resume, run } from 'doeff-vm'

const Use = effect('Use')()

const user = Do(function* (n) {
  let x = 0
  for (let i = 0; i < n; i++) x = yield Use(x)
  return x
})

const answering = handler('answering').fun(Use, x => x + 1)

const resuming = handler('resuming').ctl(Use, function* (k, x) {
  return Resume(k, x + 1)
})

export const userFun = ({ n }) => run(user(n).with(answering))
export const userTail = ({ n }) => run(user(n).with(resuming))
