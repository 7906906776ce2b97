// `npm run ready`: what CI runs. Formatting and lints first, then everything of `npm test`.

import { checkTools } from './check-tools.mjs'
import { install } from './install.mjs'
import { run, runPackage } from './run.mjs'

checkTools()
install()
runPackage('prettier', ['--check', '.'])
run('cargo', ['fmt', '--all', '--check'])
runPackage('oxlint', [])
run('cargo', ['clippy', '--workspace', '--all-targets', '--all-features', '--locked', '--', '-D', 'warnings'])
await import('./test.mjs')
