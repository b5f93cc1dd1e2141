import ts from 'typescript'

/** What the comment in front of a declaration says, as Markdown. */
export interface Comment {
  /** Its first paragraph. */
  readonly summary: string
  readonly defaultValue: string | undefined
  /** A sentence for each `@throws`. */
  readonly throws: readonly string[]
}

/** How a name is written that a comment links to. */
export type Link = (name: string) => string

/** Reads the comment in front of a declaration; of several, as overloads have them, the first. */
export function commentOf(declarations: readonly ts.Node[], link: Link): Comment {
  const nodes = declarations.map((node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node))
  const parts = nodes.flatMap((node) => ts.getJSDocCommentsAndTags(node))
  const summary = parts.find((part) => ts.isJSDoc(part) && part.comment !== undefined)?.comment
  const tags = parts.flatMap((part) => (ts.isJSDoc(part) ? [...(part.tags ?? [])] : [part]))
  const defaultTag = tags.find(({ tagName }) => tagName.text === 'default')
  return {
    summary: oneLine(textOf(summary, link).split('\n\n')[0]!),
    defaultValue: defaultTag && asDefault(oneLine(textOf(defaultTag.comment, link))),
    throws: tags.filter(ts.isJSDocThrowsTag).map((tag) => sentenceOf(tag, link)),
  }
}

/** Reads the first paragraph of the comment at the top of a file. */
export function moduleComment(file: ts.SourceFile, link: Link): string {
  return commentAt(file, 0, link).replace(/ ?@module$/, '')
}

/** Reads the first paragraph of the comment in front of what is no declaration. @param position Where it may begin. */
export function commentAt({ text }: ts.SourceFile, position: number, link: Link): string {
  const [comment] = ts.getLeadingCommentRanges(text, position) ?? []
  if (comment === undefined) return ''
  const lines = text.slice(comment.pos + 3, comment.end - 2).replaceAll(/\n\s*\*/g, '\n')
  const [paragraph] = lines.split(/\n\s*\n/)
  return oneLine(paragraph!.replaceAll(/\{@link (\w+)\}/g, (_link, name: string) => link(name)))
}

/** Puts text that is written over several lines into one. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

function textOf(comment: ts.JSDoc['comment'], link: Link): string {
  if (comment === undefined || typeof comment === 'string') return comment ?? ''
  return comment
    .map((part) =>
      part.kind === ts.SyntaxKind.JSDocText ? part.text : `${link(part.name?.getText() ?? '')}${part.text}`,
    )
    .join('')
}

function sentenceOf({ typeExpression, comment }: ts.JSDocThrowsTag, link: Link): string {
  const text = oneLine(textOf(comment, link)).replace(/^(?:If|The|What) /, (word) => word.toLowerCase())
  const types = typeExpression?.type.getText().split(/\s*\|\s*/) ?? []
  return `Throws ${[types.map(link).join(' or '), text].filter((part) => part !== '').join(' ')}`.replace(
    /(?<![.!])$/,
    '.',
  )
}

// A value is code; the rest are words.
function asDefault(text: string): string {
  const number = /^\d+$/.test(text) ? Number(text).toLocaleString('en').replaceAll(',', '_') : undefined
  if (number !== undefined) return `\`${number}\``
  return /^(?:'[^']*'|\[.*\]|true|false|[a-z]+\d+[a-z]*)$/.test(text) ? `\`${text}\`` : text
}
