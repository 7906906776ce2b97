// Frames the driver pushes on its own account. Most sub-programs return before anybody but their caller takes an
// interest in them, so the machine is told of their frames only with the next command, and of frames that are gone by
// then never. Which frames wait is written in the mailbox, where the machine finds it at its next turn.
//
// The waiting frames belong to one machine at a time: a machine that is used while another one's frames wait makes that
// one tell first. `Run.eager` turns all of this off; a property test shows that it changes nothing else.

import { turn, words } from './mailbox'
import { Op, Word } from './protocol'

/** As many frames as may wait. */
export const MOST_PUSHED: number = Word.LENGTH - Word.PUSHED

/** The machine whose frames wait. */
let owner = 0

/** Makes `vm` the machine whose frames may wait; those of another one are told of first. */
export function claim(vm: number): void {
  if (vm !== owner) flush()
  owner = vm
}

/** Tells the machine of the frames that wait. */
export function flush(): void {
  if (words[Word.PUSHED_COUNT] !== 0) tell()
}

/** Forgets the waiting frames of a machine that is thrown away. */
export function disclaim(vm: number): void {
  if (vm === owner) words[Word.PUSHED_COUNT] = 0
}

function tell(): void {
  words[Word.VM] = owner
  words[Word.OP] = Op.PUSH
  turn()
  // A machine that broke takes no frames any more; they must not reach another one.
  words[Word.PUSHED_COUNT] = 0
}
