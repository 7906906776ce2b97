// Cleanup: `finally` blocks run by an unwinding may perform effects, throw and end other computations. They find the
// handlers that stand where the unwinding was started, and their own inner ones while those are being closed.

import {
  Ask,
  Delegate,
  Discontinue,
  Do,
  effect,
  Get,
  handler,
  Local,
  type Program,
  Put,
  reader,
  Resume,
  state,
  Tell,
  Transfer,
  writer,
} from '../../index'
import { newVm, run } from '../support/leaks'

const Stop = effect('Stop')<[], unknown>()
const Where = effect('Where')<[], string>()
const Note = effect('Note')<[text: string], void>()

type Any = Program<unknown, unknown>

let steps: string[]
beforeEach(() => {
  steps = []
})

const notes = handler('notes').fun(Note, text => {
  steps.push(text)
})
const place = (name: string) => handler(name).val(Where, name)
const ending = handler('ending').final(Stop, () => 'ended')

/** A program that stops, and performs `cleanup` on its way out. */
const cleaning = Do(function* (cleanup: () => Any, inner: Any = Stop()) {
  try {
    return yield inner
  } finally {
    yield cleanup()
    steps.push('cleaned')
  }
})

const tellWhere = () => Where().flatMap(name => Note(`at ${name}`))

describe('an effect performed by a cleanup', () => {
  test.each([
    ['a final clause', handler('h').final(Stop, () => 'ended')],
    [
      'a ctl clause that ends',
      handler('h').ctl(Stop, function* () {
        return 'ended'
      }),
    ],
    [
      'Discontinue',
      handler('h').raw(Stop, function* (k) {
        yield Discontinue(k)
        return 'ended'
      }),
    ],
  ])('is answered by the handlers outside of the clause, when started by %s', (_way, taking) => {
    expect(run(cleaning(tellWhere).with(taking).with(place('outside')).with(notes))).toBe('ended')
    expect(steps).toEqual(['at outside', 'cleaned'])
  })

  test('is answered by the inner handlers of its own frame, which are not closed yet', () => {
    const program = cleaning(tellWhere).with(place('own')).with(place('further')).with(ending)
    expect(run(program.with(place('outside')).with(notes))).toBe('ended')
    expect(steps).toEqual(['at own', 'cleaned'])
  })

  test('is not answered by inner handlers that were closed before', () => {
    const inner = cleaning(tellWhere).with(place('inner'))
    expect(run(cleaning(tellWhere, inner).with(ending).with(place('outside')).with(notes))).toBe('ended')
    expect(steps).toEqual(['at inner', 'cleaned', 'at outside', 'cleaned'])
  })

  test('is answered by the handler that took the effect as well, when the body holds it still', () => {
    const both = handler('both')
      .final(Stop, () => 'ended')
      .val(Where, 'both')
    expect(run(cleaning(tellWhere).with(both).with(place('outside')).with(notes))).toBe('ended')
    expect(steps).toEqual(['at both', 'cleaned'])
  })

  test('may be handled by a clause that takes the continuation, and goes on', () => {
    const slow = handler('slow').ctl(Where, function* (k) {
      const result = yield Resume(k, 'slow')
      steps.push('clause over')
      return result
    })
    expect(run(cleaning(tellWhere).with(ending).with(slow).with(notes))).toBe('ended')
    expect(steps).toEqual(['at slow', 'cleaned', 'clause over'])
  })

  test('may be declined and answered further out', () => {
    const declining = handler('declining').ctl(Where, function* () {
      yield Delegate()
      steps.push('never')
    })
    const program = cleaning(tellWhere).with(declining).with(ending)
    expect(run(program.with(declining).with(place('outside')).with(notes))).toBe('ended')
    expect(steps).toEqual(['at outside', 'cleaned'])
  })

  test('sees and changes the stores that stand there', () => {
    const program = Do(function* () {
      const cleanup = Do(function* () {
        yield* Put('n', `${yield* Get('n')} ${yield* Ask('who')}`)
        yield* Tell('bye')
      })
      const result = yield* cleaning(() => cleanup().with(reader({ who: 'own' }))).with(ending)
      return [result, yield* Get('n'), yield* Ask('who')]
    })
    expect(
      run(
        program()
          .with(state({ n: 'seen by' }))
          .with(reader({ who: 'outer' }))
          .with(writer()),
      ),
    ).toEqual(['ended', 'seen by own', 'outer'])
  })

  test('sees the bindings of a Local that it is still in', () => {
    const asking = cleaning(() => Ask('who').flatMap(who => Note(String(who))))
    const program = Local({ who: 'inner' }, asking)
      .with(ending)
      .with(reader({ who: 'outer' }))
      .with(notes)
    expect(run(program)).toBe('ended')
    expect(steps).toEqual(['inner', 'cleaned'])
  })

  test('runs before a Transfer goes on', () => {
    const transferring = handler('transferring').ctl(Stop, function* (k) {
      try {
        yield Transfer(k, 1)
      } finally {
        yield* tellWhere()
      }
    })
    const body = Stop().flatMap(value => Note(`resumed with ${String(value)}`))
    run(body.with(transferring).with(place('outside')).with(notes))
    expect(steps).toEqual(['at outside', 'resumed with 1'])
  })

  test('runs at the end of a run under the handlers installed on the VM', () => {
    const vm = newVm()
    vm.stdlib().installState().installWriter()
    const keeping = handler('keeping').raw(Stop, function* () {
      return 'kept'
    })
    expect(vm.run(cleaning(() => Tell('end of run')).with(keeping))).toBe('kept')
    expect(vm.logs()).toEqual(['end of run'])
  })

  test('finds no handler when there is none, and can catch that', () => {
    const cleanup = Do(function* () {
      try {
        yield* Where()
      } catch (error) {
        steps.push((error as Error).message)
      }
    })
    expect(run(cleaning(cleanup).with(ending))).toBe('ended')
    expect(steps).toEqual(['No handler takes Where() (searched: ending).', 'cleaned'])
  })
})

