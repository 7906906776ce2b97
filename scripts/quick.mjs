// `npm run test:quick`: what tells most in the least time, for while one works: builds, then types and the fast suites
// against the release addon. Arguments go to Jest: npm run test:quick -- scheduler.

import { buildLibrary } from './build.mjs'
import { runPackage } from './run.mjs'

buildLibrary()
runPackage('typescript', ['-p', 'tsconfig.test.json'])
runPackage('jest', ['--maxWorkers=100%', ...process.argv.slice(2)], {
  env: { NODE_OPTIONS: '--unhandled-rejections=strict', DOEFF_QUICK: '1' },
})
