// Whoever can run programs of the AST: laws are checked on each.

import * as api from '../../index'
import { VM } from '../../index'
import type { Disturbance, Node, Outcome } from './ast'
import { interpret } from './reference'
import { cancelOnVm, runOnVm } from './run-on-vm'

/** Runs a program; `undefined` when it takes too long. */
export type Runner = (program: Node, disturbance?: Disturbance) => Outcome | undefined

/** Runs a program, and cancels the run at the wait of this number. */
export type Canceller = (program: Node, cancelAt: number) => Promise<Outcome | undefined>

const onReference: Runner = (program, disturbance) => interpret(program, [], disturbance && { disturbance })
const cancelledOnReference: Canceller = async (program, cancelAt) => interpret(program, [], { cancelAt })

/** What the reference takes too long for is nothing for the VM. */
const onVm: Runner = (program, disturbance) =>
  onReference(program, disturbance) && runOnVm(program, [], disturbance && { disturbance })

const cancelledOnVm: Canceller = async (program, cancelAt) => {
  if (interpret(program, [], { cancelAt }) === undefined) return undefined
  using vm = new VM()
  return await cancelOnVm(vm, program, cancelAt)
}

/** The VM is among them when it has regions. */
export const runners: [name: string, run: Runner, cancelled: Canceller][] = [
  ['the reference', onReference, cancelledOnReference],
  ...('CancelScope' in api ? [['the VM', onVm, cancelledOnVm] satisfies [string, Runner, Canceller]] : []),
]
