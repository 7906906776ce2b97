// A registry for npm, pnpm and Yarn that knows the packages of this project alone: the packed tarballs, and of platforms that were not
// packed the manifest. It answers on this machine only.

import { createReadStream, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'

import { platforms } from '../release/stage.mjs'
import { root } from '../run.mjs'

/**
 * Starts it on a free port.
 * @param packed what `packAll` gave
 * @returns {Promise<{ url: string, hidden: Set<string>, close: () => void }>} packages in `hidden` are answered as if they were not published
 */
export async function startRegistry(packed) {
  const hidden = new Set()
  const tarballs = new Map(packed.map(({ tarball }) => [`/-/${basename(tarball)}`, tarball]))
  let url = ''
  const manifests = new Map(
    platforms().map(platform => {
      const { private: _, ...manifest } = JSON.parse(readFileSync(join(root, 'npm', platform, 'package.json'), 'utf8'))
      return [manifest.name, { ...manifest, dist: { tarball: `/-/${manifest.name}-${manifest.version}.tgz` } }]
    }),
  )
  for (const { manifest, tarball, integrity, shasum } of packed) {
    manifests.set(manifest.name, { ...manifest, dist: { tarball: `/-/${basename(tarball)}`, integrity, shasum } })
  }

  const server = createServer((request, response) => {
    const tarball = tarballs.get(request.url)
    if (tarball !== undefined) return void createReadStream(tarball).pipe(response)
    const manifest = manifests.get(request.url.slice(1))
    if (manifest === undefined || hidden.has(manifest.name)) return void response.writeHead(404).end('{}')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(documentOf(manifest, url)))
  })
  await new Promise(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${server.address().port}`
  return { url, hidden, close: () => server.close() }
}

/** What a registry says of a package that has one version. */
function documentOf(manifest, url) {
  const { name, version, dist } = manifest
  const published = '2020-01-01T00:00:00.000Z'
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist: { ...dist, tarball: `${url}${dist.tarball}` } } },
    time: { created: published, modified: published, [version]: published },
  }
}
