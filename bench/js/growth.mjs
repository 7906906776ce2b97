// growth for doeff-vm; `mark(i)` is called after i units.
import { Do, effect, Get, handler, Put, Resume, run, state } from 'doeff-vm'

const Use = effect('Use')()

const counter = Do(function* (n, mark) {
  for (let i = 1; i < n; i += 2) {
    const x = yield Get('c')
    yield Put('c', x + 2)
    mark(i)
    mark(i + 1)
  }
  return yield Get('c')
})

const user = Do(function* (n, mark) {
  let x = 0
  for (let i = 1; i <= n; i++) {
    x = yield Use(x)
    mark(i)
  }
  return x
})

const down = Do(function* (depth, n, mark) {
  mark(depth)
  if (depth === n) return depth
  return yield down(depth + 1, n, mark)
})

const resumingLast = handler('resuming last').ctl(Use, function* (k, x) {
  return Resume(k, x + 1)
})

const resumingFirst = handler('resuming first').ctl(Use, function* (k, x) {
  const rest = yield Resume(k, x + 1)
  return rest
})

export const effects = ({ n }, mark) => run(counter(n, mark).with(state({ c: 0 })))
export const subPrograms = ({ n }, mark) => run(down(1, n, mark))
export const tailResumes = ({ n }, mark) => run(user(n, mark).with(resumingLast))
export const nontailResumes = ({ n }, mark) => run(user(n, mark).with(resumingFirst))
