// Tests read the sources through swc; `#binding` resolves to native/binding.cjs, which must be built.
// With DOEFF_CHECKED=1 the same tests run against the checked addon. The generated loader's own variable
// NAPI_RS_NATIVE_LIBRARY_PATH would do that too, but swc's loader obeys it as well.

const isChecked = process.env.DOEFF_CHECKED === '1'

/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/__test__'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  // A machine that does other things as well is no failure; a test that hangs is one.
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/scripts/report-counts.cjs'],
  modulePathIgnorePatterns: ['<rootDir>/(dist|target|npm|\\.cache)/'],
  moduleNameMapper: isChecked ? { '^#binding$': '<rootDir>/native/checked/doeff-vm.node' } : {},
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
