// The checked addon, with the rules of the front checked before every turn. It stands for the release addon in the checked pass.

interface Addon {
  version(): string
  open(words: Int32Array): () => void
}

const addon = require('../../native/checked/doeff-vm.node') as Addon

export const { version } = addon

/** As the addon's own. */
export function open(words: Int32Array): () => void {
  const turn = addon.open(words)
  let check: (() => void) | undefined
  return () => {
    // The rules are about what is loaded with the mailbox, which this is loaded by.
    check ??= (require('../../src-ts/driver/front-rules') as { checkFront: () => void }).checkFront
    check()
    turn()
  }
}
