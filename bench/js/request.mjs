// W15 for doeff-vm.
import {
  All,
  Ask,
  Await,
  bracket,
  Do,
  effect,
  Get,
  handler,
  pure,
  Put,
  reader,
  runAsync,
  scheduled,
  Spawn,
  state,
  Timeout,
  Wait,
} from 'doeff-vm'

const Find = effect('Find')()
const Save = effect('Save')()
const Log = effect('Log')()

const count = Do(function* (key) {
  const before = (yield* Get(key)) ?? 0
  yield* Put(key, before + 1)
})

const who = Do(function* () {
  const user = yield* Ask('user')
  const level = yield* Ask('level')
  return level > 0 ? user : 'nobody'
})

const helper = Do(function* (i) {
  const user = yield* who()
  yield* count('helpers')
  return user.length + i
})

const work = Do(function* (id) {
  const item = yield* Find(id)
  yield* Log('found')
  yield* Save(item)
  return item.name
})

const handle = Do(function* (i) {
  const user = yield* who()
  yield* count('requests')
  const name = yield* Timeout(1000, work(i))
  const parts = yield* All([helper(1), helper(2), helper(3)])
  yield* bracket(
    pure('resource'),
    () => count('used'),
    () => Log('released'),
  )
  return name.length + user.length + parts[0] + parts[1] + parts[2]
})

const main = Do(function* (n) {
  let sum = 0
  for (let i = 0; i < n; i++) sum += yield* Wait(yield* Spawn(handle(i)))
  return sum
})

const seen = { logs: 0 }
const world = handler('world')
  .fun(Find, id => Await(Promise.resolve({ id, name: 'item' })))
  .fun(Save, item => Await(Promise.resolve(item.id)))
  .fun(Log, () => {
    seen.logs++
  })

export const request = ({ n }) =>
  runAsync(
    main(n)
      .with(world)
      .with(state())
      .with(reader({ user: 'ada', level: 1 }))
      .with(scheduled()),
  )
