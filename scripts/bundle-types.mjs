// Bundles the declarations of index.ts and src-ts into the text of one self-contained index.d.ts, doc comments included.
// Unlike its neighbours it needs installed packages, so only scripts that run after the installation import it.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

import { entries } from './entries.mjs'
import { root, runPackage } from './run.mjs'

const notice = '// Generated from index.ts and src-ts by "npm run generate". Do not edit.'

/** Symbol.dispose is in every supported Node, and not in the library that TypeScript takes by default. */
const libraries = '/// <reference lib="esnext.disposable" />'

/** The texts of index.d.ts and of those of the sub-paths, by file; `folder` takes the declarations of the single files. */
export async function bundleTypes(folder) {
  // The compiler writes them first: given index.ts, the bundler would prefer the old index.d.ts beside it.
  const declarations = ['--declaration', '--emitDeclarationOnly', '--removeComments', 'false']
  runPackage('typescript', ['-p', 'tsconfig.json', ...declarations, '--outDir', folder], { quiet: true })

  const texts = []
  for (const entry of entries) texts.push([`${entry}.d.ts`, await bundleEntry(folder, entry)])
  return texts
}

async function bundleEntry(folder, name) {
  const input = join(root, folder, `${name}.d.ts`)
  const bundle = await rollup({
    input,
    plugins: [...(name === 'index' ? [] : [sharing(input)]), dts({ tsconfig: join(root, 'tsconfig.json') })],
    // Declarations marked @internal are gone, but files that the bundle drops may still import them.
    shimMissingExports: true,
    onwarn(warning) {
      if (warning.code !== 'SHIMMED_EXPORT') throw new Error(warning.message)
    },
  })
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  const head = name === 'index' ? `${notice}\n\n${libraries}` : notice
  return `${head}\n\n${withTypeExports(output[0].code, typesExportedBy(readFileSync(input, 'utf8')))}`
}

/** A sub-path declares what the files say that it names itself; all other types are those of index.d.ts. */
function sharing(entry) {
  const text = readFileSync(entry, 'utf8')
  const own = [...text.matchAll(/from '(.*)'/g)].map(([, source]) => join(dirname(entry), source))
  return {
    name: 'sharing',
    resolveId: (source, importer) =>
      importer === undefined || importer === entry || own.includes(join(dirname(importer), source))
        ? null
        : { id: './index.js', external: true },
  }
}

/** The names that a module exports as types only. */
function typesExportedBy(text) {
  const lists = [...text.matchAll(/export (type )?\{([^}]*)\}/g)]
  return lists.flatMap(([, isTypes, names]) => {
    const specifiers = names.split(',').map(each => each.trim())
    return specifiers.filter(each => isTypes || each.startsWith('type ')).map(each => each.replace('type ', ''))
  })
}

/** Exports classes as types where the entry does; the bundler knows them as values only. */
function withTypeExports(code, types) {
  const values = /^export \{ (.*) \};$/m.exec(code)
  if (values === null) return code
  const isType = name => types.includes(name)
  const names = values[1].split(', ')
  const moved = names.filter(isType)
  return code
    .replace(values[0], `export { ${names.filter(name => !isType(name)).join(', ')} };`)
    .replace(/^export type \{ (.*) \};$/m, (_, all) => {
      return `export type { ${[...all.split(', '), ...moved].toSorted().join(', ')} };`
    })
}
