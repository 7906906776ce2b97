// Runs one workload in a process of its own, and prints in JSON how much memory it took beyond a short run of the same:
// `peak` is the growth of the resident set, `left` that of the heap when all is over, `deep` that of the heap when the
// workload was at its deepest, and what the VM held then.
// Usage: node --expose-gc growth.mjs <workload> <size>

import {
  CompletePromise,
  CreatePromise,
  Do,
  effect,
  Gather,
  Get,
  handler,
  Modify,
  pure,
  Put,
  Resume,
  scheduled,
  Spawn,
  state,
  Tail,
  Transfer,
  VM,
  Wait,
  WithHandler,
  Yield,
} from 'doeff-vm'

const Count = effect('Count')()
const Other = effect('Other')()

/** A body that performs one effect `n` times. */
const performing = Do(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield Count()
  return sum
})

const by = {
  'return Resume': handler('h').ctl(Count, function* (k) {
    return Resume(k, 1)
  }),
  'yield Transfer': handler('h').ctl(Count, function* (k) {
    yield Transfer(k, 1)
  }),
  'a raw clause': handler('h').raw(Count, function* (k) {
    return Resume(k, 1)
  }),
  'a fun clause': handler('h').fun(Count, () => 1),
  'a val clause': handler('h').val(Count, 1),
}

const pending = handler('pending').ctl(Count, function* (k) {
  const result = yield Resume(k, 1)
  deepest()
  return result
})

const nested = Do(function* (n) {
  if (n === 0) return deepest()
  return yield nested(n - 1)
})

const even = Do(function* (n) {
  return n === 0 ? true : Tail(odd(n - 1))
})
const odd = Do(function* (n) {
  return n === 0 ? false : Tail(even(n - 1))
})

const repeat = body =>
  Do(function* (n) {
    for (let i = 0; i < n; i++) yield body(i)
  })

/** A program with something put around it `n` times. */
const wrapped = (n, program, around) => {
  let all = program
  for (let i = 0; i < n; i++) all = around(all)
  return all
}

const forget = Do(function* (n) {
  for (let i = 0; i < n; i++) yield Put({}, i)
})

const parked = Do(function* (n) {
  const promise = yield CreatePromise()
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield Spawn(Wait(promise.future)))
  yield Yield()
  deepest()
  yield CompletePromise(promise, 1)
  return (yield Gather(tasks)).length
})

const workloads = {
  ...Object.fromEntries(Object.entries(by).map(([name, h]) => [name, n => performing(n).with(h)])),
  'State in place': n =>
    Do(function* () {
      for (let i = 0; i < n; i++) yield Modify('n', add1)
      return yield Get('n')
    })().with(state({ n: 0 })),
  'a catch-all': n =>
    WithHandler(function* (_effect, k) {
      return Resume(k, 1)
    }, performing(n)),
  'pending resumes': n => performing(n).with(pending),
  'nested programs': n => nested(n),
  'tail calls': n => even(n),
  'handlers that come and go': n => repeat(() => Count().with(by['a fun clause']))(n),
  'bodies that are abandoned': n => repeat(() => Count().with(handler('ends').final(Count, () => 0)))(n),
  'nested handlers': n =>
    wrapped(n, performing(100), p => p.with(handler('unrelated').val(Other, 0))).with(by['return Resume']),
  'keys of a store that is dropped': n => forget(n).with(state()),
  'tasks that are waited for': n => repeat(i => Spawn(pure(i)).flatMap(task => Wait(task)))(n).with(scheduled()),
  'parked tasks': n => parked(n).with(scheduled()),
}

const add1 = n => n + 1

const memory = () => {
  gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

let deep
/** Measures once, at the first call. */
function deepest() {
  deep ??= { bytes: memory() - before, stats: vm.stats() }
}

const [, , name, size] = process.argv
const vm = new VM()
let before = 0
vm.run(workloads[name](1000))
deep = undefined
before = memory()
const peakBefore = process.resourceUsage().maxRSS
vm.run(workloads[name](Number(size)))
const peak = (process.resourceUsage().maxRSS - peakBefore) * 1024
console.log(JSON.stringify({ peak, left: memory() - before, stats: vm.stats(), deep }))
