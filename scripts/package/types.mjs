// Compiles a project that uses the package with every version of TypeScript that is supported, from the oldest to the newest, as ESM and
// as CommonJS, the declarations themselves checked (`skipLibCheck: false`).

import { join } from 'node:path'

import { installedProject } from './installs.mjs'
import { runIn } from './project.mjs'
import { folderOf, scriptOf } from './tools.mjs'

const versions = ['5.4.5', '5.5.4', '5.6.3', '5.7.3', '5.8.3', '5.9.3', '6.0.3', '7.0.2']

const source = `import { Do, effect, Get, handler, run, state } from 'doeff-vm'

const Name = effect('Name')<[], string>()
const greet = Do(function* () {
  const name = yield* Name()
  const count = yield* Get('count')
  return \`\${name} \${String(count)}\`
})
const named = greet().with(handler('named').val(Name, 'Ada'))
export const text: string = run(named.with(state({ count: 1 })))
// @ts-expect-error Get has no handler.
run(named)
`

const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

const surroundings = {
  'types: []': { types: [], lib: ['es2022', 'dom'] },
  '@types/node': { types: ['node'], lib: ['es2022'] },
}

/** One row for each version: both resolutions, without any ambient types and with those of Node alone. */
export function typeRows(registry, version) {
  return versions.map(typescript => ({
    name: `TypeScript ${typescript}: nodenext and bundler, types: [] and @types/node, skipLibCheck: false`,
    run: () => compile(registry, version, typescript),
  }))
}

async function compile(registry, version, typescript) {
  const project = await installedProject(registry, version, { 'a.mts': source, 'b.cts': source })
  const compiler = scriptOf('typescript', { program: 'tsc', version: typescript })
  const typeRoots = [join(folderOf('@types/node', '20.19.43'), '..')]
  for (const [resolution, options] of Object.entries(resolutions)) {
    for (const [around, more] of Object.entries(surroundings)) {
      const compilerOptions = {
        ...options,
        ...more,
        typeRoots,
        strict: true,
        target: 'es2022',
        noEmit: true,
        skipLibCheck: false,
      }
      const files = resolution === 'bundler' ? ['a.mts'] : ['a.mts', 'b.cts']
      const name = `tsconfig.${resolution}.${around.replaceAll(/\W/g, '')}.json`
      project.write(name, JSON.stringify({ compilerOptions, files }))
      await runIn(project.folder, process.execPath, [compiler, '-p', name])
    }
  }
  project.remove()
}
