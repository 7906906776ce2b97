// What a release refuses, what it says, and how one that stopped half-way goes on.

import { evaluate, runScript } from '../support/scripts'

describe('the gate', () => {
  const tree = (changes: Record<string, string>, env: Record<string, string>, publish: boolean) => {
    const files = {
      'package.json': '{ "version": "1.2.0", "repository": "github:o/n" }',
      'package-lock.json': '{ "version": "1.2.0" }',
      'Cargo.toml': 'version = "1.2.0"',
      'Cargo.lock': 'name = "doeff-vm"\nversion = "1.2.0"',
      'npm/linux-x64-gnu/package.json': '{ "version": "1.2.0" }',
      'CHANGELOG.md': '# Changelog\n\n## 1.2.0\n\n- New.\n',
      ...changes,
    }
    return evaluate<string[]>(
      'scripts/release/gate.mjs',
      `module.reasonsAgainst({ read: file => (${JSON.stringify(files)})[file], platforms: ['linux-x64-gnu'],
        env: ${JSON.stringify(env)}, publish: ${String(publish)} })`,
    )
  }
  const tagged = { GITHUB_REPOSITORY: 'o/n', GITHUB_REF: 'refs/tags/v1.2.0' }

  test('lets a tree pass where everything agrees', () => {
    expect(tree({}, tagged, true)).toEqual([])
    expect(tree({}, {}, false)).toEqual([])
  })

  test('names each version that differs', () => {
    const old = { 'Cargo.toml': 'version = "1.1.0"', 'npm/linux-x64-gnu/package.json': '{ "version": "1.1.9" }' }
    expect(tree(old, tagged, true)).toEqual([
      'Cargo.toml has version 1.1.0, package.json has 1.2.0: run "npm run generate".',
      'npm/linux-x64-gnu/package.json has version 1.1.9, package.json has 1.2.0: run "npm run generate".',
    ])
  })

  test('refuses a version that the changelog does not tell of, in whole', () => {
    const [reason] = tree(
      { 'CHANGELOG.md': '# Changelog\n\n## Unreleased\n\n- New.\n\n## 1.2.0-rc\n\n- Old.\n' },
      tagged,
      true,
    )
    expect(reason).toBe('CHANGELOG.md has no section "## 1.2.0": rename "## Unreleased".')
  })

  test('refuses while the public home is unset, or where this is another one', () => {
    const [unset] = tree({ 'package.json': '{ "version": "1.2.0" }' }, tagged, true)
    expect(unset).toBe('package.json has no "repository": set it to "github:OWNER/NAME".')
    expect(tree({}, { ...tagged, GITHUB_REPOSITORY: 'fork/n' }, true)).toEqual([
      'This runs in fork/n, but package.json says that the project lives in o/n.',
    ])
  })

  test('publishes the tag of the version and nothing else', () => {
    const branch = { ...tagged, GITHUB_REF: 'refs/heads/main' }
    expect(tree({}, branch, true)).toEqual(['Only the tag v1.2.0 may be published; this is refs/heads/main.'])
    expect(tree({}, branch, false)).toEqual([])
  })
})

test('the notes are the section of the version, without its heading', () => {
  const changelog = '# Changelog\n\n## 1.2.0 (a date)\n\n- New.\n\n### More\n\n- Better.\n\n## 1.1.0\n\n- Old.\n'
  const notes = (version: string) =>
    evaluate('scripts/release/notes.mjs', `module.notesFor(${JSON.stringify(changelog)}, '${version}') ?? null`)
  expect(notes('1.2.0')).toBe('- New.\n\n### More\n\n- Better.')
  expect(notes('1.1.0')).toBe('- Old.')
  expect(notes('1.1')).toBeNull()
})

describe('publishing', () => {
  /** What is published, in order, by a release into a registry that has `there`, and the error it ends with. */
  const publish = (there: Record<string, string>, script = '') =>
    evaluate<{ published: string[]; error: string | null }>(
      'scripts/release/publish.mjs',
      `(async () => {
        const there = ${JSON.stringify(there)}
        const published = []
        const pack = (name, more) => ({ name, version: '1.2.0', integrity: 'sha512-' + name, tarball: name + '.tgz', ...more })
        const optionalDependencies = { 'doeff-vm-a': '1.2.0', 'doeff-vm-b': '1.2.0' }
        const packages = [pack('doeff-vm-a'), pack('doeff-vm-b'), pack('doeff-vm', { manifest: { optionalDependencies } })]
        const registry = {
          integrityOf: name => there[name],
          publish: tarball => {
            const name = tarball.replace('.tgz', '')
            published.push(name)
            there[name] = 'sha512-' + name
          },
          wait: async () => {},
          log: () => {},
        }
        ${script}
        const error = await module.publishAll(packages, registry).then(() => null, error => error.message)
        return { published, error }
      })()`,
    )

  test('puts the root last', () => {
    expect(publish({})).toEqual({ published: ['doeff-vm-a', 'doeff-vm-b', 'doeff-vm'], error: null })
  })

  test('goes on where it stopped', () => {
    expect(publish({ 'doeff-vm-a': 'sha512-doeff-vm-a' })).toEqual({
      published: ['doeff-vm-b', 'doeff-vm'],
      error: null,
    })
    const all = { 'doeff-vm-a': 'sha512-doeff-vm-a', 'doeff-vm-b': 'sha512-doeff-vm-b', 'doeff-vm': 'sha512-doeff-vm' }
    expect(publish(all)).toEqual({ published: [], error: null })
  })

  test('stops where a version is taken by other bytes', () => {
    const { published, error } = publish({ 'doeff-vm-b': 'sha512-other' })
    expect(published).toEqual(['doeff-vm-a'])
    expect(error).toBe('doeff-vm-b@1.2.0 is published with other bytes: raise the version, nothing can replace it')
  })

  test('does not publish the root while the registry does not show a platform', () => {
    const { published, error } = publish(
      {},
      "registry.publish = tarball => published.push(tarball.replace('.tgz', ''))",
    )
    expect(published).toEqual(['doeff-vm-a', 'doeff-vm-b'])
    expect(error).toMatch('the registry does not show doeff-vm-a@1.2.0: run the release again')
  })

  test('refuses a root whose platforms are not all there', () => {
    expect(publish({}, 'packages.splice(0, 1)')).toEqual({ published: [], error: 'not packed: doeff-vm-a' })
  })

  test('the root is packed for a release only when the public home is set', () => {
    const { status, stderr } = runScript('scripts/release/pack.mjs', ['--release', '--out', '.cache/never-packed'])
    expect(status).toBe(1)
    expect(stderr).toContain('package.json has no "repository"')
  })
})
