// The main example on trees in memory, where everything can be provoked. The mark words are spelled through constants,
// so that the report on this repository, which is its default, finds none here.

import { handler } from 'doeff-vm'

import { FileSize, found, KindOf, ListDir, ReadFile, refused } from '../../examples/repo-report/files'
import type { Entry, Kind } from '../../examples/repo-report/files'
import { inMemory, Locked, Odd, type Node } from '../../examples/repo-report/memory'
import { DEFAULTS } from '../../examples/repo-report/options'
import { reportOn } from '../../examples/repo-report/report'
import { reportText } from '../../examples/repo-report/text'
import { report, reportWith } from '../support/report'

const TODO = 'TODO'
const FIXME = 'FIXME'

const small = {
  'main.ts': 'one\ntwo\nthree\n',
  src: { 'lib.rs': 'fn a() {}\n', 'more.ts': 'x' },
}

describe('the program, on a tree in memory', () => {
  test('counts files, lines and bytes', () => {
    expect(report(small)).toMatchObject({ path: '.', stopped: null, files: 3, lines: 5, bytes: 25, warnings: [] })
  })

  test('sorts languages by lines and gives their shares', () => {
    expect(report(small).languages).toEqual([
      { name: 'TypeScript', files: 2, lines: 4, bytes: 15, share: 0.8 },
      { name: 'Rust', files: 1, lines: 1, bytes: 10, share: 0.2 },
    ])
  })

  test('lists the longest files, as many as asked for', () => {
    const paths = (top: number): string[] => report(small, { top }).longest.map(({ path }) => path)
    expect(paths(10)).toEqual(['main.ts', 'src/lib.rs', 'src/more.ts'])
    expect(paths(1)).toEqual(['main.ts'])
    expect(paths(0)).toEqual([])
  })

  test('finds marks with their file and line', () => {
    const tree = {
      'a.ts': `code()\ncode() // ${TODO}: name it\n/* ${FIXME}(ada) here */\n`,
      'b.py': `# ${TODO} without a colon\r\n`,
      'prose.md': `The ${TODO} list of a ${FIXME} and METHOD${TODO}: nothing.\n`,
    }
    expect(report(tree).marks).toEqual([
      { path: 'a.ts', line: 2, word: TODO, text: 'name it' },
      { path: 'a.ts', line: 3, word: FIXME, text: '(ada) here */' },
      { path: 'b.py', line: 1, word: TODO, text: 'without a colon' },
    ])
  })

  test('counts a binary file by its bytes and warns', () => {
    const { files, lines, bytes, languages, warnings } = report({ 'logo.png': Uint8Array.of(137, 10, 0, 10) })
    expect({ files, lines, bytes }).toEqual({ files: 1, lines: 0, bytes: 4 })
    expect(languages).toEqual([{ name: 'Binary', files: 1, lines: 0, bytes: 4, share: 0 }])
    expect(warnings).toEqual([{ path: 'logo.png', problem: 'binary', message: 'binary, lines not counted' }])
  })

  test('looks for a zero byte in the first 8 KiB only', () => {
    const late = Buffer.concat([Buffer.alloc(8192, 'a'), Buffer.of(0)])
    expect(report({ late }).warnings).toEqual([])
  })

  test('counts a file that is too large, without reading it', () => {
    const { lines, bytes, languages, warnings } = report({ 'big.json': '[\n]\n' }, { maxBytes: 3 })
    expect({ lines, bytes, language: languages[0]?.name }).toEqual({ lines: 0, bytes: 4, language: 'JSON' })
    expect(warnings).toMatchObject([{ path: 'big.json', problem: 'large' }])
  })

  test('warns of what cannot be read and goes on behind it', () => {
    const tree = { 'a.ts': new Locked('file'), b: new Locked('directory'), 'c.ts': 'x' }
    const { files, warnings } = report(tree)
    expect(files).toBe(1)
    expect(warnings).toEqual([
      { path: 'a.ts', problem: 'unreadable', message: 'unreadable (EACCES: permission denied)' },
      { path: 'b', problem: 'unreadable', message: 'unreadable (EACCES: permission denied)' },
    ])
  })

  test('follows no symbolic link and opens nothing special', () => {
    const { files, warnings } = report({ link: new Odd('link'), pipe: new Odd('special') })
    expect(files).toBe(0)
    expect(warnings.map(({ path, problem }) => [path, problem])).toEqual([
      ['link', 'link'],
      ['pipe', 'special'],
    ])
  })

  test('leaves out what is to be skipped, wherever it is', () => {
    const tree = { node_modules: { 'a.js': 'x' }, src: { dist: { 'b.js': 'x' }, 'c.js': 'x' } }
    expect(report(tree).longest.map(({ path }) => path)).toEqual(['src/c.js'])
    expect(report(tree, { skip: [] }).files).toBe(3)
    expect(report(tree, { skip: ['src'] }).longest.map(({ path }) => path)).toEqual(['node_modules/a.js'])
  })

  test('stops at the limit and reports what it saw until then', () => {
    const tree = { a: '1\n', b: { c: '2\n', d: '3\n' }, e: '4\n' }
    const { stopped, files, lines, longest } = report(tree, { maxFiles: 2 })
    expect({ stopped, files, lines }).toEqual({ stopped: '--max-files=2', files: 2, lines: 2 })
    expect(longest.map(({ path }) => path)).toEqual(['a', 'b/c'])
    expect(report(tree, { maxFiles: 4 }).stopped).toBeNull()
    expect(report(tree, { maxFiles: 0 })).toMatchObject({ stopped: '--max-files=0', files: 0 })
  })

  test('keeps the warnings of a walk that was stopped', () => {
    expect(report({ a: new Locked('file'), b: 'x' }, { maxFiles: 1 })).toMatchObject({
      stopped: '--max-files=1',
      warnings: [{ path: 'a' }],
    })
  })

  test('has nothing to say about an empty directory', () => {
    const empty = report({ inner: {} })
    expect(empty).toMatchObject({ files: 0, lines: 0, bytes: 0, languages: [], longest: [], marks: [], warnings: [] })
    expect(reportText(empty)).toBe('0 files, 0 lines, 0 bytes in .\n')
  })

  test('counts an empty file', () => {
    expect(report({ 'a.ts': '' }).languages).toEqual([{ name: 'TypeScript', files: 1, lines: 0, bytes: 0, share: 0 }])
  })

  test('reports on a single file', () => {
    expect(report(small, { path: 'src/lib.rs' }).longest).toMatchObject([{ path: 'src/lib.rs', lines: 1 }])
  })

  test('fails where there is nothing to report on', () => {
    const files = inMemory({ pipe: new Odd('special') })
    const outcomeAt = (path: string) => reportOn(files, { ...DEFAULTS, path })
    expect(outcomeAt('gone')).toEqual({ ok: false, message: 'gone: ENOENT: no such file or directory' })
    expect(outcomeAt('pipe')).toEqual({ ok: false, message: 'pipe: neither a file nor a directory' })
  })

  test('survives a file that disappears between being listed and being read', () => {
    const vanishing = handler('vanishing')
      .fun(KindOf, () => found<Kind>('directory'))
      .fun(ListDir, () => found<Entry[]>([{ name: 'a.ts', kind: 'file' }]))
      .fun(FileSize, () => found(3))
      .fun(ReadFile, () => refused('ENOENT: no such file or directory'))
    expect(reportWith(vanishing)).toMatchObject({ files: 0, warnings: [{ path: 'a.ts', problem: 'unreadable' }] })
  })

  test('takes names that mean something to JavaScript', () => {
    const tree = JSON.parse('{"__proto__": {"constructor.ts": "x"}, "toString": "y"}') as Node
    expect(report(tree).longest.map(({ path }) => path)).toEqual(['__proto__/constructor.ts', 'toString'])
  })

  test('goes down 50,000 directories, far deeper than a JavaScript stack', () => {
    let left = 50_000
    const deep = handler('deep')
      .fun(KindOf, () => found<Kind>('directory'))
      .fun(ListDir, () => {
        left--
        return found<Entry[]>([left > 0 ? { name: 'd', kind: 'directory' } : { name: 'end.ts', kind: 'file' }])
      })
      .fun(FileSize, () => found(2))
      .fun(ReadFile, () => found(Buffer.from('x\n')))
    const { files, lines, longest } = reportWith(deep)
    expect({ files, lines, length: longest[0]?.path.length }).toEqual({ files: 1, lines: 1, length: 2 * 49_999 + 6 })
  })

  test('runs again with a count of its own', () => {
    const files = inMemory(small)
    expect(reportWith(files)).toEqual(reportWith(files))
  })
})
