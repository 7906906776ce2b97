import { binding } from './binding'

/** The version of the native addon. */
export function version(): string {
  return binding.version()
}
