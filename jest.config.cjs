// Tests read the sources through swc; they load the addon of native/, which must be built.
// With DOEFF_BACKEND=wasm they run against native/doeff-vm.wasm (`npm run build:wasm`).
// With DOEFF_CHECKED=1 the same tests run against the checked addon. The generated loader's own variable
// NAPI_RS_NATIVE_LIBRARY_PATH would do that too, but swc's loader obeys it as well.

const isChecked = process.env.DOEFF_CHECKED === '1'
const isQuick = process.env.DOEFF_QUICK === '1'
const isWasm = process.env.DOEFF_BACKEND === 'wasm'

// These suites see no addon, or start processes that load the built package, and with it the release addon.
const withoutAddon = [
  'types/',
  'ahead/(collectable|growth|shapes)',
  'examples/(bench|docs|examples-in-docs|repo-report-command)',
  'hostile/(flags|hostile-globals)',
  'package/',
  'tasks/terminations',
  'vm/(addon|backend|lifecycle|run-main|run-signals|signals|version)',
]

// This one calls the addon itself, past the front.
const ofTheAddon = ['hostile/hostile-addon']

// These take more than two seconds each: random programs in great number, processes, the compiler.
const slow = [
  'ahead/(ahead|beginnings|collectable|disturbed|growth|happenings|foreseen-random|rows|shapes)',
  'examples/(bench|docs|examples-in-docs|http-service|repo-report-command)',
  'hostile/(flags|hostile-addon|hostile-globals)',
  'laws/laws-(differential|handlers|monad|nested-handlers|reader|regions|resources|state|tasks|writer)',
  'control/traces',
  'oracle/',
  'package/',
  'structured/large-lists',
  'tasks/(context-random|deadlock|responsiveness|terminations)',
  'types/',
  'vm/(lifecycle|run-main|signals|vm-dispose)',
]

const passedOver = [...(isChecked ? withoutAddon : []), ...(isWasm ? ofTheAddon : []), ...(isQuick ? slow : [])]

/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/__test__'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  // A machine that does other things as well is no failure; a test that hangs is one.
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/scripts/report-counts.cjs'],
  modulePathIgnorePatterns: ['<rootDir>/(dist|target|npm|\\.cache)/'],
  testPathIgnorePatterns: ['/node_modules/', ...passedOver.map(suites => `<rootDir>/__test__/${suites}`)],
  moduleNameMapper: isChecked
    ? { '/native/doeff-vm\\.[^/]+\\.node$': '<rootDir>/__test__/support/checked-binding.ts' }
    : {},
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
        module: { type: 'commonjs' },
      },
    ],
  },
}
