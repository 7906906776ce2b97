// How long it takes to load the built package in a fresh process, addon included: `node bench/import.mjs [RUNS]`. Each figure is the time of
// `require` or `import` alone, taken inside of the process; each backend and format gets as many processes, by turns. Minima are what the
// work takes on a quiet machine; the time of the processor tells less of what else the machine did.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const runs = Number(process.argv[2] ?? 30)
const dist = new URL('../dist/', import.meta.url)
const index = fileURLToPath(new URL('index.js', dist))
const formats = {
  'require, addon': { code: timed(`require(${JSON.stringify(index)})`), backend: 'native' },
  'import, addon': {
    code: timed(`await import(${JSON.stringify(new URL('index.mjs', dist).href)})`),
    backend: 'native',
  },
  'require, WebAssembly': { code: timed(`require(${JSON.stringify(index)})`), backend: 'wasm' },
}

const taken = Object.fromEntries(Object.keys(formats).map(name => [name, []]))
for (let i = 0; i < runs; i++) for (const [name, format] of Object.entries(formats)) taken[name].push(load(format))
for (const [name, times] of Object.entries(taken)) {
  const [clock, processor] = [0, 1].map(at => summary(times.map(time => time[at])))
  console.log(`${name}: ${clock}; of the processor ${processor}`)
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b)
  return `${sorted[0].toFixed(1)} ms, median ${sorted[Math.floor(runs / 2)].toFixed(1)} ms`
}

function timed(load) {
  return `(async () => { const used = process.cpuUsage(); const start = performance.now(); ${load}; const took = performance.now() - start; const { user, system } = process.cpuUsage(used); console.log(JSON.stringify([took, (user + system) / 1000])) })()`
}

function load({ code, backend }) {
  const child = spawnSync(process.execPath, ['-e', code], {
    encoding: 'utf8',
    env: { ...process.env, DOEFF_BACKEND: backend },
  })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout)
}
