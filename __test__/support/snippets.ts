// Code written in documents, as tests: found in Markdown, type-checked against the package, and run.
//
// A snippet is a module: it imports what it uses from 'doeff-vm'. An expression statement of its outermost level that a
// comment follows on the same line is an assertion: `expression // value` of deep equality, `expression // throws Name`
// of the class of what it throws. A promise is awaited first.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** Code in a document. */
export interface Snippet {
  /** The document, from the root of the repository. */
  readonly file: string
  /** The line of the document before the first line of the code. */
  readonly line: number
  readonly code: string
}

/** A fenced block of a Markdown file. */
export interface Block extends Snippet {
  /** The word after the fence. */
  readonly language: string
}

const root = join(__dirname, '../..').replaceAll('\\', '/')

/** The fenced blocks of a Markdown file; none when there is no such file. */
export function blocksOf(file: string): Block[] {
  if (!existsSync(join(root, file))) return []
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^ *```(.*?)\n(.*?)^ *```$/gms)].map(({ 1: language = '', 2: code = '', index }) => {
    return { file, line: text.slice(0, index).split('\n').length, language, code }
  })
}

/** Where a snippet stands, as editors write it. */
export function placeOf({ file, line }: Snippet): string {
  return `${file}:${line + 1}`
}

/** The type errors in snippets, each with its place. The package's name stands for its sources. */
export function typeErrors(snippets: readonly Snippet[]): string[] {
  const files = new Map(snippets.map((snippet, at) => [`${root}/snippets/${at}.mts`, snippet]))
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile) as { config: unknown }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  Object.assign(options, { noEmit: true, moduleDetection: ts.ModuleDetectionKind.Force })
  options.paths = { 'doeff-vm': [`${root}/index.ts`], 'doeff-vm/*': [`${root}/*.ts`] }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = name => files.has(name) || fileExists(name)
  host.readFile = name => files.get(name)?.code ?? readFile(name)
  const program = ts.createProgram([...files.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const snippet = files.get(file?.fileName ?? '')
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0
    const place = snippet ? `${snippet.file}:${snippet.line + line + 1}` : file?.fileName
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}

/** Runs a snippet; gives how many assertions it made. */
export async function runSnippet(snippet: Snippet): Promise<number> {
  const { code, assertions } = withAssertions(snippet)
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }
  const { outputText } = ts.transpileModule(code, { compilerOptions })
  const evaluate = new AsyncFunction('require', 'exports', 'check', outputText)
  await evaluate(provide, {}, check)
  return assertions
}

type Evaluate = (...scope: unknown[]) => Promise<void>

const AsyncFunction = (async () => {}).constructor as new (...parametersAndBody: string[]) => Evaluate

/** What a snippet may import. */
function provide(specifier: string): unknown {
  if (specifier === 'doeff-vm') return require('../../index')
  if (/^doeff-vm\/\w+$/.test(specifier)) return require(`../../${specifier.slice('doeff-vm/'.length)}`)
  if (specifier.startsWith('node:')) return require(specifier)
  throw new Error(`A document uses doeff-vm and Node only, not ${specifier}.`)
}

/** The code with its assertions turned into calls of {@link check}. */
function withAssertions({ file, line, code }: Snippet): { code: string; assertions: number } {
  const source = ts.createSourceFile('snippet.mts', code, ts.ScriptTarget.ES2022, true)
  const pieces: string[] = []
  let copied = 0
  for (const statement of source.statements.filter(ts.isExpressionStatement)) {
    const [comment, expected] = /^ *\/\/ *(.*)/.exec(code.slice(statement.end)) ?? []
    if (comment === undefined) continue
    const place = `${file}:${line + source.getLineAndCharacterOfPosition(statement.end).line + 1}`
    const [, error] = /^throws (\w+)$/.exec(expected ?? '') ?? []
    const wanted = error === undefined ? `async () => (${expected})` : `'${error}'`
    const action = `async () => (${statement.expression.getText()})`
    pieces.push(code.slice(copied, statement.getStart()), `;await check('${place}', ${action}, ${wanted})`)
    copied = statement.end + comment.length
  }
  return { code: pieces.join('') + code.slice(copied), assertions: pieces.length / 2 }
}

/** Compares what `action` gives with what `wanted` gives, or what it throws with the name of a class. */
async function check(place: string, action: () => unknown, wanted: (() => unknown) | string): Promise<void> {
  if (typeof wanted === 'string') {
    expect({ place, throws: await classThrownBy(action) }).toEqual({ place, throws: wanted })
  } else {
    expect({ place, value: await action() }).toStrictEqual({ place, value: await wanted() })
  }
}

async function classThrownBy(action: () => unknown): Promise<string> {
  try {
    await action()
  } catch (error) {
    return (error as object).constructor.name
  }
  return 'nothing'
}
