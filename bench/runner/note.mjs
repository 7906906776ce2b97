// The dated note of a run in `bench/results`. A second run with the same date and topic replaces the first.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../results/', import.meta.url)

/** Writes the note and answers its path inside the repository. */
export function writeNote(report, { topic, command, rounds, samples, mix }, { commit, cpu, node }) {
  const date = new Date().toISOString().slice(0, 10)
  const name = `${date}-${topic}.md`
  const text = [
    `# ${topic}, ${date}`,
    [
      `- commit: ${commit}`,
      `- CPU: ${cpu}`,
      `- Node: ${node}`,
      `- command: \`${command}\``,
      `- ${rounds} rounds of ${samples} samples, each of 30 ms or more; mixed warm-up ${mix ? 'on' : 'off'}`,
    ].join('\n'),
    report,
  ].join('\n\n')
  mkdirSync(fileURLToPath(folder), { recursive: true })
  writeFileSync(new URL(name, folder), `${text}\n`)
  return `bench/results/${name}`
}
