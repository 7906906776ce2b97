// Thirty programs of every kind of control, small enough to be disturbed at each of their events.

import type { ClauseNode, EffectName, HandlerNode, Node, Operand } from './ast'

const A: Node = { op: 'perform', effect: 'A', value: 1 }
const B: Node = { op: 'perform', effect: 'B', value: 2 }
const it: Node = { op: 'pure', value: 'it' }
const wait: Node = { op: 'wait' }
const resume: Node = { op: 'resume', value: 5, throws: false }
const transfer: Node = { op: 'transfer', value: 5, throws: false }
const throwing: Node = { op: 'throw', value: 9 }
const get: Node = { op: 'get', key: 'x' }
const ask: Node = { op: 'ask', key: 'x' }

const note = (value: Operand): Node => ({ op: 'note', value })
const put = (value: Operand): Node => ({ op: 'put', key: 'x', value })
const tell = (value: Operand): Node => ({ op: 'tell', value })
const seq = (...nodes: Node[]): Node => nodes.reduceRight((then, first) => ({ op: 'bind', first, then }))
const call = (...nodes: Node[]): Node => ({ op: 'call', body: seq(...nodes) })
const tail = (...nodes: Node[]): Node => ({ op: 'tail', body: seq(...nodes) })
const attempt = (body: Node, then: Node): Node => ({ op: 'catch', body, then })
const tried = (...nodes: Node[]): Node => ({ op: 'try', body: seq(...nodes) })
const listen = (...nodes: Node[]): Node => ({ op: 'listen', body: seq(...nodes) })
const local = (value: Operand, ...nodes: Node[]): Node => ({ op: 'local', key: 'x', value, body: seq(...nodes) })
const cleaned = (body: Node, ...cleanup: Node[]): Node => ({ op: 'finally', body, cleanup: seq(...cleanup) })

type Kind = Exclude<ClauseNode['kind'], 'val' | 'fun'>
const clause = (kind: Kind, effect: EffectName, ...body: Node[]): ClauseNode => ({ effect, kind, body: seq(...body) })
const fun = (effect: EffectName, by: number): ClauseNode => ({ effect, kind: 'fun', by })
const under = (handler: HandlerNode | ClauseNode, ...body: Node[]): Node => ({
  op: 'handle',
  handler: 'clauses' in handler ? handler : { clauses: [handler] },
  body: seq(...body),
})

/** Three programs deep, each with a cleanup. */
const deep = (inner: Node): Node =>
  cleaned(call(cleaned(seq(call(cleaned(seq(wait, inner, note(3)), note(13))), wait), note(12))), note(11))

export const canonical: Record<string, Node> = {
  'notes and waits': seq(note(1), wait, note(2), wait, note(3)),
  'nested calls': deep(note(0)),
  'a throw through calls': attempt(deep(throwing), seq(note('it'), wait)),
  'a throw in a cleanup': attempt(cleaned(seq(wait, throwing), note(1), { op: 'throw', value: 8 }), note('it')),
  'a wait in a cleanup': cleaned(call(cleaned(wait, wait, note(1))), note(2)),
  'a throw that is tried': seq(tried(deep(throwing)), note(1)),
  'a tail call': seq(call(cleaned(tail(note(1), wait, note(2)), note(3))), note(4)),
  state: seq(put(1), wait, get, note('it'), { op: 'modify', key: 'x', by: 2 }, get, note('it')),
  'a store of its own': seq({ op: 'state', value: 7, body: seq(put(1), wait, get, note('it')) }, get, note('it')),
  'an environment': seq(local(1, ask, note('it'), local(2, wait, ask, note('it')), ask, note('it')), ask, note('it')),
  'a missing key': attempt(seq(wait, { op: 'ask', key: 'z' }), note('it')),
  'a log': seq(tell(1), listen(tell(2), wait, note(1)), tell(3)),
  'a fun clause': under(fun('A', 1), deep(A), A, note('it')),
  'a fun clause that throws': attempt(under(fun('A', -1), deep(A)), note('it')),
  'a fun clause with a program': under(clause('outside', 'A', wait, note(1), it), deep(A), note('it')),
  'a ctl clause in tail position': under(
    clause('ctl', 'A', wait, { op: 'tailResume', value: 5, throws: false }),
    deep(A),
    A,
  ),
  'a ctl clause that awaits': under(clause('ctl', 'A', note(1), resume, wait, note(2)), deep(A), A, note(3)),
  'a ctl clause that transfers': under(clause('ctl', 'A', cleaned(transfer, note(1))), deep(A), note('it')),
  'a ctl clause that throws into the body': under(
    clause('ctl', 'A', attempt({ op: 'resume', value: 5, throws: true }, note('it'))),
    deep(A),
  ),
  'a ctl clause that abandons': under(clause('ctl', 'A', note(1), wait), deep(A), note(2)),
  'a ctl clause that discontinues': under(clause('ctl', 'A', { op: 'discontinue' }, wait, note(1)), deep(A)),
  'a final clause': under(clause('final', 'A', wait, note(1)), deep(A), note(2)),
  'a raw clause that keeps': seq(
    under(clause('raw', 'A', { op: 'keep' }, note(1)), deep(A)),
    wait,
    { op: 'wake', value: 5 },
    note(2),
  ),
  'a raw clause that leaves it to the end': seq(under(clause('raw', 'A', note(1)), deep(A)), wait, note(2)),
  'a clause that declines': under(
    fun('A', 1),
    under(clause('ctl', 'A', cleaned({ op: 'delegate', returned: false }, note(1))), deep(A), note('it')),
  ),
  'a clause that performs': under(
    clause('ctl', 'B', resume, note(1)),
    under(clause('ctl', 'A', B, wait, resume, note(2)), deep(A)),
  ),
  'a return clause': under({ clauses: [fun('A', 1)], returns: seq(wait, note('it'), it) }, deep(A)),
  'a catch-all': under({ clauses: [], all: { kind: 'ctl', body: seq(note('it'), wait, resume) } }, deep(A)),
  'a cleanup that performs': under(fun('B', 1), under(clause('final', 'A', note(1)), cleaned(A, B, wait, note('it')))),
  'a cleanup answered by what is closed': under(
    { clauses: [clause('final', 'A', note(1)), clause('ctl', 'B', note(2), resume, note(3))] },
    cleaned(seq(wait, A), B, note('it')),
  ),
  'an end within a cleanup': under(
    clause('final', 'B', note(1)),
    under(clause('final', 'A', note(2)), cleaned(cleaned(A, B), wait, note(3))),
  ),
  'a use after the end': under(clause('ctl', 'A', resume, attempt(resume, note('it'))), deep(A)),
}
