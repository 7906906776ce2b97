// The main example: first the program on trees in memory, where everything can be provoked, then the built command on
// directories of the disk. The mark words are spelled through constants, so that the report on this repository, which
// is its default, finds none here.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { handler, scheduled, VM } from 'doeff-vm'

import { countLines } from '../examples/repo-report/content'
import { FileSize, found, KindOf, ListDir, onDisk, ReadFile, refused } from '../examples/repo-report/files'
import type { Entry, FileSystem, Kind } from '../examples/repo-report/files'
import { languageOf } from '../examples/repo-report/languages'
import { inMemory, Locked, Odd, type Node } from '../examples/repo-report/memory'
import { DEFAULTS, parseCommand, type Options } from '../examples/repo-report/options'
import { reportAhead, reportOn, type Report } from '../examples/repo-report/report'
import { reportText, warningLines } from '../examples/repo-report/text'

const TODO = 'TODO'
const FIXME = 'FIXME'

const reportWith = (files: FileSystem, options: Partial<Options> = {}): Report => {
  const outcome = reportOn(files, { ...DEFAULTS, ...options })
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.report
}

const report = (tree: Node, options?: Partial<Options>): Report => reportWith(inMemory(tree), options)

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

describe('the parts', () => {
  test.each([
    ['', 0],
    ['\n', 1],
    ['a', 1],
    ['a\n', 1],
    ['a\n\nb', 3],
    ['a\r\nb\r\n', 2],
  ])('%j has %i lines', (text, lines) => {
    expect(countLines(Buffer.from(text))).toBe(lines)
  })

  test.each([
    ['src/types.d.ts', 'TypeScript'],
    ['src/a.MJS', 'JavaScript'],
    ['tools/Makefile', 'Make'],
    ['a.b/LICENSE', 'Other'],
    ['.gitignore', 'Other'],
    ['notes.md', 'Markdown'],
  ])('%s is %s', (path, language) => {
    expect(languageOf(path)).toBe(language)
  })

  test('warnings of one kind are counted, unreadable paths are named', () => {
    const { warnings } = report({
      'locked.ts': new Locked('file'),
      a: new Odd('link'),
      b: new Odd('link'),
      c: Buffer.of(0),
      d: new Odd('special'),
    })
    expect(warningLines(warnings)).toEqual([
      'locked.ts: unreadable (EACCES: permission denied)',
      '1 binary file: its lines are not counted',
      '2 symbolic links are not followed',
      '1 entry is neither file nor directory',
    ])
  })

  test('nothing in a name can break a line', () => {
    const text = reportText(report({ 'a\nb\u001b[31m.ts': 'x', 'c\u202e.ts': '' }, { path: '.' }))
    expect(text).toContain('1  a\\u{a}b\\u{1b}[31m.ts\n0  c\\u{202e}.ts\n')
  })

  test('a long list of marks is cut in the text', () => {
    const { marks, ...rest } = report({ 'a.sh': `# ${TODO} again\n`.repeat(23) })
    expect(marks).toHaveLength(23)
    expect(reportText({ marks, ...rest })).toContain('a.sh:20  TODO again\n… and 3 more, which --json lists\n')
  })

  test('options are read from the command line', () => {
    const args = '--all --skip=a --skip b/ --top=3 --max-files=7 --json --ahead=0'
    const command = parseCommand(['lib/', ...args.split(' ')])
    const options = { ...DEFAULTS, path: 'lib', skip: ['a', 'b'], top: 3, maxFiles: 7, json: true, ahead: 0 }
    expect(command).toEqual({ kind: 'report', options })
    expect(parseCommand(['/'])).toMatchObject({ options: { path: '/', skip: [...DEFAULTS.skip] } })
    expect(parseCommand(['--skip=x'])).toMatchObject({ options: { path: '.', skip: [...DEFAULTS.skip, 'x'] } })
  })

  test.each([
    [['--unknown'], "Unknown option '--unknown'"],
    [['--top=many'], "--top takes a whole number, not 'many'."],
    [['--top=-1'], "--top takes a whole number, not '-1'."],
    [['--ahead=-1'], "--ahead takes a whole number, not '-1'."],
    [['--max-files=1.5'], "--max-files takes a whole number, not '1.5'."],
    [['a', 'b'], 'One path is enough, but here are 2.'],
  ])('%j is a mistake', (args, message) => {
    expect(parseCommand(args)).toEqual({ kind: 'mistake', message })
  })
})

