import { version } from '../../index'
import manifest from '../../package.json'

test('the addon has the version of the package', () => {
  expect(version()).toBe(manifest.version)
})
