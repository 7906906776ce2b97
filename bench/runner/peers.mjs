// Installs the packages of `bench/peers` when a run needs them and they are missing, so that the main install stays light.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../peers/', import.meta.url))

export function installPeers() {
  if (existsSync(`${folder}node_modules`)) return
  console.error('installing the peers (npm ci in bench/peers) …')
  const { status } = spawnSync('npm ci --no-audit --no-fund', {
    cwd: folder,
    shell: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('npm ci failed in bench/peers')
}
