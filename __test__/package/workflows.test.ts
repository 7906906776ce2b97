// The workflows as text: what they may do, what they run, and that no platform is forgotten.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { parse } from 'yaml'

import { root, runScript } from '../support/scripts'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Record<string, unknown>
}

interface Job {
  readonly permissions?: Record<string, string>
  readonly 'timeout-minutes'?: number
  readonly if?: string
  readonly needs?: string | string[]
  readonly strategy?: { matrix: { include: Record<string, string>[] } }
  readonly steps: Step[]
}

interface Workflow {
  readonly on: Record<string, { inputs?: Record<string, { default?: unknown }> } | null>
  readonly permissions: Record<string, string>
  readonly jobs: Record<string, Job>
}

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = ['.github/workflows/ci.yml', '.github/workflows/release.yml']
const workflows = files.map(file => [file, parse(read(file)) as Workflow] as const)
const release = workflows[1]?.[1] as Workflow
const manifest = JSON.parse(read('package.json')) as { scripts: Record<string, string>; napi: { targets: string[] } }
const jobsOf = ({ jobs }: Workflow) => Object.entries(jobs)

describe.each(workflows)('%s', (file, workflow) => {
  const steps = jobsOf(workflow).flatMap(([, job]) => job.steps)

  test('takes each action at a commit, with the version beside it', () => {
    const uses = read(file).match(/uses: .+/g) ?? []
    expect(uses.length).toBeGreaterThan(0)
    for (const each of uses) expect(each).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('may do nothing by default; a job that checks out may read, and leaves no token behind', () => {
    expect(workflow.permissions).toEqual({})
    for (const [name, job] of jobsOf(workflow)) {
      expect([name, job.permissions?.contents]).toEqual([name, name === 'notes' ? 'write' : 'read'])
      const checkout = job.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'))
      expect([name, checkout?.with?.['persist-credentials']]).toEqual([name, false])
    }
  })

  test('ends every job at some time', () => {
    for (const [name, job] of jobsOf(workflow)) expect([name, typeof job['timeout-minutes']]).toEqual([name, 'number'])
  })

  test('runs scripts that exist, in steps that have names', () => {
    const commands = steps.filter(({ run }) => run !== undefined)
    for (const { name, run } of commands) {
      expect(name).toEqual(expect.any(String))
      for (const [, script] of run?.matchAll(/npm run ([\w:]+)/g) ?? [])
        expect(Object.keys(manifest.scripts)).toContain(script)
      for (const [script] of run?.matchAll(/scripts\/[\w/-]+\.mjs/g) ?? [])
        expect([script, existsSync(join(root, script))]).toEqual([script, true])
    }
  })

  test('puts no text of others into a shell', () => {
    for (const { run } of steps) expect(run ?? '').not.toMatch(/\$\{\{\s*(github\.(event|head_ref)|inputs)/)
  })
})

describe('the release', () => {
  const rows = (job: string) => release.jobs[job]?.strategy?.matrix.include ?? []

  test('is a dry run unless somebody chooses to publish', () => {
    expect(Object.keys(release.on)).toEqual(['workflow_dispatch'])
    expect(release.on.workflow_dispatch?.inputs?.publish?.default).toBe(false)
    expect(release.jobs.publish?.if).toBe('inputs.publish')
    expect(release.jobs.notes?.needs).toContain('publish')
  })

  test('builds every target of package.json', () => {
    expect(
      rows('build')
        .map(({ target }) => target)
        .toSorted(),
    ).toEqual(manifest.napi.targets.toSorted())
  })

  test('tries every platform on its own system, but FreeBSD', () => {
    const platforms = readdirSync(join(root, 'npm')).filter(each => each !== 'freebsd-x64')
    expect(
      rows('test')
        .map(({ platform }) => platform)
        .toSorted(),
    ).toEqual(platforms.toSorted())
  })

  test('publishes only what was tested, in one job that alone may sign', () => {
    const signing = jobsOf(release).filter(([, { permissions }]) => permissions?.['id-token'] !== undefined)
    expect(signing.map(([name]) => name)).toEqual(['publish'])
    expect([release.jobs.publish?.needs, release.jobs.plan?.needs]).toEqual(['plan', ['gate', 'test']])
    expect([release.jobs.test?.needs, release.jobs.pack?.needs, release.jobs.build?.needs]).toEqual([
      'pack',
      'build',
      'gate',
    ])
    expect(read(files[1] ?? '').match(/DOEFF_RELEASE/g)).toHaveLength(1)
  })
})

test('a workflow can be walked here: what runs is listed, and what cannot says why', () => {
  const { status, stdout } = runScript('scripts/run-workflow.mjs', ['release', '--list'])
  expect(status).toBe(0)
  expect(stdout).toContain('would run  plan / What would be published')
  expect(stdout).toMatch(/pass over {2}test \/ Try it: its condition does not hold/)
  expect(stdout).toContain('pass over  publish / Publish the platforms, then the root: a dry run ends before it')
  expect(stdout).toMatch(/\d+ steps run, 0 failed; \d+ passed over/)
})
