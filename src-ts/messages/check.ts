// What several forms check of what they are given.

import { show } from './show'

/** What an option that may be left out must be, if it is there. @throws TypeError naming it. @internal */
export function checkFunction(x: unknown, asker: string, name: string): void {
  if (x === undefined || typeof x === 'function') return
  throw new TypeError(`${asker}: ${name} is a function, not ${show(x)}.`)
}