describe('on a disk whose files are read ahead', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'repo-report-'))
    // Directories stand between the files of their parent: what is read ahead there must not be in their way.
    for (const inner of ['', 'b', 'b/b', 'c', 'c/skipped', 'd']) {
      mkdirSync(join(folder, inner), { recursive: true })
      for (const name of ['a.ts', 'aa.rs', 'bb.md', 'cc.bin', 'e.ts', 'skipped.ts']) {
        const text = name === 'cc.bin' ? Buffer.of(1, 0, 2) : `${inner}\n`.repeat(inner.length + name.length)
        writeFileSync(join(folder, inner, name), text)
      }
    }
    writeFileSync(join(folder, 'b/large.ts'), `// ${TODO}: shrink\n`.repeat(100))
    symlinkSync('nowhere', join(folder, 'b/broken'))
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  const usual = { ...DEFAULTS, skip: ['skipped', 'skipped.ts'], maxBytes: 1000 }
  const withOptions: [name: string, options: Partial<Options>][] = [
    ['the whole tree', {}],
    ['a walk that is stopped', { maxFiles: 9 }],
    ['a walk that is stopped at once', { maxFiles: 0 }],
    ['large files too', { maxBytes: Infinity }],
  ]
  const numbers = [1, 2, 16, 1000]

  test.each(withOptions)('reports on %s as one by one', async (_name, options) => {
    const all: Options = { ...usual, path: folder, ...options }
    const expected = reportOn(onDisk, all)
    using vm = new VM()
    for (const ahead of numbers) {
      expect(await vm.runAsync(reportAhead({ ...all, ahead }).with(scheduled()))).toEqual(expected)
      expect(vm.stats()).toMatchObject({ segments: 0, frames: 0, values: 0, tasks: 0, stores: 0 })
    }
  })

  test.each(['a.ts', 'b/broken', 'gone'])('reports on %s as one by one', async name => {
    const all: Options = { ...usual, path: join(folder, name) }
    using vm = new VM()
    expect(await vm.runAsync(reportAhead(all).with(scheduled()))).toEqual(reportOn(onDisk, all))
  })
})

