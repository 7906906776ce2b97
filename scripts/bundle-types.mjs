// Bundles the declarations of index.ts and src-ts into the text of one self-contained index.d.ts, doc comments included.
// Unlike its neighbours it needs installed packages, so only scripts that run after the installation import it.

import { join } from 'node:path'

import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

import { root, runPackage } from './run.mjs'

const notice = '// Generated from index.ts and src-ts by "npm run generate". Do not edit.'

/** The text of index.d.ts; `folder` takes the declarations of the single files. */
export async function bundleTypes(folder) {
  // The compiler writes them first: given index.ts, the bundler would prefer the old index.d.ts beside it.
  const declarations = ['--declaration', '--emitDeclarationOnly', '--removeComments', 'false']
  runPackage('typescript', ['-p', 'tsconfig.json', ...declarations, '--outDir', folder], { quiet: true })

  const bundle = await rollup({
    input: join(root, folder, 'index.d.ts'),
    plugins: [dts({ tsconfig: join(root, 'tsconfig.json') })],
    // Declarations marked @internal are gone, but files that the bundle drops may still import them.
    shimMissingExports: true,
    onwarn(warning) {
      if (warning.code !== 'SHIMMED_EXPORT') throw new Error(warning.message)
    },
  })
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  return `${notice}\n\n${output[0].code}`
}
