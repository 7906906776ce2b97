// The settings of the service, and how the command line gives them.

import { parseArgs } from 'node:util'

import { Ask, type AskEffect, type Program } from 'doeff-vm'

/** How the service is to work; each property is one binding of the Reader. */
export interface Settings {
  /** Where to listen; 0 is any free port. */
  readonly port: number
  /** How long a request may take. */
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  /** How long the last clients may take to receive their replies. */
  readonly graceMs: number
}

export const DEFAULTS: Settings = { port: 8080, timeoutMs: 5_000, maxBodyBytes: 64 * 1024, graceMs: 2_000 }

export const USAGE = 'Usage: http-service [file] [--port=N] [--timeout=ms]'

/** One setting, typed. */
export function setting<K extends keyof Settings>(key: K): Program<Settings[K], AskEffect> {
  return Ask<Settings[K]>(key)
}

/** What the command line says. @throws Error saying what is wrong with it. */
export function parseCommand(args: readonly string[]): { file: string; settings: Settings } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { port: { type: 'string' }, timeout: { type: 'string' } },
  })
  const [file = 'items.json', ...more] = positionals
  if (more.length > 0) throw new Error('One file is enough.')
  const port = wholeNumber('--port', values.port, DEFAULTS.port)
  const timeoutMs = wholeNumber('--timeout', values.timeout, DEFAULTS.timeoutMs)
  return { file, settings: { ...DEFAULTS, port, timeoutMs } }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} takes a whole number, not '${text}'.`)
  return Number(text)
}
