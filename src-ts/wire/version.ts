import { loaded } from './backend'

/**
 * The version of the native addon, or of the WebAssembly module in its place. It is the version of the package: another one
 * is refused.
 *
 * @example
 * /^\d+\.\d+\.\d+/.test(version()) // true
 */
export function version(): string {
  return loaded.version
}
