import ts from 'typescript'
import { commentOf, type Link, moduleComment } from './comment.js'
import type { Export, Module } from './declarations.js'
import { headOf, signatureOf, textOf } from './signature.js'
import { codeTable, optionTable, table } from './tables.js'

/** A heading, and what is below it. */
interface Topic {
  readonly heading: string
  /** The names that are explained there. */
  readonly names: readonly string[]
  readonly body: (link: Link) => string[]
}

/** The page that lists everything that can be imported. */
export function reference(modules: readonly Module[]): string {
  const sections = modules.map((module) => ({ module, topics: topicsOf(module, modules) }))
  const link = linkTo(sections.flatMap(({ module, topics }) => [module.specifier, ...topics]))
  return [
    '# API',
    '<!-- Written by `npm run docs` from the comments in lib/: change those, not this page. -->',
    introduction(modules),
    sections
      .map(
        ({ module: { specifier }, topics }) =>
          `- ${link(specifier)}: ${topics.flatMap(({ names }) => names.map(link)).join(', ')}`,
      )
      .join('\n'),
    ...sections.flatMap(({ module, topics }) => [
      `## \`${module.specifier}\``,
      moduleComment(module.file, link),
      ...topics.flatMap(({ heading, body }) => [`### ${heading}`, ...body(link)]),
    ]),
  ].join('\n\n')
}

function introduction([root, ...others]: readonly Module[]): string {
  const apart = others.filter(({ exports }) => exports.some(({ symbol }) => !has(root!, symbol)))
  const names = apart.map(({ specifier }) => `\`${specifier}\``).join(', ')
  return `Everything that can be imported, each name where it is at home. \`${root!.specifier}\` exports all of it but for ${names}.`
}

// Classes and functions first, then values, which share a heading, then types.
function topicsOf(module: Module, modules: readonly Module[]): Topic[] {
  const own = module.exports.filter((item) => homeOf(item, modules) === module)
  const kind = (flags: ts.SymbolFlags): Export[] =>
    own
      .filter(({ symbol }) => symbol.flags & flags)
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const values = kind(ts.SymbolFlags.Variable)
  return [
    ...kind(ts.SymbolFlags.Class).map(topic(classOrInterface)),
    ...kind(ts.SymbolFlags.Function).map(topic(functions)),
    ...(values.length > 0 ? [valuesTopic(module, values)] : []),
    ...kind(ts.SymbolFlags.ValueModule).map(topic(namespace)),
    ...kind(ts.SymbolFlags.Interface).map(topic(classOrInterface)),
    ...kind(ts.SymbolFlags.TypeAlias).map(topic(typeAlias)),
  ]
}

// The narrowest module that exports it: the root exports nearly everything.
function homeOf({ symbol }: Export, modules: readonly Module[]): Module | undefined {
  return [...modules].reverse().find((module) => has(module, symbol))
}

function has({ exports }: Module, symbol: ts.Symbol): boolean {
  return exports.some((item) => item.symbol === symbol)
}

function topic(describe: (item: Export, link: Link) => string[]): (item: Export) => Topic {
  return (item) => ({ heading: `\`${item.name}\``, names: [item.name], body: (link) => describe(item, link) })
}

function classOrInterface({ declarations }: Export, linkToExport: Link): string[] {
  const [node] = declarations.filter(
    (declaration) => ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration),
  )
  const members = [...node!.members]
    .filter(isPublic)
    .sort((a, b) => Number(isConstructor(b)) - Number(isConstructor(a)))
  const own = new Set(members.map((member) => member.name?.getText()))
  const link: Link = (name) => (own.has(name) ? `\`${name}\`` : linkToExport(name))
  const head = headOf(node!)
  const isOptions = members.every(isOption) && members.some((member) => commentOf([member], link).defaultValue)
  return [
    ...(/^\w+ \w+$/.test(head) ? [] : [code(head)]),
    commentOf([node!], link).summary,
    isOptions
      ? optionTable(members.filter(isOption), link, (option) => signatureOf(option).replace('?', ''))
      : members.map((member) => `- ${line(member, link)}`).join('\n'),
  ]
}

function functions({ declarations }: Export, link: Link): string[] {
  const { summary, throws } = commentOf(declarations, link)
  return [code(declarations.map((node) => `function ${signatureOf(node)}`).join('\n')), [summary, ...throws].join(' ')]
}

function typeAlias({ declarations: [node] }: Export, link: Link): string[] {
  const { name, type, typeParameters = [] } = node as ts.TypeAliasDeclaration
  const { summary } = commentOf([node!], link)
  const codes = codeTable(type, link)
  if (codes !== undefined) return [summary, codes]
  const parameters = typeParameters.length > 0 ? `<${typeParameters.map(textOf).join(', ')}>` : ''
  return [code(`type ${name.text}${parameters} = ${textOf(type)}`), summary]
}

function namespace({ name, declarations, members }: Export, link: Link): string[] {
  const rows = members.map((member) => [`\`${name}.${member.name}\``, commentOf(member.declarations, link).summary])
  return [moduleComment(declarations[0]!.getSourceFile(), link), table(['value', 'is'], rows)]
}

function valuesTopic({ specifier }: Module, values: readonly Export[]): Topic {
  return {
    heading: `Values of \`${specifier}\``,
    names: values.map(({ name }) => name),
    body: (link) => [
      table(
        ['value', 'type', 'is'],
        values.map(({ name, declarations }) => {
          const [node] = declarations as ts.VariableDeclaration[]
          return [`\`${name}\``, link(textOf(node!.type!)), commentOf(declarations, link).summary]
        }),
      ),
    ],
  }
}

function line(member: ts.ClassElement | ts.TypeElement, link: Link): string {
  const { summary, throws } = commentOf([member], link)
  const text = [summary, ...throws].filter((sentence) => sentence !== '').join(' ')
  return `\`${signatureOf(member)}\`${text === '' ? '' : `: ${text}`}`
}

// What begins with an underscore is called by the streams of Node.
function isPublic(member: ts.ClassElement | ts.TypeElement): boolean {
  const isPrivate =
    ts.canHaveModifiers(member) && ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
  // A setter is told by its getter.
  return !isPrivate && !ts.isSetAccessor(member) && !/^[_#]/.test(member.name?.getText() ?? '')
}

const isConstructor = ts.isConstructorDeclaration

function isOption(member: ts.ClassElement | ts.TypeElement): member is ts.PropertySignature {
  return ts.isPropertySignature(member) && member.questionToken !== undefined
}

function code(text: string): string {
  return ['```ts', text, '```'].join('\n')
}

// GitHub's: a second heading of the same name gets a number.
function linkTo(headings: readonly (string | Topic)[]): Link {
  const taken = new Map<string, number>()
  const anchors = new Map<string, string>()
  for (const heading of headings) {
    const [text, names] = typeof heading === 'string' ? [heading, [heading]] : [heading.heading, heading.names]
    const anchor = text
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
    const times = taken.get(anchor) ?? 0
    taken.set(anchor, times + 1)
    for (const name of names) anchors.set(name, times === 0 ? anchor : `${anchor}-${times}`)
  }
  return (name) => (anchors.has(name) ? `[\`${name}\`](#${anchors.get(name)!})` : `\`${name}\``)
}
