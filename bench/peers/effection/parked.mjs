// mem for effection: tasks that wait for a resolver's operation each.
import { run, spawn, until, withResolvers } from 'effection'

function* waiting(gate) {
  return yield* gate.operation
}

function* main(n, reading) {
  const gates = []
  for (let i = 0; i < n; i++) gates.push(withResolvers())
  yield* until(reading())
  const tasks = []
  for (let i = 0; i < n; i++) tasks.push(yield* spawn(() => waiting(gates[i])))
  yield* until(reading())
  for (let i = 0; i < n; i++) gates[i].resolve(i)
  let sum = 0
  for (const task of tasks) sum += yield* task
  return sum
}

export const parked = ({ tasks }, reading) => run(() => main(tasks, reading))
