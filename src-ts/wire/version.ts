import { binding } from './binding'

/**
 * The version of the native addon.
 *
 * @example
 * /^\d+\.\d+\.\d+/.test(version()) // true
 */
export function version(): string {
  return binding.version()
}
