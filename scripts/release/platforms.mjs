// The committed part of the platform packages, npm/<platform>: the manifest, as the napi CLI writes it, and the readme.
// The licence, the notices and the addon join them when a package is packed.

import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { root, runPackage } from '../run.mjs'
import { filesUnder } from '../skip-unchanged.mjs'

/** What every package contains besides its own files. */
export const legal = ['LICENSE', 'THIRD_PARTY_NOTICES.md']

const names = {
  'darwin-arm64': 'macOS 11 or newer on Apple silicon',
  'darwin-x64': 'macOS 11 or newer on Intel processors',
  'freebsd-x64': 'FreeBSD on x64',
  'linux-arm-gnueabihf': 'Linux on 32-bit ARM (ARMv7, hard float) with glibc 2.17 or newer',
  'linux-arm64-gnu': 'Linux on ARM64 with glibc 2.17 or newer',
  'linux-arm64-musl': 'Linux on ARM64 with musl, such as Alpine',
  'linux-x64-gnu': 'Linux on x64 with glibc 2.17 or newer',
  'linux-x64-musl': 'Linux on x64 with musl, such as Alpine',
  'win32-arm64-msvc': 'Windows on ARM64',
  'win32-x64-msvc': 'Windows on x64',
}

/** The paths and texts of the committed files, made with the help of a folder for temporary ones. */
export function platformPackages(folder) {
  runPackage('@napi-rs/cli', ['create-npm-dirs', '--npm-dir', folder], { silent: true })
  const manifests = filesUnder(folder).filter(file => basename(file) === 'package.json')
  return manifests.flatMap(file => {
    const platform = basename(dirname(file))
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'))
    return [
      [`npm/${platform}/package.json`, `${JSON.stringify(withOurFields(manifest), null, 2)}\n`],
      [`npm/${platform}/README.md`, readme(manifest.name, platform)],
    ]
  })
}

/** The release takes `private` away: until then nothing publishes a folder without an addon in it. */
function withOurFields({ name, version, ...rest }) {
  return { name, version, private: true, type: 'commonjs', ...rest, files: [...rest.files, ...legal] }
}

function readme(name, platform) {
  if (names[platform] === undefined) throw new Error(`scripts/release/platforms.mjs does not say what ${platform} is`)
  return `# ${name}

The prebuilt addon of [doeff-vm](https://www.npmjs.com/package/doeff-vm) for ${names[platform]}.

It is installed with \`doeff-vm\`, where the system is this one: depend on \`doeff-vm\`, not on this package. The licences of what is linked into
it are in \`THIRD_PARTY_NOTICES.md\`.
`
}
