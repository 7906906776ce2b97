// What several versions of the compiler say about code that uses the package as it is shipped: by its declarations.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The compilers, by the folders that they are installed in. */
export const compilers = { '5.4': 'typescript-5.4', '6.0': 'typescript', '7.0': 'typescript-7.0' } as const

export type Version = keyof typeof compilers

const root = join(__dirname, '../..')

/** A folder of modules that may import 'doeff-vm'; it is gone when the process ends. */
export function folderOf(modules: Readonly<Record<string, string>>): string {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/compiled-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const installed = join(folder, 'node_modules/doeff-vm')
  mkdirSync(installed, { recursive: true })
  copyFileSync(join(root, 'index.d.ts'), join(installed, 'index.d.ts'))
  writeFileSync(join(installed, 'package.json'), '{ "name": "doeff-vm", "types": "index.d.ts" }')
  for (const name in modules) writeFileSync(join(folder, name), modules[name] as string)
  return folder
}

/** What a user's project compiles with; `lib` and `types` as small as they can be. */
export const usualOptions = {
  noEmit: true,
  strict: true,
  target: 'es2022',
  lib: ['es2022'],
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  types: [],
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
} as const

/** Compiles a folder; gives the errors, each with the name of its file, its place and its lines. */
export function errorsIn(folder: string, version: Version, options: object = usualOptions): CompileError[] {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
  const tsc = join(root, 'node_modules', compilers[version], 'bin/tsc')
  const { stdout, stderr, error } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (error !== undefined || stderr !== '') throw new Error(`TypeScript ${version} did not run; npm install. ${stderr}`)
  const errors: CompileError[] = []
  for (const line of stdout.split('\n').filter(each => each !== '')) {
    const [, file, at, column, code, text] = /^(\S+)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line) ?? []
    if (file !== undefined)
      errors.push({ file, place: `${at}:${column}`, code: code as string, lines: [text as string] })
    else if (line.startsWith('  ')) errors.at(-1)?.lines.push(line)
    else throw new Error(`TypeScript ${version}: ${line}`)
  }
  return errors
}

export interface CompileError {
  readonly file: string
  /** Line and column. */
  readonly place: string
  readonly code: string
  readonly lines: string[]
}
