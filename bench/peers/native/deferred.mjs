// A promise with its resolver, as Promise.withResolvers gives it on newer Node versions.
export function deferred() {
  let resolve
  const promise = new Promise(settle => {
    resolve = settle
  })
  return { promise, resolve }
}
