import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../spec/support/root.js'

/** A module that users can import. */
export interface Entry {
  /** What they write: `lengthwise`, `lengthwise/frame` and so on. */
  readonly specifier: string
  /** Absolute path of its source. */
  readonly source: string
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

/** The entries, as package.json exports them. */
export function entries(): Entry[] {
  const { exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest
  return Object.entries(exports).flatMap(([subpath, target]): Entry[] => {
    if (typeof target === 'string') return []
    const source = target.default.replace('./dist/', 'lib/').replace(/\.js$/, '.ts')
    return [{ specifier: `lengthwise${subpath.slice(1)}`, source: path.join(ROOT, source) }]
  })
}
