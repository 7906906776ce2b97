// The command `http-service`: a small JSON service over a file. `node dist/examples/http-service/main.js items.json`
//
//   GET /items            every item                    curl localhost:8080/items
//   POST /items           makes one                     curl localhost:8080/items -d '{"name":"tea"}'
//   GET /items/1          one item
//   DELETE /items/1       deletes it
//   GET /counters         what was counted since the start
//
// Here the program meets the outside: which storage, which log, which scheduler. SIGINT and SIGTERM cancel and unwind
// it: no more requests come in, those under way are answered with 503, the file is complete; then the exit code says
// which signal it was (130, 143). A wrong argument is code 2, a port that is taken or a file that cannot be read is 1.

import { Await, bracket, compose, Do, reader, runMain, scheduled, start, state } from 'doeff-vm'

import { printedBy, type Entry } from './access-log'
import { serve } from './service'
import { parseCommand, USAGE, type Settings } from './settings'
import { keptInFile } from './storage'

function main(args: readonly string[]): void {
  let command: ReturnType<typeof parseCommand>
  try {
    command = parseCommand(args)
  } catch (error) {
    console.error(`${String((error as Error).message)}\n${USAGE}`)
    process.exitCode = 2
    return
  }
  const { file, settings } = command
  void runMain(serving(file, settings).with(scheduled()))
}

/** Serves until it is cancelled. */
const serving = Do(function* serving(file: string, settings: Settings) {
  const handlers = compose(printedBy(print), reader({ ...settings }), state(), keptInFile(file))
  yield* bracket(
    Await(() => serve(start(handlers), settings)),
    ({ port }) => {
      console.error(`Listening on http://127.0.0.1:${port}, items in ${file}`)
      return Await(new Promise<never>(() => {}))
    },
    service => Await(service.close()),
  )
})

function print({ error, ...entry }: Entry): void {
  console.log(JSON.stringify(entry))
  if (error !== undefined) console.error(error)
}

main(process.argv.slice(2))
