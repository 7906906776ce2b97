// A complete deep-handler machine in plain JS: prompts, one-shot continuations, handler search by walking the prompts,
// handlers that are programs themselves. It is the fair counterpart of what a VM has to do for each effect.
// A clause is `{ fun }`, a plain function that answers in place, or `{ ctl }`, a generator of (effect, k).
class Prompt {
  constructor(clauses, onReturn, parent) {
    this.clauses = clauses
    this.onReturn = onReturn
    this.frames = []
    this.parent = parent
  }
}

/** The detached prompts from the one that performed, `top`, to the one whose clause took the effect, `bottom`. */
class Continuation {
  constructor(top, bottom) {
    this.top = top
    this.bottom = bottom
    this.used = false
  }
}

/** Runs `body` under `clauses`. */
export class Handle {
  constructor(clauses, body, onReturn = null) {
    this.clauses = clauses
    this.body = body
    this.onReturn = onReturn
  }
}

/** Runs a sub-program as a frame of its own. */
export class Call {
  constructor(program) {
    this.program = program
  }
}

/** Continues `k`; the clause waits for its result. */
export class Resume {
  constructor(k, value) {
    this.k = k
    this.value = value
  }
}

/** Continues `k`; the clause is gone. */
export class Tail {
  constructor(k, value) {
    this.k = k
    this.value = value
  }
}

export const fun = f => ({ fun: f })
export const ctl = f => ({ ctl: f })

export function run(program) {
  let current = new Prompt(new Map(), null, null)
  let value
  current.frames.push(program)
  for (;;) {
    const { frames } = current
    if (frames.length === 0) {
      if (current.onReturn !== null) value = current.onReturn(value)
      current = current.parent
      if (current === null) return value
      continue
    }
    const step = frames[frames.length - 1].next(value)
    const effect = step.value
    if (step.done) {
      frames.pop()
      value = effect
      continue
    }
    const kind = effect.constructor
    if (kind === Call) {
      frames.push(effect.program)
      value = undefined
    } else if (kind === Handle) {
      current = new Prompt(effect.clauses, effect.onReturn, current)
      current.frames.push(effect.body)
      value = undefined
    } else if (kind === Resume || kind === Tail) {
      if (kind === Tail) frames.pop()
      current = reattach(effect.k, current)
      value = effect.value
    } else {
      let owner = current
      let clause
      while ((clause = owner.clauses.get(kind)) === undefined) owner = outer(owner, kind)
      if (clause.fun !== undefined) {
        value = clause.fun(effect)
        continue
      }
      const k = new Continuation(current, owner)
      current = owner.parent
      owner.parent = null
      current.frames.push(clause.ctl(effect, k))
      value = undefined
    }
  }
}

function reattach(k, parent) {
  if (k.used) throw new Error('continuation already resumed')
  k.used = true
  k.bottom.parent = parent
  return k.top
}

function outer(prompt, kind) {
  if (prompt.parent === null) throw new Error(`unhandled ${kind.name}`)
  return prompt.parent
}

function* handled(clauses, body) {
  return yield new Handle(clauses, body)
}

/** Runs `body` under one handler. */
export const runWith = (clauses, body) => run(handled(clauses, body))

/** Closes every frame of `k`, innermost first. */
export function close(k) {
  for (let prompt = k.top; prompt !== null; prompt = prompt.parent)
    while (prompt.frames.length > 0) prompt.frames.pop().return()
}
