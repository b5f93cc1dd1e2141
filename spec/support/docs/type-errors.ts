import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from './examples.js'

/** What the compiler says against the programs, with the settings of this repository: `path:line: message`. */
export function typeErrorsIn(paths: readonly string[]): string[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT)
  const program = ts.createProgram(paths, {
    ...options,
    types: ['node'],
    // Examples are programs, and import sources.
    allowImportingTsExtensions: true,
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
  })
  return paths.flatMap((path) => {
    const source = program.getSourceFile(path)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map(({ file, start = 0, messageText }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      return `${path}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  })
}
