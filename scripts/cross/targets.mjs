// The targets that scripts/cross-build.mjs knows: the platform package of each, and what is special about building it.
//
// `linker`: zig brings the C library and the linker of the target; mingw is Debian's; host is the compiler of the system itself, which is
// the only way to msvc. `glibc` is the newest version of glibc that the addon may ask for.

const glibc = '2.17'

// Dynamic, as the musl of the system is what Node itself uses.
const musl = '-C target-feature=-crt-static'

// Stripping would take away the signature that the linker gives, without which macOS loads nothing on Apple silicon.
const darwin = { CARGO_PROFILE_RELEASE_STRIP: 'none', MACOSX_DEPLOYMENT_TARGET: '11.0' }

// Without it the addon needs the Visual C++ runtime, which not every Windows has.
const msvc = '-C target-feature=+crt-static'

/** @type {Record<string, { platform: string, linker: string, glibc?: string, flags?: string, env?: Record<string, string>, isTest?: boolean }>} */
export const targets = {
  'x86_64-unknown-linux-gnu': { platform: 'linux-x64-gnu', linker: 'zig', glibc },
  'aarch64-unknown-linux-gnu': { platform: 'linux-arm64-gnu', linker: 'zig', glibc },
  'armv7-unknown-linux-gnueabihf': { platform: 'linux-arm-gnueabihf', linker: 'zig', glibc },
  'x86_64-unknown-linux-musl': { platform: 'linux-x64-musl', linker: 'zig', flags: musl },
  'aarch64-unknown-linux-musl': { platform: 'linux-arm64-musl', linker: 'zig', flags: musl },
  'x86_64-apple-darwin': { platform: 'darwin-x64', linker: 'zig', env: darwin },
  'aarch64-apple-darwin': { platform: 'darwin-arm64', linker: 'zig', env: darwin },
  'x86_64-unknown-freebsd': { platform: 'freebsd-x64', linker: 'zig' },
  'x86_64-pc-windows-msvc': { platform: 'win32-x64-msvc', linker: 'host', flags: msvc },
  'aarch64-pc-windows-msvc': { platform: 'win32-arm64-msvc', linker: 'host', flags: msvc },
  // For tests under wine; what is published is the build for msvc.
  'x86_64-pc-windows-gnu': { platform: 'win32-x64-gnu', linker: 'mingw', isTest: true },
}

/** The name of what Cargo builds for a target. */
export function libraryOf(target) {
  if (target.includes('windows')) return 'doeff_vm.dll'
  return target.includes('apple') ? 'libdoeff_vm.dylib' : 'libdoeff_vm.so'
}
