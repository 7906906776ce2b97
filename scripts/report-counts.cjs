// A Jest reporter that closes a run with one plain line, so that the two passes of `npm test` are easy to compare.

module.exports = class ReportCounts {
  onRunComplete(
    _contexts,
    { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites },
  ) {
    const failed = numFailedTests + numRuntimeErrorTestSuites
    console.log(`\njest: ${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`)
  }
}
