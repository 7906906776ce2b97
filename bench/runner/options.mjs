// The command line of `bench/run.mjs`, read into one object. An unknown option is an error, not a silent default.
import { parseArgs } from 'node:util'
import { allImplementations } from '../implementations.mjs'
import { groups, workloads } from '../workloads.mjs'

const known = {
  only: { type: 'string' },
  workloads: { type: 'string' },
  impl: { type: 'string', default: allImplementations.join() },
  rounds: { type: 'string', default: '5' },
  samples: { type: 'string', default: '3' },
  node: { type: 'string', default: process.execPath },
  json: { type: 'string' },
  topic: { type: 'string' },
  'no-mix': { type: 'boolean', default: false },
  'no-note': { type: 'boolean', default: false },
}

export function readOptions(args) {
  const { values } = parseArgs({ args, options: known })
  return {
    workloads: chooseWorkloads(values),
    implementations: chooseImplementations(values.impl),
    rounds: count('rounds', values.rounds),
    samples: count('samples', values.samples),
    node: values.node,
    json: values.json,
    mix: !values['no-mix'],
    note: !values['no-note'],
    topic: values.topic ?? topicOf(values),
    command: ['node bench/run.mjs', ...withoutPaths(args)].join(' '),
  }
}

/** `--only` searches the group that `--workloads` names, or every workload when it names none. */
function chooseWorkloads({ only, workloads: which }) {
  if (which !== undefined && !Object.hasOwn(groups, which))
    throw new Error(`--workloads is ${Object.keys(groups).join(', ')}, not ${which}; use --only=REGEX to choose some`)
  const unnamed = only === undefined ? groups.all : workloads
  const pattern = new RegExp(only ?? '')
  const chosen = (groups[which] ?? unnamed).filter(({ id, key }) => pattern.test(`${id} ${key}`))
  if (chosen.length === 0) throw new Error(`no workload matches --only=${only}`)
  return chosen
}

function chooseImplementations(list) {
  const names = list.split(',')
  for (const name of names)
    if (!allImplementations.includes(name))
      throw new Error(`--impl: ${name} is none of ${allImplementations.join(', ')}`)
  return names
}

function count(name, text) {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is a whole number from 1, not ${text}`)
  return value
}

function topicOf({ only, workloads: which = 'all' }) {
  if (only === undefined) return which
  return only.replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'all'
}

/** A note is read elsewhere: paths of this machine stay out of it. */
const withoutPaths = args => args.map(arg => arg.replace(/^(.*=)?.*\//, '$1'))
