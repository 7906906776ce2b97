// W6 for tramp: the first effect ends the run; `return` on the outermost generator closes them all.
class Done {
  constructor(value) {
    this.value = value
  }
}

function* product(numbers, i) {
  const x = numbers[i]
  if (x === 0) yield new Done(0)
  return x * (yield* product(numbers, i + 1))
}

export function abort({ depth, reps }) {
  const numbers = Array.from({ length: depth + 1 }, (_, i) => depth - i)
  let sum = 0
  for (let r = 0; r < reps; r++) {
    const program = product(numbers, 0)
    const { value: done } = program.next()
    program.return()
    sum += done.value
  }
  return sum
}
