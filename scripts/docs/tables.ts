import ts from 'typescript'
import { commentAt, commentOf, type Link } from './comment.js'
import { textOf } from './signature.js'

/** A table of options: of each its default and what it means. @param nameOf What is said of it in front. */
export function optionTable(
  options: readonly ts.PropertySignature[],
  link: Link,
  nameOf: (option: ts.PropertySignature) => string = (option) => option.name.getText(),
): string {
  const rows = options.map((option) => {
    const { summary, defaultValue = '' } = commentOf([option], link)
    return [`\`${nameOf(option)}\``, defaultValue, summary]
  })
  return table(['option', 'default', 'meaning'], rows)
}

/** The rows of a table of what an object has: of each what its comment says. */
export function fieldRows(fields: readonly ts.PropertySignature[], link: Link): string[][] {
  return fields.map((field) => [`\`${field.name.getText().replaceAll("'", '')}\``, commentOf([field], link).summary])
}

/** A table of a union of strings: of each what its comment says. `undefined` if it is none, or one without comments. */
export function codeTable(type: ts.TypeNode, link: Link): string | undefined {
  const rows = codeRows(type, link)
  return rows.length > 0 && rows.every(([, meaning]) => meaning !== '') ? table(['code', 'when'], rows) : undefined
}

/** The rows of such a table. */
export function codeRows(type: ts.TypeNode, link: Link): string[][] {
  const members = ts.isUnionTypeNode(type) ? type.types : []
  return members.map((member, i) => {
    // A comment stands in front of the bar, and so behind the member before.
    const comment = commentAt(type.getSourceFile(), i === 0 ? member.pos : members[i - 1]!.end, link)
    return [`\`${textOf(member).slice(1, -1)}\``, comment]
  })
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
