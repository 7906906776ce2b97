// W8 for doeff-vm: a `raw` clause hands its continuation out, the consumer resumes it when it wants the next value.
import { Do, effect, handler, Resume, run } from 'doeff-vm'

const Yield = effect('Yield')()

function completeTree(height) {
  let tree = null
  for (let i = 1; i <= height; i++) tree = { left: tree, value: i, right: tree }
  return tree
}

const walk = Do(function* (tree) {
  if (tree === null) return
  yield walk(tree.left)
  yield Yield(tree.value)
  yield walk(tree.right)
})

const handingOut = handler('handing out')
  .raw(Yield, function* (k, value) {
    return { value, rest: k }
  })
  .returns(() => null)

const consume = Do(function* (tree) {
  let sum = 0
  let step = yield walk(tree).with(handingOut)
  while (step !== null) {
    sum += step.value
    step = yield Resume(step.rest)
  }
  return sum
})

export const generator = ({ height }) => run(consume(completeTree(height)))
