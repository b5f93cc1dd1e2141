// Writes docs/api.md, and the tables between markers in README.md and docs/, from the comments of what users can import.
// `--check` only looks whether they are up to date.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'
import ts from 'typescript'
import { documentationFiles } from '../spec/support/docs/examples.js'
import { ROOT } from '../spec/support/root.js'
import { publicModules } from './docs/declarations.js'
import { reference } from './docs/reference.js'
import { codeRows, fieldRows, optionTable, table } from './docs/tables.js'

const REFERENCE = 'docs/api.md'
// <!-- docs:start options FrameOptions EncodeOptions --> … <!-- docs:end -->
const MARKED = /(<!-- docs:start (\w+) ([\w ]+) -->)[^]*?(<!-- docs:end -->)/g

const onlyCheck = process.argv.includes('--check')
const modules = publicModules()
for (const file of new Set([REFERENCE, ...documentationFiles()])) {
  const before = await readFile(path.join(ROOT, file), 'utf8').catch(() => '')
  const after = file === REFERENCE ? reference(modules) : before.replaceAll(MARKED, fill)
  const formatted = await format(after, { ...(await resolveConfig(path.join(ROOT, file))), filepath: file })
  if (formatted === before) continue
  if (onlyCheck) {
    console.error(`${file} is not what the comments in lib/ say: run \`npm run docs\``)
    process.exitCode = 1
  } else {
    await writeFile(path.join(ROOT, file), formatted)
  }
}

function fill(_marked: string, start: string, kind: string, names: string, end: string): string {
  const declared = names.split(' ').map((name) => declarationOf(name))
  return [start, tableOf(kind, declared), end].join('\n\n')
}

function tableOf(kind: string, declared: readonly ts.Declaration[]): string {
  const members = declared.flatMap(propertiesIn)
  if (kind === 'options') return optionTable(members, codeOf)
  if (kind === 'fields') return table(['field', 'meaning'], fieldRows(members, codeOf).map(complete))
  if (kind === 'channels') {
    const rows = members.map((member, i) => [...fieldRows(members, codeOf)[i]!, codeOf(payloadOf(member.type!))])
    return table(['channel', 'when', 'payload'], rows.map(complete))
  }
  const codes = declared.flatMap((node) => codeRows((node as ts.TypeAliasDeclaration).type, codeOf))
  return table(['code', 'when'], codes.map(complete))
}

// Names of what a payload has, beside `node`: it is written out, or has a name.
function payloadOf(type: ts.TypeNode): string {
  const payload = (type as ts.TypeReferenceNode).typeArguments![0]!
  const members = ts.isTypeLiteralNode(payload)
    ? payload.members.filter(ts.isPropertySignature)
    : propertiesIn(declarationOf(payload.getText()))
  return `{ ${members.map(({ name }) => name.getText()).join(', ')} }`
}

function declarationOf(name: string): ts.Declaration {
  const [declaration] = modules.flatMap(({ exports }) => exports).find((item) => item.name === name)?.declarations ?? []
  if (declaration === undefined) throw new Error(`Cannot write a table of ${name}: it is not exported`)
  return declaration
}

function propertiesIn(node: ts.Declaration): ts.PropertySignature[] {
  return ts.isInterfaceDeclaration(node) ? node.members.filter(ts.isPropertySignature) : []
}

function complete(row: string[]): string[] {
  if (row.includes('')) throw new Error(`Cannot write a table: ${row[0]} has no comment`)
  return row
}

function codeOf(name: string): string {
  return `\`${name}\``
}
