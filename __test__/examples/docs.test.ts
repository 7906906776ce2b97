// Every code block of the documents compiles and does what its comments say.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { blocksOf, placeOf, runSnippet, typeErrors } from '../support/snippets'

// One type check of everything takes seconds on a busy machine.
jest.setTimeout(60_000)

/** Blocks in these languages are not code of ours. */
const NOT_RUN = ['sh', 'text', 'json', 'rust', 'toml']

const pages = readdirSync(join(__dirname, '../../docs')).filter(name => name.endsWith('.md'))
const blocks = ['README.md', ...pages.map(name => `docs/${name}`)].flatMap(blocksOf)
const snippets = blocks.filter(({ language }) => language === 'ts')

test('every block is TypeScript that runs, or in a language that is known not to', () => {
  const others = blocks.filter(({ language }) => language !== 'ts' && !NOT_RUN.includes(language))
  expect(others.map(placeOf)).toEqual([])
})

test('every block type-checks', () => {
  expect(typeErrors(snippets)).toEqual([])
})

test.each(snippets.map(snippet => [placeOf(snippet), snippet] as const))('%s runs as it says', async (_, snippet) => {
  expect(await runSnippet(snippet)).toBeGreaterThan(0)
})
