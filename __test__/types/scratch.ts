import { Do, run, Get, state, handler, effect } from '../../index'
const show = (x: unknown) => String(x)
const E1 = effect('E1')<[], string>()
export const a = Do(function* () { const n = (yield Get('n')) as string; return n })
export const b = Do(function* () { const n = show(yield Get('n')); return n })
export const c = Do(function* () { const n = [yield Get('n')]; return n })
export const dd = Do(function* () { const n = yield Get('n'); return n })
function* named() { const n = (yield Get('n')) as string; return n }
export const e = Do(named)
function* named2() { const n: unknown = yield Get('n'); return n }
export const f = Do(named2)
function* named3() { yield Get('n'); return yield* Get('n') }
export const g = Do(named3)
export const h = handler('x').ctl(E1, function* (k) { const n = (yield Get('n')) as string; return n})
run(function* () { const n = (yield Get('n')) as string; return n }().next().value.with(state()))
