// F1 for doeff-vm: State as the suite means it, two effects of the user's own answered in place over a variable. The
// built-in State handler is W1.
import { Do, effect, handler, run } from 'doeff-vm'

const Read = effect('Read')()
const Write = effect('Write')()

const loop = Do(function* () {
  for (;;) {
    const i = yield Read()
    if (i === 0) return i
    yield Write(i - 1)
  }
})

function counting(initial) {
  let state = initial
  return handler('counting')
    .fun(Read, () => state)
    .fun(Write, value => {
      state = value
    })
}

export const countdown = ({ n }) => run(loop().with(counting(n)))
