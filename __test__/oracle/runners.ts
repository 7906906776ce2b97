// Whoever can run programs of the AST: laws are checked on each.

import * as api from '../../index'
import type { Disturbance, Node, Outcome } from './ast'
import { interpret } from './reference'
import { runOnVm } from './run-on-vm'

/** Runs a program; `undefined` when it takes too long. */
export type Runner = (program: Node, disturbance?: Disturbance) => Outcome | undefined

export const onReference: Runner = (program, disturbance) => interpret(program, [], disturbance && { disturbance })

/** What the reference takes too long for is nothing for the VM. */
const onVm: Runner = (program, disturbance) =>
  onReference(program, disturbance) && runOnVm(program, [], disturbance && { disturbance })

/** The VM is among them when it has regions. */
export const runners: [name: string, run: Runner][] = [
  ['the reference', onReference],
  ...('CancelScope' in api ? [['the VM', onVm] as [string, Runner]] : []),
]
