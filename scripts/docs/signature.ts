import ts from 'typescript'
import { oneLine } from './comment.js'

const printer = ts.createPrinter({ removeComments: true })

/** A declaration as code, in one line: what a person would write to describe it. */
export function signatureOf(node: ts.Node): string {
  if (ts.isGetAccessor(node)) return `${textOf(node.name)}: ${textOf(node.type!)}`
  if (ts.isConstructorDeclaration(node)) return `new ${node.parent.name?.text ?? ''}${parametersOf(node)}`
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) {
    return `${textOf(node.name!)}${markOf(node)}${typeParametersOf(node)}${parametersOf(node)}: ${textOf(node.type!)}`
  }
  if (ts.isPropertyDeclaration(node) || ts.isPropertySignature(node) || ts.isVariableDeclaration(node)) {
    // A constant has its value in place of a type.
    const type = node.type ?? (node as ts.PropertyDeclaration).initializer!
    return `${textOf(node.name)}${markOf(node)}: ${typeOf(node, type)}`
  }
  return textOf(node)
}

/** The line that opens a class or an interface: its name, and what it builds on. */
export function headOf(node: ts.ClassDeclaration | ts.InterfaceDeclaration): string {
  const kind = ts.isClassDeclaration(node) ? 'class' : 'interface'
  const bases = node.heritageClauses?.map((clause) => ` ${textOf(clause)}`) ?? []
  return `${kind} ${node.name!.text}${typeParametersOf(node)}${bases.join('')}`
}

/** A type as code, in one line. */
export function textOf(node: ts.Node): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
  const line = oneLine(text).replace(/;$/, '').replaceAll('; }', ' }').replaceAll('"', "'")
  return line.replaceAll(/\[ (.*?) ?\]/g, '[$1]')
}

// What may be left out may be `undefined`, too.
function typeOf(node: ts.Node, type: ts.Node): string {
  if (markOf(node) === '') return textOf(type)
  return textOf(type)
    .replace(/ \| undefined$/, '')
    .replace(/^\((.*)\)$/, '$1')
}

function markOf(node: ts.Node): string {
  return 'questionToken' in node && node.questionToken !== undefined ? '?' : ''
}

function parametersOf(node: ts.SignatureDeclaration): string {
  const parameters = node.parameters.map((parameter) => {
    const { dotDotDotToken, name } = parameter
    // An object that is taken apart on the way in has no name.
    const called = ts.isIdentifier(name) ? name.text : 'options'
    return `${dotDotDotToken ? '...' : ''}${called}${markOf(parameter)}: ${typeOf(parameter, parameter.type!)}`
  })
  return `(${parameters.join(', ')})`
}

function typeParametersOf(node: ts.DeclarationWithTypeParameters): string {
  const parameters = ts.getEffectiveTypeParameterDeclarations(node).map(textOf)
  return parameters.length > 0 ? `<${parameters.join(', ')}>` : ''
}
