// `npm start`: installs, builds, and runs the main example, by default on this repository.
// Arguments go to the example: npm start -- <path> --json. Everything before the example's output goes to stderr.

import { buildExamples, buildLibrary } from './build.mjs'
import { run } from './run.mjs'

buildLibrary()
buildExamples()
const args = process.argv.slice(2)
run(process.execPath, ['dist/examples/repo-report/main.js', ...(args.length > 0 ? args : ['.'])])
