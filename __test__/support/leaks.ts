// VMs for tests. After each test, every VM that was made here must hold nothing that lives.

import { VM, type Program, type Stats } from '../../index'

const open: VM[] = []

/** A VM of the test's own. */
export function newVm(): VM {
  const vm = new VM()
  open.push(vm)
  return vm
}

/** Runs a program on a VM of its own. */
export const run = ((program: Program) => newVm().run(program)) as VM['run']

/** What {@link run} throws; fails when it returns. */
export function failureOf(program: Program<unknown, unknown>): unknown {
  return thrownBy(() => run(program))
}

/** What `action` throws; fails when it returns. */
export function thrownBy(action: () => unknown): unknown {
  let value: unknown
  try {
    value = action()
  } catch (error) {
    return error
  }
  throw new Error(`nothing was thrown, the result was ${String(value)}`)
}

/** What a VM holds now, without its counter of effects. */
export function held(vm: VM): Omit<Stats, 'effects'> {
  const { effects: _, ...counts } = vm.stats()
  return counts
}

/** What a VM holds when nothing runs and nothing persists. */
export const NOTHING: Omit<Stats, 'effects'> = {
  segments: 0,
  frames: 0,
  continuations: 0,
  handlers: 0,
  scopes: 0,
  stores: 0,
  values: 0,
  tasks: 0,
}

/** Fails unless the VM holds its own handlers, stores and their entries at most. */
export function expectNothingHeld(vm: VM): void {
  const counts = held(vm)
  // A VM whose stdlib() was asked for has its three stores for good; one whose scheduler() was, that handler.
  const handlers = Math.min(counts.handlers, 4)
  const kept = handlers < 3 ? { ...NOTHING, handlers } : { ...NOTHING, handlers, stores: 3, values: entriesIn(vm) }
  expect(handlers).not.toBe(2)
  expect(counts).toEqual(kept)
}

function entriesIn(vm: VM): number {
  return vm.stateEntries().size + vm.logs().length + vm.stdlib().reader.env().size
}

afterEach(() => {
  for (const vm of open.splice(0)) {
    if (isUsable(vm)) {
      expectNothingHeld(vm)
      vm.dispose()
    }
  }
})

/** Tests about disposed and broken VMs leave them behind. */
function isUsable(vm: VM): boolean {
  try {
    vm.stats()
    return true
  } catch {
    return false
  }
}
