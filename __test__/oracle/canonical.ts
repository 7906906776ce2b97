// Some forty programs of every kind of control, with tasks and without, small enough to be disturbed at each of their events.

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

const scheduled = (...nodes: Node[]): Node => ({ op: 'scheduled', body: seq(...nodes) })
const spawn = (body: Node): Node => ({ op: 'spawn', priority: 'normal', daemon: false, body })
const pause: Node = { op: 'yield' }
const one = (op: 'await' | 'cancel' | 'acquire' | 'release', of: number): Node => ({ op, of })
const all = (op: 'gather' | 'race', ...of: number[]): Node => ({ op, of })

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
  'tasks that are gathered': scheduled(spawn(deep(pause)), spawn(deep(note(5))), all('gather', 0, 1), note('it')),
  'tasks that race': scheduled(spawn(deep(pause)), spawn(seq(wait, note(5))), all('race', 0, 1), note('it'), wait),
  'a task that fails': scheduled(spawn(deep(throwing)), attempt(one('await', 0), seq(wait, note('it')))),
  'a task that nobody waits for': scheduled(spawn(deep(throwing)), pause, pause, wait, note(1)),
  'a task that is cancelled': scheduled(
    spawn(deep(pause)),
    pause,
    one('cancel', 0),
    attempt(one('await', 0), seq(wait, note('it'))),
  ),
  'tasks that are left over': scheduled(spawn(deep(pause)), spawn(deep(pause)), pause, wait, note(1)),
  'a promise': scheduled(
    { op: 'promise' },
    spawn(cleaned(seq(wait, { op: 'complete', of: 0, value: 7 }), note(1))),
    cleaned(seq(one('await', 1), note('it')), wait),
  ),
  'a permit': scheduled(
    { op: 'semaphore', permits: 1 },
    spawn(seq(one('acquire', 0), cleaned(seq(wait, pause, note(1)), one('release', 0)))),
    spawn(seq(one('acquire', 0), cleaned(seq(wait, pause, note(2)), one('release', 0)))),
    all('gather', 0, 1),
  ),
  'a deadlock': scheduled({ op: 'promise' }, spawn(deep(one('await', 1))), attempt(one('await', 0), note('it')), wait),
  'a clock': scheduled(spawn(seq({ op: 'sleep', ms: 5 }, wait, note(1))), { op: 'sleep', ms: 9 }, note(2), {
    op: 'now',
  }),
  'a scheduler inside of a task': scheduled(
    spawn(scheduled(spawn(deep(pause)), one('await', 0))),
    all('gather', 0),
    wait,
  ),
  'a clause around a scheduler that abandons': under(
    clause('ctl', 'A', note(1), wait),
    scheduled(spawn(deep(pause)), spawn(deep(A)), pause, wait, one('await', 0)),
  ),
  'a clause that tasks inherit, in tail position': scheduled(
    under(
      clause('ctl', 'A', wait, { op: 'tailResume', value: 5, throws: false }),
      spawn(deep(A)),
      spawn(deep(A)),
      wait,
    ),
    all('gather', 0, 1),
  ),
  'a clause that tasks inherit': scheduled(
    under(clause('ctl', 'A', wait, resume, note(1)), spawn(deep(A)), spawn(deep(A)), wait),
    all('gather', 0, 1),
  ),
}
