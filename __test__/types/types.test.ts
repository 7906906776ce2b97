// The laws of `types/` hold in the shipped declarations too, not only in the sources that the compiler checks them
// against; and the declarations are free of `any`.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(__dirname, '../..').replaceAll('\\', '/')
jest.setTimeout(60_000)

const laws = readdirSync(__dirname)
  .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map(name => `${root}/__test__/types/${name}`)

/** The errors in files, with `index.d.ts` in the place of `index.ts`. */
function errorsAgainstDeclarations(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile) as { config: unknown }
  const options = { ...ts.parseJsonConfigFileContent(config, ts.sys, root).options, noEmit: true, skipLibCheck: false }
  const host = ts.createCompilerHost(options)
  host.fileExists = name => name !== `${root}/index.ts` && ts.sys.fileExists(name)
  const program = ts.createProgram(files, options, host)
  const checked = [...files, `${root}/index.d.ts`].map(name => program.getSourceFile(name))
  expect(checked).not.toContain(undefined)
  return checked
    .flatMap(file => ts.getPreEmitDiagnostics(program, file))
    .map(({ file, start, messageText }) => {
      const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0
      return `${file?.fileName}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
}

test('every law about types holds in index.d.ts', () => {
  expect(laws.length).toBeGreaterThan(10)
  expect(errorsAgainstDeclarations(laws)).toEqual([])
})

test('any is in no exported type', () => {
  const declarations = readFileSync(`${root}/index.d.ts`, 'utf8')
  const withoutComments = declarations.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
  expect(withoutComments.match(/.*\bany\b.*/g)).toBeNull()
  expect(declarations.length).toBeGreaterThan(withoutComments.length)
})

test('the declarations export as values exactly what exists', () => {
  const declarations = readFileSync(`${root}/index.d.ts`, 'utf8')
  const [, names = ''] = /^export \{ (.*) \};$/m.exec(declarations) ?? []
  expect(new Set(names.split(', '))).toEqual(new Set(Object.keys(require('../../index') as object)))
})