describe('a cleanup whose effect ends a computation', () => {
  const End = effect('End')<[], unknown>()
  const end = () => End().map(() => steps.push('never'))

  test('of its own inside goes on', () => {
    const program = cleaning(() => end().with(handler('own').final(End, () => 'own ended')))
    expect(run(program.with(ending))).toBe('ended')
    expect(steps).toEqual(['cleaned'])
  })

  test('that contains the unwinding replaces it by the outer end', () => {
    const program = cleaning(() => Note('outer cleanup'), cleaning(end).with(ending))
    const outer = handler('outer').final(End, () => 'outer ended')
    expect(run(program.with(outer).with(notes))).toBe('outer ended')
    expect(steps).toEqual(['outer cleanup', 'cleaned'])
  })

  test('by a handler that is being unwound itself lets the unwinding go on', () => {
    const inner = handler('inner').final(End, () => 'inner ended')
    const program = cleaning(() => Note('outer cleanup'), cleaning(end).with(inner))
    expect(run(program.with(ending).with(notes))).toBe('ended')
    expect(steps).toEqual(['outer cleanup', 'cleaned'])
  })
})

test('a frame that answers its closing by returning another value does not revive its computation', () => {
  const stubborn = Do(function* () {
    for (;;) {
      try {
        yield* Stop()
      } finally {
        steps.push('finally')
        // eslint-disable-next-line no-unsafe-finally -- the case under test
        return 'mine'
      }
    }
  })
  const outer = stubborn().map(value => steps.push(`went on with ${String(value)}`))
  expect(run(outer.with(ending))).toBe('ended')
  expect(steps).toEqual(['finally'])
})

test('a frame that goes on after its closing is performed to its end, then the unwinding goes on', () => {
  const stubborn = Do(function* () {
    for (let i = 0; i < 3; i++) {
      try {
        yield* i === 0 ? Stop() : Where()
      } finally {
        steps.push(`finally ${i}`)
        // eslint-disable-next-line no-unsafe-finally -- the case under test
        continue
      }
    }
    return 'mine'
  })
  expect(
    run(
      cleaning(() => Note('outer'), stubborn())
        .with(ending)
        .with(place('there'))
        .with(notes),
    ),
  ).toBe('ended')
  expect(steps).toEqual(['finally 0', 'finally 1', 'finally 2', 'outer', 'cleaned'])
})
