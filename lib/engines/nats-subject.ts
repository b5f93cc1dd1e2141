/**
 * A name as one token of a subject: letters, digits and `-_!~'()` stand for themselves, other characters for their bytes: `=2E`.
 * A dot would make two tokens, `*` and `>` mean others, and a server puts `%` into its answers as if it were a format.
 */
export function tokenOf(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E').replaceAll('*', '%2A').replaceAll('%', '=')
}

/** The name in the last token of a subject: who published. Another program may have put anything there. */
export function publisherIn(subject: string): string {
  const token = subject.slice(subject.lastIndexOf('.') + 1)
  try {
    return decodeURIComponent(token.replaceAll('=', '%'))
  } catch {
    return token
  }
}
