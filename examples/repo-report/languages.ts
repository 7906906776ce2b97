// Which language a file is written in, judged by its name alone.

import { posix } from 'node:path'

/** The language of a name that is in no table. */
const OTHER = 'Other'

/** What files that are not text are counted as. */
export const BINARY = 'Binary'

const BY_NAME: ReadonlyMap<string, string> = new Map([
  ['Cargo.lock', 'TOML'],
  ['CMakeLists.txt', 'CMake'],
  ['Dockerfile', 'Dockerfile'],
  ['Gemfile', 'Ruby'],
  ['Makefile', 'Make'],
  ['Rakefile', 'Ruby'],
])

const EXTENSIONS: Readonly<Record<string, string>> = {
  Batch: 'bat cmd',
  C: 'c h',
  'C#': 'cs',
  'C++': 'cc cpp cxx hh hpp hxx',
  Clojure: 'clj cljc cljs',
  CSS: 'css',
  CSV: 'csv tsv',
  Dart: 'dart',
  Elixir: 'ex exs',
  Elm: 'elm',
  Erlang: 'erl hrl',
  'F#': 'fs fsi fsx',
  Go: 'go',
  Haskell: 'hs lhs',
  HTML: 'htm html',
  Java: 'java',
  JavaScript: 'cjs js jsx mjs',
  JSON: 'json json5 jsonc jsonl',
  Julia: 'jl',
  Koka: 'kk',
  Kotlin: 'kt kts',
  Less: 'less',
  Lua: 'lua',
  Markdown: 'markdown md mdx',
  Nix: 'nix',
  OCaml: 'ml mli',
  Perl: 'pl pm',
  PHP: 'php',
  PowerShell: 'ps1 psm1',
  Protobuf: 'proto',
  Python: 'py pyi',
  R: 'r',
  Ruby: 'rb',
  Rust: 'rs',
  Sass: 'sass scss',
  Scala: 'sbt scala',
  Shell: 'bash fish sh zsh',
  SQL: 'sql',
  SVG: 'svg',
  Svelte: 'svelte',
  Swift: 'swift',
  Text: 'adoc rst txt',
  TOML: 'toml',
  TypeScript: 'cts mts ts tsx',
  Vue: 'vue',
  XML: 'xml xsd xsl',
  YAML: 'yaml yml',
  Zig: 'zig',
}

const BY_EXTENSION: ReadonlyMap<string, string> = new Map(
  Object.entries(EXTENSIONS).flatMap(([language, list]) =>
    list.split(' ').map(extension => [`.${extension}`, language]),
  ),
)

/** The language of a file. */
export function languageOf(path: string): string {
  const name = posix.basename(path)
  return BY_NAME.get(name) ?? BY_EXTENSION.get(posix.extname(name).toLowerCase()) ?? OTHER
}
