// One small program for each law of regions, forms and leaving does what the law says, on the reference interpreter and on
// the VM.

import { cases } from '../oracle/cases'
import { runners } from '../oracle/runners'

describe.each(runners)('on %s', (_name, run) => {
  test.each(Object.entries(cases))('%s', (_law, { program, trace, failed = [] }) => {
    const outcome = run(program)
    const noted = outcome?.trace.filter(event => event !== 'cleanup').map(event => event.replace('note ', ''))
    expect({ trace: noted?.join(', '), failed: outcome?.reports.failed }).toEqual({ trace, failed })
  })
})
