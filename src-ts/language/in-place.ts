// What a frame came from in which the program of a `fun` clause runs in the performer's place.

import type { Program } from './program'

/** The program that a clause has answered with, and the effect that it is the answer of. @internal */
export class InPlace {
  constructor(
    readonly program: Program<unknown, unknown>,
    readonly effect: Program<unknown, unknown>,
  ) {}
}
