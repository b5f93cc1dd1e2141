import path from 'node:path'
import ts from 'typescript'
import { ROOT } from '../../spec/support/root.js'
import { entries } from '../entries.js'

/** A module that users can import, and what it exports. */
export interface Module {
  readonly specifier: string
  readonly file: ts.SourceFile
  readonly exports: readonly Export[]
}

/** A name that users can import. */
export interface Export {
  readonly name: string
  readonly symbol: ts.Symbol
  /** Where it is declared: in one place, but for overloads. */
  readonly declarations: readonly ts.Declaration[]
  /** What it exports itself, where it is a module that is exported under a name. */
  readonly members: readonly Export[]
}

/** What users can import, as the types of the package say it: without code, and without what is internal. */
export function publicModules(): Module[] {
  const program = programOfDeclarations()
  const checker = program.getTypeChecker()
  return entries().map(({ specifier, source }): Module => {
    const declarations = source
      .replace(`${path.sep}lib${path.sep}`, `${path.sep}dist${path.sep}`)
      .replace(/\.ts$/, '.d.ts')
    const file = program.getSourceFile(declarations)!
    return { specifier, file, exports: exportsOf(checker.getSymbolAtLocation(file)!, checker) }
  })
}

function exportsOf(module: ts.Symbol, checker: ts.TypeChecker): Export[] {
  return checker.getExportsOfModule(module).map((exported): Export => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    return {
      name: exported.name,
      symbol,
      declarations: symbol.declarations ?? [],
      members: symbol.flags & ts.SymbolFlags.ValueModule ? exportsOf(symbol, checker) : [],
    }
  })
}

function programOfDeclarations(): ts.Program {
  const read = ts.readConfigFile(path.join(ROOT, 'tsconfig.build.json'), (file) => ts.sys.readFile(file))
  const { options, fileNames } = ts.parseJsonConfigFileContent(read.config, ts.sys, ROOT)
  const declarations = new Map<string, string>()
  const sources = ts.createProgram(fileNames, { ...options, emitDeclarationOnly: true, stripInternal: true })
  const [fault] = sources.emit(undefined, (file, text) => void declarations.set(file, text)).diagnostics
  if (fault !== undefined) throw new Error(ts.formatDiagnostic(fault, ts.createCompilerHost(options)))
  const disk = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...disk,
    // dist/ need not be there.
    directoryExists: () => true,
    fileExists: (file) => declarations.has(file) || disk.fileExists(file),
    readFile: (file) => declarations.get(file) ?? disk.readFile(file),
    getSourceFile: (file, version, ...rest) => {
      const text = declarations.get(file)
      if (text === undefined) return disk.getSourceFile(file, version, ...rest)
      return ts.createSourceFile(file, text, version, true)
    },
  }
  return ts.createProgram([...declarations.keys()], { ...options, noEmit: true }, host)
}
