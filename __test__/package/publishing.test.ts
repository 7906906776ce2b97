// What stands between a working tree and the registry: guards, the one place that says where the project lives, the packed manifests.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { evaluate, root, runScript } from '../support/scripts'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly files: string[]
  readonly main?: string
  readonly engines: { node: string }
  readonly publishConfig?: Record<string, unknown>
}

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const manifest = (file: string) => JSON.parse(read(file)) as Manifest
const platforms = readdirSync(join(root, 'npm'))

describe('publishing by hand', () => {
  test('is refused by prepublishOnly, which says who publishes', () => {
    const refused = runScript('scripts/release/refuse-publish.mjs', [], { DOEFF_RELEASE: '' })
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('.github/workflows/release.yml only')
    expect(runScript('scripts/release/refuse-publish.mjs', [], { DOEFF_RELEASE: '1' }).status).toBe(0)
  })

  test('is refused by every manifest, since npm runs no script where ignore-scripts is set', () => {
    for (const file of ['package.json', ...platforms.map(each => `npm/${each}/package.json`)]) {
      expect([file, manifest(file).private]).toEqual([file, true])
    }
  })
})

describe('the public home of the project', () => {
  const module = 'scripts/release/repository.mjs'

  test('is read from "repository" of package.json in each of its spellings', () => {
    const spellings = [
      'github:some-one/a.project',
      { url: 'git+https://github.com/some-one/a.project.git' },
      { url: 'https://github.com/some-one/a.project' },
    ]
    const found = evaluate(
      module,
      `${JSON.stringify(spellings)}.map(repository => module.repositoryOf({ repository }))`,
    )
    expect(found).toEqual(spellings.map(() => ({ owner: 'some-one', name: 'a.project' })))
  })

  test('is refused where it is no GitHub repository', () => {
    expect(() => evaluate(module, "module.repositoryOf({ repository: 'example.org/x' })")).toThrow(
      'expected "github:OWNER/NAME"',
    )
  })

  test('gives homepage, bugs and repository of a package', () => {
    const fields = evaluate(module, "module.originFields({ owner: 'o', name: 'n' }, 'npm/linux-x64-gnu')")
    expect(fields).toEqual({
      homepage: 'https://github.com/o/n#readme',
      bugs: { url: 'https://github.com/o/n/issues' },
      repository: { type: 'git', url: 'git+https://github.com/o/n.git', directory: 'npm/linux-x64-gnu' },
    })
    expect(evaluate(module, 'module.originFields(undefined)')).toEqual({})
  })

  test('makes relative links of the readme absolute; without it they are left out', () => {
    const text = 'See [tasks](docs/tasks.md), [there](#below), [Effect](https://effect.website).'
    const linked = (repository: string) => `module.withAbsoluteLinks(${JSON.stringify(text)}, ${repository}, '1.2.3')`
    expect(evaluate(module, linked("{ owner: 'o', name: 'n' }"))).toBe(
      'See [tasks](https://github.com/o/n/blob/v1.2.3/docs/tasks.md), [there](#below), [Effect](https://effect.website).',
    )
    expect(evaluate(module, linked('undefined'))).toBe('See tasks, [there](#below), [Effect](https://effect.website).')
  })
})

describe('a platform package', () => {
  const root = manifest('package.json')

  test.each(platforms)(
    'for %s has the addon, the licence and the notices, and asks for no more than the root',
    platform => {
      const { name, version, main, files, engines } = manifest(`npm/${platform}/package.json`)
      expect({ name, version, engines }).toEqual({
        name: `doeff-vm-${platform}`,
        version: root.version,
        engines: root.engines,
      })
      expect(files).toEqual([main, 'LICENSE', 'THIRD_PARTY_NOTICES.md'])
      expect(main).toBe(`doeff-vm.${platform}.node`)
      expect(read(`npm/${platform}/README.md`)).toContain('depend on `doeff-vm`')
    },
  )
})

describe('the third-party notices', () => {
  const notices = read('THIRD_PARTY_NOTICES.md')

  test('name each crate that Cargo links into an addon, with a copyright line and a licence', () => {
    for (const crate of ['napi', 'napi-sys', 'bitflags', 'libloading', 'futures-core']) {
      expect(notices).toMatch(new RegExp(`^- ${crate}: .+`, 'm'))
    }
    const sections = notices.split('\n## ').slice(1)
    for (const section of sections) expect(section).toMatch(/copyright/i)
  })

  test('leave out what only builds: macros, build scripts, tests', () => {
    for (const crate of ['syn', 'quote', 'napi-build', 'proptest'])
      expect(notices).not.toMatch(new RegExp(`^- ${crate}:`, 'm'))
  })
})

describe('a packed root package', () => {
  const folder = '.cache/staged-in-a-test'
  const staged = evaluate<{ manifest: Record<string, unknown>; readme: string; files: string[] }>(
    'scripts/release/stage.mjs',
    `(async () => {
      const { readFileSync, readdirSync, rmSync } = await import('node:fs')
      module.stageRoot('${folder}', { owner: 'o', name: 'n' })
      const read = file => readFileSync('${folder}/' + file, 'utf8')
      const files = readdirSync('${folder}', { recursive: true }).map(file => file.replaceAll('\\\\', '/'))
      const staged = { manifest: JSON.parse(read('package.json')), readme: read('README.md'), files }
      rmSync('${folder}', { recursive: true })
      return staged
    })()`,
  )

  test('depends on each platform package in exactly its own version', () => {
    const { version, optionalDependencies } = staged.manifest
    expect(optionalDependencies).toEqual(Object.fromEntries(platforms.map(each => [`doeff-vm-${each}`, version])))
    expect(JSON.parse(read('package.json'))).not.toHaveProperty('optionalDependencies')
  })

  test('runs nothing at install, and says nothing that only the repository needs', () => {
    for (const field of ['private', 'scripts', 'devDependencies', 'napi'])
      expect(staged.manifest).not.toHaveProperty(field)
    expect(staged.manifest).toMatchObject({ publishConfig: { access: 'public', provenance: true } })
  })

  test('has no addon, and no link that is dead on npm', () => {
    expect(staged.files.filter(file => file.endsWith('.node'))).toEqual([])
    expect(staged.files).toEqual(expect.arrayContaining(['LICENSE', 'THIRD_PARTY_NOTICES.md', 'CHANGELOG.md']))
    const links = [...staged.readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link)
    expect(links.filter(link => link?.includes('/o/n/blob/')).length).toBeGreaterThan(0)
    expect(links.filter(link => !/^(https:|#)/.test(link ?? ''))).toEqual([])
  })

  test('points at files that exist', () => {
    const links = [...read('README.md').matchAll(/\]\((?!\w+:|#)([^)\s#]+)/g)].map(([, link]) => link ?? '')
    expect(links.filter(link => !existsSync(join(root, link)))).toEqual([])
  })
})
