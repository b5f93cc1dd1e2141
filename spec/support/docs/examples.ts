import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../root.js'

/** A program in the documentation: a block of code, with the blocks that continue it. */
export interface Example {
  /** File of the documentation, from the root of the repository. */
  readonly file: string
  readonly language: 'js' | 'ts'
  /** Line of its first block's fence, counted from 1. */
  readonly line: number
  /** The program, with every line where it is in `file`: errors then tell the right line. */
  readonly source: string
  /** What it says it prints: the text behind each `// →`. */
  readonly printed: readonly string[]
}

// Another name than `js` or `ts` would hide a block from the spec.
const ALIASES = /^(?:javascript|jsx|mjs|cjs|mts|cts|node|typescript|tsx)$/i

/** Whether a line that was printed is what an example says, where `…` stands for anything. */
export function isLike(line: string, said: string | undefined): boolean {
  const parts = said?.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return parts !== undefined && new RegExp(`^${parts.join('.*')}$`).test(line)
}

/** The programs in examples/ that users get, each an example of its own. */
export function programs(): Example[] {
  const files = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.mjs'))
  return files.map((name): Example => {
    const file = join('examples', name)
    const source = readFileSync(join(ROOT, file), 'utf8')
    return { file, language: 'js', line: 1, source, printed: printedBy(source) }
  })
}

/** README.md and everything in docs/ but the list of the API, whose blocks are no programs. */
export function documentationFiles(): string[] {
  const guides = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  return [
    'README.md',
    ...guides.filter((name) => name.endsWith('.md') && name !== 'api.md').map((name) => join('docs', name)),
  ].sort()
}

/** The examples of one file, in order. @throws {Error} If a block could not be run as it is marked. */
export function examplesIn(file: string): Example[] {
  const examples: { language: 'js' | 'ts'; line: number; lines: string[] }[] = []
  for (const { language, line, code } of blocksOf(readFileSync(join(ROOT, file), 'utf8'))) {
    if (ALIASES.test(language)) throw new Error(`${file}:${line} is marked ${language}: write js or ts`)
    if (language !== 'js' && language !== 'ts') continue
    const last = examples.at(-1)
    if (code[0] !== '// continued') {
      examples.push({ language, line, lines: [...Array<string>(line).fill(''), ...code] })
    } else if (last !== undefined) {
      last.lines.push(...Array<string>(line - last.lines.length).fill(''), ...code)
    } else {
      throw new Error(`${file}:${line} continues no block`)
    }
  }
  return examples.map(({ language, line, lines }) => ({
    file,
    language,
    line,
    source: lines.join('\n'),
    printed: printedBy(lines.join('\n')),
  }))
}

function printedBy(source: string): string[] {
  return Array.from(source.matchAll(/\/\/ → ?(.*)$/gm), ([, text]) => text!)
}

interface Block {
  readonly language: string
  readonly line: number
  readonly code: string[]
}

function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  // The block being read, and what its fence looks like.
  let open: { block: Block; fence: string; indent: number } | undefined
  for (const [i, text] of markdown.split('\n').entries()) {
    const [, indent = '', fence, language = ''] = /^( *)(`{3,}|~{3,})(.*)$/.exec(text) ?? []
    if (open === undefined) {
      const block = { language: language.trim(), line: i + 1, code: [] }
      if (fence !== undefined) open = { block, fence, indent: indent.length }
    } else if (fence?.startsWith(open.fence) === true && language.trim() === '') {
      blocks.push(open.block)
      open = undefined
    } else {
      open.block.code.push(text.slice(Math.min(open.indent, text.search(/\S|$/))))
    }
  }
  return blocks
}
