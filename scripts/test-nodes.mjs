// `npm run test:nodes`: runs the JavaScript tests, already built, under other versions of Node. Arguments go to Jest.

import { nodeOf } from './nodes.mjs'
import { programOf, run } from './run.mjs'

for (const version of ['22', '24', '26']) {
  const node = nodeOf(version)
  console.log(`\n> jest on Node ${version}`)
  run(node, ['--version'])
  run(node, [programOf('jest'), ...process.argv.slice(2)])
}