describe('the built command', () => {
  const root = join(__dirname, '..')
  const main = join(root, 'dist/examples/repo-report/main.js')
  let folder: string

  const command = (args: readonly string[], cwd = folder) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd, encoding: 'utf8' })
    return { status, stdout, stderr }
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'repo-report-'))
    mkdirSync(join(folder, 'tree/src/empty'), { recursive: true })
    mkdirSync(join(folder, 'tree/node_modules'))
    writeFileSync(join(folder, 'tree/src/main.ts'), `a\n// ${TODO}: b\n${'c\n'.repeat(1234)}`)
    writeFileSync(join(folder, 'tree/src/odd  name ü 🦀.rs'), 'fn main() {}\n')
    writeFileSync(join(folder, 'tree/node_modules/hidden.js'), 'x\n')
    writeFileSync(join(folder, 'tree/data.bin'), Buffer.of(1, 0, 2))
    symlinkSync('nowhere', join(folder, 'tree/broken'))
    symlinkSync('tree', join(folder, 'link'))
    symlinkSync('..', join(folder, 'tree/src/loop'))
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  test('prints tables, and warnings on stderr', () => {
    const { status, stdout, stderr } = command(['tree'])
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: '1 binary file: its lines are not counted\n2 symbolic links are not followed\n',
    })
    expect(stdout).toBe(
      [
        '3 files, 1,237 lines, 2,497 bytes in tree',
        '',
        'Language    Files  Lines  Bytes  Share',
        'TypeScript      1  1,236  2,481  99.9%',
        'Rust            1      1     13   0.1%',
        'Binary          1      0      3   0.0%',
        'Total           3  1,237  2,497',
        '',
        'Longest files, in lines',
        '1,236  tree/src/main.ts',
        '    1  tree/src/odd  name ü 🦀.rs',
        '    0  tree/data.bin',
        '',
        `${TODO} and ${FIXME} marks: 1`,
        'tree/src/main.ts:2  TODO b',
        '',
      ].join('\n'),
    )
  })

  test.each([1, 2, 16])('prints the same with %i files read ahead as one by one', ahead => {
    for (const more of [[], ['--json'], ['--max-files=1'], ['--all', '--top=2']]) {
      expect(command(['tree', ...more, `--ahead=${ahead}`])).toEqual(command(['tree', ...more, '--ahead=0']))
    }
  })

  test('prints JSON', () => {
    const { status, stdout } = command(['tree', '--json', '--top=1'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      path: 'tree',
      stopped: null,
      files: 3,
      lines: 1237,
      bytes: 2497,
      languages: [{ name: 'TypeScript' }, { name: 'Rust' }, { name: 'Binary' }],
      longest: [{ path: 'tree/src/main.ts', lines: 1236, bytes: 2481 }],
      marks: [{ path: 'tree/src/main.ts', line: 2, word: TODO, text: 'b' }],
      warnings: [{ problem: 'link' }, { problem: 'binary' }, { problem: 'link' }],
    })
  })

  test('says that it stopped early', () => {
    const { status, stdout } = command(['tree', '--max-files=1'])
    expect(status).toBe(0)
    expect(stdout).toContain('1 file, 0 lines, 3 bytes in tree\nThe walk was stopped by --max-files=1')
  })

  test('follows the path itself when it is a symbolic link', () => {
    expect(command(['link']).stdout).toContain('3 files, 1,237 lines, 2,497 bytes in link\n')
  })

  test('reports on a single file', () => {
    const { status, stdout } = command(['tree/src/main.ts'])
    expect(status).toBe(0)
    expect(stdout).toContain('1 file, 1,236 lines, 2,481 bytes in tree/src/main.ts\n')
  })

  test('takes the current directory when there is no path', () => {
    expect(command([], join(folder, 'tree/src')).stdout).toContain(' in .\n')
  })

  test('prints help', () => {
    const { status, stdout, stderr } = command(['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('Exit codes: 0 done')
  })

  test('a name on stderr cannot break a line either', () => {
    expect(command(['mis\nsing']).stderr).toBe('mis\\u{a}sing: ENOENT: no such file or directory\n')
  })

  test.each(['missing', 'tree/broken', 'tree/data.bin/inner'])('%s is missing: code 1', path => {
    const { status, stdout, stderr } = command([path])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^[^\n]+: (ENOENT: no such file or|ENOTDIR: not a) directory\n$/)
  })

  // A name that is not UTF-8 cannot be asked for; elsewhere it cannot be made.
  const onLinux = process.platform === 'linux' ? test : test.skip
  onLinux('reports on the rest when something is unreadable: code 3', () => {
    mkdirSync(join(folder, 'partial'))
    writeFileSync(join(folder, 'partial/a.ts'), 'a\n')
    writeFileSync(Buffer.concat([Buffer.from(join(folder, 'partial/')), Buffer.of(0xff)]), '')
    const { status, stdout, stderr } = command(['partial'])
    expect(status).toBe(3)
    expect(stdout).toContain('1 file, 1 line, 2 bytes in partial\n')
    expect(stderr).toBe('partial/\uFFFD: unreadable (ENOENT: no such file or directory)\n')
  })

  test('a wrong option: code 2 and the usage', () => {
    const { status, stdout, stderr } = command(['--colour'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^Unknown option '--colour'\nUsage: repo-report .*\n$/)
  })

  test('reports on this repository, which has no mark of its own', () => {
    const { status, stdout } = command(['.', '--json'], root)
    const { files, lines, bytes, languages, longest, marks } = JSON.parse(stdout) as Report
    expect(status).toBe(0)
    expect(Math.min(files, lines, bytes)).toBeGreaterThan(50)
    expect(longest).toHaveLength(10)
    expect(languages.map(({ name }) => name)).toEqual(expect.arrayContaining(['TypeScript', 'Rust']))
    expect(marks.filter(({ path }) => /repo-report/.test(path))).toEqual([])
  })
})
