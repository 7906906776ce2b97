// The built command of the main example, on directories of the disk. The mark words are spelled through constants, so
// that the report on this repository, which is its default, finds none here.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Report } from '../../examples/repo-report/report'

const TODO = 'TODO'
const FIXME = 'FIXME'

describe('the built command', () => {
  const root = join(__dirname, '../..')
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
