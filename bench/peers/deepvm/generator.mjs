// W8 for deepvm: the clause returns its continuation, the consumer resumes it when it wants the next value.
import { Call, ctl, Handle, Resume, run } from './machine.mjs'

class Yield {
  constructor(value) {
    this.value = value
  }
}

function completeTree(height) {
  let tree = null
  for (let i = 1; i <= height; i++) tree = { left: tree, value: i, right: tree }
  return tree
}

function* walk(tree) {
  if (tree === null) return
  yield new Call(walk(tree.left))
  yield new Yield(tree.value)
  yield new Call(walk(tree.right))
}

function* handOut({ value }, rest) {
  return { value, rest }
}

const handingOut = new Map([[Yield, ctl(handOut)]])
const finished = () => null

function* consume(tree) {
  let sum = 0
  let step = yield new Handle(handingOut, walk(tree), finished)
  while (step !== null) {
    sum += step.value
    step = yield new Resume(step.rest)
  }
  return sum
}

export const generator = ({ height }) => run(consume(completeTree(height)))
