// What an addon for Linux asks of the system that loads it, as readelf tells.

import { execFileSync } from 'node:child_process'

const expected = /^(libc\.so|libm\.so|libdl\.so|libpthread\.so|librt\.so|ld-linux|ld-musl|libc\.musl)/

/**
 * Throws when the addon needs a newer glibc than `most`, or a library that not every system has.
 * @returns {string} the newest version of glibc that it asks for; empty when it asks for none
 */
export function checkLinuxAddon(file, most) {
  const needed = [...readelf('-d', file).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, library]) => library)
  const strange = needed.filter(library => !expected.test(library))
  if (strange.length > 0) throw new Error(`${file} needs ${strange.join(', ')}, which not every system has`)
  const versions = [...new Set([...readelf('-V', file).matchAll(/GLIBC_([\d.]+)/g)].map(([, version]) => version))]
  const newest = versions.toSorted(compare).at(-1) ?? ''
  if (most === undefined && newest !== '') throw new Error(`${file} needs glibc ${newest}, and is for musl`)
  if (most !== undefined && compare(newest, most) > 0)
    throw new Error(`${file} needs glibc ${newest}, not ${most} at most`)
  return newest
}

/** The order of two versions. */
export function compare(a, b) {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function readelf(flag, file) {
  return execFileSync('readelf', ['-W', flag, file], { encoding: 'utf8' })
}
