// Compiles a node of the AST to a generator function of JavaScript, as a user would have written it by hand: `try`,
// `finally` and `return` are those of the language. Nodes that run in generators of their own are parts.

import type { Program, ProgramGenerator } from '../../index'
import { isSuspending, type Node, type Operand } from './ast'

/** A compiled node. */
export type Body = (...args: unknown[]) => ProgramGenerator<unknown, unknown>

/** What encloses a part in the text: how to restore what its `uncancelable` shields, and its `cancelScope`. */
export interface Text {
  restore?: (program: Program<unknown, unknown>) => Program<unknown, unknown>
  scope?: { cancel(): void }
}

/**
 * The generator function of a node, in its text. It sees `it` and `k`, as the parameters or the prologue say, and calls the
 * functions of `$`.
 */
export function compile(node: Node, $: object, parameters = 'it, k', prologue = ''): (text: Text) => Body {
  const parts: Node[] = []
  let variables = 0
  const statements = emit(node, 'result', 'it')
  const source = `return text => function* (${parameters}) {\n${prologue}\nlet result\n${statements}\nreturn result\n}`
  // oxlint-disable-next-line no-new-func -- the point of this file
  return new Function('$', 'parts', source)($, parts) as (text: Text) => Body

  /** Statements that set the variable `into`; before those that suspend, the run may be disturbed. */
  function emit(node: Node, into: string, it: string): string {
    const statements = emitUndisturbed(node, into, it)
    return isSuspending(node) ? `if ($.isDue()) yield $.Cancel($.victim())\n${statements}` : statements
  }

  function emitUndisturbed(node: Node, into: string, it: string): string {
    const part = (body: Node, own = it, text = 'text'): string =>
      `$.program(parts[${parts.push(body) - 1}], ${own}, k, ${text})`
    const operand = (of: Operand): string => (of === 'it' ? it : String(of))
    const gives = (expression: string): string => `${into} = ${expression}`
    // An effect about one of these, if there is one.
    const about = (all: string, of: number, effect: string, argument = ''): string => {
      const subject = `v${++variables}`
      const asked = gives(`${subject} && (yield $.${effect}(${subject}, ${argument}))`)
      return `const ${subject} = $.pick($.${all}, ${of})\n${asked}`
    }
    switch (node.op) {
      case 'pure':
        return gives(operand(node.value))
      case 'throw':
        return `throw ${operand(node.value)}`
      case 'return':
        return `return ${operand(node.value)}`
      case 'note':
        return gives(`$.note(${operand(node.value)})`)
      case 'bind': {
        const first = `v${++variables}`
        return `let ${first}\n${emit(node.first, first, it)}\n${emit(node.then, into, first)}`
      }
      case 'catch': {
        const error = `v${++variables}`
        const caught = emit(node.then, into, error)
        return `try {\n${emit(node.body, into, it)}\n} catch (e) {\nconst ${error} = $.plain(e)\n${caught}\n}`
      }
      case 'finally': {
        const dropped = `v${++variables}`
        const cleanup = emit(node.cleanup, dropped, it)
        return `try {\n${emit(node.body, into, it)}\n} finally {\nlet ${dropped}\n$.trace.push('cleanup')\n${cleanup}\n}`
      }
      case 'call':
        return gives(`yield ${part(node.body)}`)
      case 'tail':
        return `return $.Tail(${part(node.body)})`
      case 'try':
        return gives(`$.plainResult(yield $.Try(${part(node.body)}))`)
      case 'listen':
        return gives(`yield $.Listen(${part(node.body)})`)
      case 'local':
        return gives(`yield $.Local({ ${node.key}: ${operand(node.value)} }, ${part(node.body)})`)
      case 'handle':
        return gives(`yield $.handle(parts[${parts.push(node) - 1}].handler, ${part(node.body)}, text)`)
      case 'state':
      case 'reader':
      case 'writer':
        return gives(`yield ${part(node.body)}.with($.${node.op}({ x: ${node.value} }))`)
      case 'perform':
        return gives(`yield $.${node.effect}(${operand(node.value)})`)
      case 'get':
        return gives(`yield $.Get('${node.key}')`)
      case 'ask':
        return gives(`yield $.Ask('${node.key}')`)
      case 'put':
        return gives(`yield $.Put('${node.key}', ${operand(node.value)})`)
      case 'modify':
        return gives(`yield $.Modify('${node.key}', old => $.add(old, ${node.by}))`)
      case 'scheduled':
        return gives(`yield ${part(node.body)}.with($.simulatedClock()).with($.scheduled())`)
      case 'spawn': {
        const { priority, daemon } = node
        const options = JSON.stringify({ priority, daemon }).replace('}', ', name: `t${$.spawned++}` }')
        return gives(`$.numberOf(yield $.Spawn(${part(node.body)}, ${options}))`)
      }
      case 'gather':
      case 'race': {
        const all = `v${++variables}`
        const effect = node.op === 'gather' ? `$.Gather(...${all})` : `$.Race(...${all})`
        const asked = `${all}.length === 0 ? undefined : $.plainRace(yield ${effect})`
        return `const ${all} = $.pickAll($.waitables, ${JSON.stringify(node.of)})\n${gives(asked)}`
      }
      case 'await':
        return about('waitables', node.of, 'Wait')
      case 'cancel':
        return about('tasks', node.of, 'Cancel')
      case 'acquire':
        return about('semaphores', node.of, 'Acquire')
      case 'release':
        return about('semaphores', node.of, 'Release')
      case 'complete':
        return about('promises', node.of, 'CompletePromise', operand(node.value))
      case 'fail':
        return about('promises', node.of, 'FailPromise', operand(node.value))
      case 'yield':
        return gives('yield $.Yield()')
      case 'promise':
        return gives('$.numberOf(yield $.CreatePromise())')
      case 'external':
        return gives('$.numberOf(yield $.CreateExternalPromise())')
      case 'outside':
        return gives('yield $.outside()')
      case 'semaphore':
        return gives(`$.numberOf(yield $.CreateSemaphore(${node.permits}))`)
      case 'sleep':
        return gives(`yield $.Sleep(${node.ms})`)
      case 'now':
        return gives('yield $.Now()')
      case 'wait':
        return gives('yield $.wait')
      case 'uncancelable': {
        // A body that restores nothing is given as it is.
        const restoring = `restore => ${part(node.body, it, '{ ...text, restore }')}`
        const isPlain = !JSON.stringify(node.body).includes('"restore"')
        return gives(`yield $.uncancelable(${isPlain ? part(node.body) : restoring})`)
      }
      case 'restore':
        return gives(`yield (text.restore ?? $.inert)(${part(node.body)})`)
      case 'timeout':
        return gives(`yield $.Timeout(${node.ms}, ${part(node.body)})`)
      case 'cancelScope':
        return gives(
          `yield $.CancelScope(scope => ($.scopes.push(scope), ${part(node.body, it, '{ ...text, scope }')}))`,
        )
      case 'cancelIt': {
        const scope = node.of === undefined ? 'text.scope' : `$.pick($.scopes, ${node.of})`
        return `${scope}?.cancel()\n${into} = undefined`
      }
      case 'taskScope':
        return gives(`yield $.Scope(${part(node.body)})`)
      case 'all':
      case 'any': {
        const bodies = node.bodies.map(body => part(body)).join(', ')
        return gives(`yield $.${node.op === 'all' ? 'All' : 'Any'}([${bodies}])`)
      }
      case 'bracket': {
        const acquired = `v${++variables}`
        const then = (body: Node): string => `${acquired} => ${part(body, acquired)}`
        return gives(`yield $.bracket(${part(node.acquire)}, ${then(node.use)}, ${then(node.release)})`)
      }
      case 'ensure':
        return gives(`yield $.ensure(${part(node.body)}, ${part(node.cleanup)})`)
      case 'withPermit': {
        const semaphore = `v${++variables}`
        const permitted = `${semaphore} && (yield $.withPermit(${semaphore}, ${part(node.body)}))`
        return `const ${semaphore} = $.pick($.semaphores, ${node.of})\n${gives(permitted)}`
      }
      case 'tell':
        return gives(`yield $.Tell(${operand(node.value)})`)
      case 'resume':
        return gives(`yield $.${node.throws ? 'ResumeThrow' : 'Resume'}(k, ${operand(node.value)})`)
      case 'transfer':
        return gives(`yield $.${node.throws ? 'TransferThrow' : 'Transfer'}(k, ${operand(node.value)})`)
      case 'tailResume':
        return `return $.${node.throws ? 'ResumeThrow' : 'Resume'}(k, ${operand(node.value)})`
      case 'discontinue':
        return gives('yield $.Discontinue(k)')
      case 'delegate': {
        const declining = `$.Delegate(${node.instead === undefined ? '' : `$.${node.instead}(7)`})`
        return node.returned ? `return ${declining}` : gives(`yield ${declining}`)
      }
      case 'keep':
        return `$.kept.push(k)\n${into} = undefined`
      case 'wake': {
        const k = `v${++variables}`
        return `const ${k} = $.kept.shift()\n${gives(`${k} && (yield $.Resume(${k}, ${operand(node.value)}))`)}`
      }
    }
  }
}
