// W8 for tramp: JavaScript's own generators with recursive `yield*`.
function completeTree(height) {
  let tree = null
  for (let i = 1; i <= height; i++) tree = { left: tree, value: i, right: tree }
  return tree
}

function* walk(tree) {
  if (tree === null) return
  yield* walk(tree.left)
  yield tree.value
  yield* walk(tree.right)
}

export function generator({ height }) {
  let sum = 0
  for (const value of walk(completeTree(height))) sum += value
  return sum
}
