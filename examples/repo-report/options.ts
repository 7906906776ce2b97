// The command line: what may be written on it, and what the report finds in its environment.

import { parseArgs } from 'node:util'

import { Ask, type AskEffect, type Program } from 'doeff-vm'

/** How to report; each property is one binding of the Reader. */
export interface Options {
  /** The directory or file to report on. */
  readonly path: string
  /** Names to leave out, wherever they are. */
  readonly skip: readonly string[]
  /** How many of the longest files to list. */
  readonly top: number
  /** How many files to see before the walk is stopped. */
  readonly maxFiles: number
  /** Larger files are counted but not read; in bytes. */
  readonly maxBytes: number
  readonly json: boolean
  /** How many files to read ahead; 0 reads them one by one, when they are asked for. */
  readonly ahead: number
}

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'report'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly message: string }

const SKIPPED = ['.git', '.cache', 'node_modules', 'target', 'dist', 'native']

export const DEFAULTS: Options = {
  path: '.',
  skip: SKIPPED,
  top: 10,
  maxFiles: Infinity,
  maxBytes: 16 * 1024 * 1024,
  json: false,
  ahead: 16,
}

export const USAGE =
  'Usage: repo-report [path] [--top=N] [--max-files=N] [--skip=name] [--all] [--ahead=N] [--json] [--help]'

export const HELP = `${USAGE}

Reports on a directory tree or a single file: files, lines, bytes, languages, longest files, TODO and FIXME marks.

  path           what to report on; "." when left out
  --top=N        list the N longest files (default ${DEFAULTS.top})
  --max-files=N  stop after N files; the report says so
  --skip=name    leave out every file and directory of that name; may be repeated
  --all          do not leave out ${SKIPPED.join(', ')}
  --ahead=N      read up to N files ahead (default ${DEFAULTS.ahead}); 0 reads them one by one
  --json         print JSON instead of tables
  --help         print this

Symbolic links inside of the tree are not followed. Binary files (a zero byte in the first 8 KiB) and files of more
than 16 MiB are counted, but their lines are not. Warnings go to stderr.

Exit codes: 0 done, 1 the path is missing or neither file nor directory, 2 wrong usage, 3 done, but something in the
tree could not be read.
`

/** One option, typed. */
export function option<K extends keyof Options>(key: K): Program<Options[K], AskEffect> {
  return Ask<Options[K]>(key)
}

/** Reads the arguments of the command. */
export function parseCommand(args: readonly string[]): Command {
  try {
    return commandOf(args)
  } catch (error) {
    // Node's own messages go on with advice that is longer than the usage.
    const [message = ''] = String((error as { message?: unknown }).message).split('. To specify')
    return { kind: 'mistake', message }
  }
}

function commandOf(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      top: { type: 'string' },
      'max-files': { type: 'string' },
      ahead: { type: 'string' },
      skip: { type: 'string', multiple: true },
      all: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return { kind: 'help' }
  const [path = DEFAULTS.path, ...more] = positionals
  if (more.length > 0) throw new Error(`One path is enough, but here are ${positionals.length}.`)
  const options: Options = {
    ...DEFAULTS,
    path: path.replace(/(?<=[^/:])\/+$/, ''),
    skip: [...(values.all === true ? [] : SKIPPED), ...(values.skip ?? []).map(name => name.replace(/\/+$/, ''))],
    top: wholeNumber('--top', values.top, DEFAULTS.top),
    maxFiles: wholeNumber('--max-files', values['max-files'], DEFAULTS.maxFiles),
    json: values.json === true,
    ahead: wholeNumber('--ahead', values.ahead, DEFAULTS.ahead),
  }
  return { kind: 'report', options }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^\d+$/.test(text)) throw new Error(`${name} takes a whole number, not '${text}'.`)
  return Number(text)
}
