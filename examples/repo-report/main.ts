// The command `repo-report`: arguments in, text out, an exit code at the end. `--help` says what the codes mean.
//
// It knows the terminal and the disk; the report itself knows neither.

import { Do, runMain, scheduled } from 'doeff-vm'

import { onDisk } from './files'
import { HELP, parseCommand, USAGE, type Options } from './options'
import { reportAhead, reportOn } from './report'
import { printable } from './table'
import { reportText, warningLines } from './text'

const main = Do(function* main(args: readonly string[]) {
  const command = parseCommand(args)
  switch (command.kind) {
    case 'help':
      process.stdout.write(HELP)
      return 0
    case 'mistake':
      complain(command.message, USAGE)
      return 2
    case 'report':
      return yield* printReport(command.options)
  }
})

const printReport = Do(function* printReport(options: Options) {
  const outcome = options.ahead === 0 ? reportOn(onDisk, options) : yield* reportAhead(options)
  if (!outcome.ok) {
    complain(outcome.message)
    return 1
  }
  const { report } = outcome
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report))
  complain(...warningLines(report.warnings))
  return report.warnings.some(({ problem }) => problem === 'unreadable') ? 3 : 0
})

function complain(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${printable(line)}\n`)
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

void runMain(main(process.argv.slice(2)).with(scheduled()))
