// Every run of every program is compared with the expected result: a fast wrong answer must never reach a table.
export class WrongResult extends Error {}

export function check(result, expected) {
  if (result !== expected) throw new WrongResult(`got ${result}, expected ${expected}`)
}
