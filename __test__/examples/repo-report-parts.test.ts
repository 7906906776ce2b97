// The parts of the main example: lines, languages, text, options. The mark word is spelled through a constant, so that
// the report on this repository, which is its default, finds none here.

import { countLines } from '../../examples/repo-report/content'
import { languageOf } from '../../examples/repo-report/languages'
import { Locked, Odd } from '../../examples/repo-report/memory'
import { DEFAULTS, parseCommand } from '../../examples/repo-report/options'
import { reportText, warningLines } from '../../examples/repo-report/text'
import { report } from '../support/report'

const TODO = 'TODO'

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
