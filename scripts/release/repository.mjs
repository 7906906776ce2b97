// Where the project lives in public: the field `repository` of package.json and nothing else. `homepage`, `bugs` and the absolute
// links of the readme follow from it when a package is packed. While it is unset the release refuses to begin.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../run.mjs'

const unset = [
  'package.json has no "repository": set it to "github:OWNER/NAME", the public home of the project.',
  'Provenance, the links of the readme and the package pages depend on it, so nothing is published without it.',
].join('\n')

/** Owner and name of a GitHub repository in a manifest; undefined when the field is unset. */
export function repositoryOf(manifest) {
  const { repository } = manifest
  if (repository === undefined) return undefined
  const url = typeof repository === 'string' ? repository : repository.url
  const found = /^(?:github:|(?:git\+)?https:\/\/github\.com\/)([\w-]+)\/([\w.-]+?)(?:\.git)?$/.exec(url)
  if (found === null) throw new Error(`package.json: "repository" is ${url}; expected "github:OWNER/NAME"`)
  return { owner: found[1], name: found[2] }
}

/** The repository of this project. Throws when it is unset. */
export function requireRepository() {
  const repository = repositoryOf(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  if (repository === undefined) throw new Error(unset)
  return repository
}

/** The fields of a manifest that say where the package in `folder` of the repository comes from. */
export function originFields(repository, folder) {
  if (repository === undefined) return {}
  const page = `https://github.com/${repository.owner}/${repository.name}`
  const where = folder === undefined ? {} : { directory: folder }
  return {
    homepage: `${page}#readme`,
    bugs: { url: `${page}/issues` },
    repository: { type: 'git', url: `git+${page}.git`, ...where },
  }
}

/** A text in Markdown whose relative links are absolute, or only their words when there is no place to point at. */
export function withAbsoluteLinks(text, repository, version) {
  return text.replaceAll(/\[([^\]]+)\]\((?!\w+:|#)([^)\s]+)\)/g, (_, words, path) => {
    if (repository === undefined) return words
    return `[${words}](https://github.com/${repository.owner}/${repository.name}/blob/v${version}/${path})`
  })
}
