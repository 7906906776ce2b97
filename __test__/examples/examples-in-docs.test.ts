// Every example in the doc comments of the sources compiles and does what its comments say, and every exported value
// has one. An example may use all exported names without importing them.

import { join, relative } from 'node:path'
import ts from 'typescript'

import { placeOf, runSnippet, typeErrors, type Snippet } from '../support/snippets'

jest.setTimeout(60_000)

const root = join(__dirname, '../..')
/** The entries of the package: the main one, and those of the sub-paths. */
const entries = ['index', 'events', 'inspect']
const fileOf = (entry: string): string => join(root, `${entry}.ts`)
const program = ts.createProgram(entries.map(fileOf), { noLib: true })
const checker = program.getTypeChecker()
const sources = program.getSourceFiles().filter(({ fileName }) => /\/src-ts\/[^]*\.ts$/.test(fileName))

/** What the entries export, behind their re-exports. */
const exported = entries.flatMap(entry =>
  exportsOf(fileOf(entry)).map(symbol => ({
    name: symbol.name,
    from: entry === 'index' ? 'doeff-vm' : `doeff-vm/${entry}`,
    target: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    isType: symbol.declarations?.some(each => ts.isExportSpecifier(each) && isTypeOnly(each)) === true,
  })),
)
const values = exported.filter(({ target, isType }) => !isType && target.flags & ts.SymbolFlags.Value)

const examples = sources.flatMap(({ fileName, text }) => examplesIn(relative(root, fileName), text))

/** The doc comments of what is exported. */
const docsOf = ({ target }: (typeof exported)[number]): ts.JSDoc[] =>
  (target.declarations ?? []).flatMap(each => ts.getJSDocCommentsAndTags(each)).filter(ts.isJSDoc)

test.each(exported)('$name is described in a sentence', symbol => {
  const [doc] = docsOf(symbol)
  expect(ts.getTextOfJSDocComment(doc?.comment)).toMatch(/^[A-Z`][^]*[.:]/)
})

test.each(values)('$name has an example', symbol => {
  const tags = docsOf(symbol).flatMap(({ tags = [] }) => tags)
  expect(tags.map(({ tagName }) => tagName.text)).toContain('example')
})

test('every example type-checks', () => {
  expect(typeErrors(examples)).toEqual([])
})

test.each(examples.map(example => [placeOf(example), example] as const))('%s runs as it says', async (_, example) => {
  expect(await runSnippet(example)).toBeGreaterThan(0)
})

test.each(entries)('what %s.ts exports as a value exists when it is loaded', entry => {
  const loaded = new Set(Object.keys(require(fileOf(entry)) as object))
  const from = entry === 'index' ? 'doeff-vm' : `doeff-vm/${entry}`
  expect(new Set(values.filter(value => value.from === from).map(({ name }) => name))).toEqual(loaded)
})

function exportsOf(file: string): ts.Symbol[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile)
  return checker.getExportsOfModule(module as ts.Symbol)
}

function isTypeOnly(specifier: ts.ExportSpecifier): boolean {
  return specifier.isTypeOnly || specifier.parent.parent.isTypeOnly
}

/** The examples in the doc comments of a file: from `@example` to the next tag or the end of the comment. */
function examplesIn(file: string, text: string): Snippet[] {
  return [...text.matchAll(/^ *\* @example\n((?: *\*(?! @|\/).*\n)+)/gm)].map(({ 0: block, 1: lines = '', index }) => {
    const line = text.slice(0, index + block.indexOf('\n')).split('\n').length
    const code = lines.replaceAll(/^ *\* ?/gm, '')
    return { file, line, code: `${importsFor(code)}${code}` }
  })
}

/** Imports of the exported names that `code` uses and does not declare, on its first line. */
function importsFor(code: string): string {
  const used = exported.filter(({ name }) => {
    const declared = new RegExp(`^(?:const|let|class|function\\*?) ${name}\\b`, 'm')
    return new RegExp(`\\b${name}\\b`).test(code) && !declared.test(code)
  })
  return [...new Set(used.map(({ from }) => from))]
    .map(from => {
      const names = used
        .filter(each => each.from === from)
        .map(({ name, isType, target }) => (isType || !(target.flags & ts.SymbolFlags.Value) ? `type ${name}` : name))
      return `import { ${names.join(', ')} } from '${from}'; `
    })
    .join('')
}
