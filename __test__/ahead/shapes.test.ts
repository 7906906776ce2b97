// What the driver reads all the time has one hidden class each: a second one costs every program that runs.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const script = join(__dirname, '../support/shapes.mjs')
const output = execFileSync(process.execPath, ['--allow-natives-syntax', script], { encoding: 'utf8' })

test('programs have one shape, and waitables have one', () => {
  expect(JSON.parse(output)).toEqual({
    'effects, calls and primitives': true,
    'waitables while they are pending': true,
    'waitables that are settled, from outside too': true,
    'different things, which would show a check that always holds': false,
  })
})
