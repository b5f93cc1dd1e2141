// Compiles the examples of README.md and docs/ that have types, with the settings of this repository.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { documentationFiles, type Example, examplesIn } from '../spec/support/docs/examples.js'
import { ROOT } from '../spec/support/root.js'
import { entries } from './entries.js'

const cache = path.join(ROOT, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
// Where packages are found, and where neither Git nor a linter looks.
const folder = mkdtempSync(path.join(cache, 'examples-'))
const examples = new Map<string, Example>()
for (const example of documentationFiles().flatMap(examplesIn)) {
  if (example.language !== 'ts') continue
  const file = path.join(folder, `${examples.size}.mts`)
  writeFileSync(file, example.source)
  examples.set(file, example)
}

const errors = [...examples.keys()].flatMap(errorsIn(programOf([...examples.keys()])))
for (const error of errors) console.error(error)
process.exitCode = errors.length > 0 ? 1 : 0
rmSync(folder, { recursive: true })

function programOf(files: readonly string[]): ts.Program {
  const config = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (name) => ts.sys.readFile(name))
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT)
  const paths = Object.fromEntries(entries().map(({ specifier, source }) => [specifier, [source]]))
  const isolated = { declaration: false, isolatedDeclarations: false }
  return ts.createProgram(files, { ...options, ...isolated, types: ['node'], noUnusedLocals: false, paths })
}

function errorsIn(program: ts.Program): (file: string) => string[] {
  return (file) => {
    const source = program.getSourceFile(file)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map(({ file: at, start = 0, messageText }) => {
      const line = (at?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      return `${examples.get(file)!.file}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  }
}
