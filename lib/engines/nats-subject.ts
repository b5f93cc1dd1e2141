/**
 * A name as one token of a subject: letters, digits and `-_!~'()` stand for themselves, other characters in percent encoding,
 * since a dot would make two tokens, and `*` and `>` mean others.
 */
export function tokenOf(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E').replaceAll('*', '%2A')
}

/** The name in the last token of a subject: who published. Another program may have put anything there. */
export function publisherIn(subject: string): string {
  const token = subject.slice(subject.lastIndexOf('.') + 1)
  try {
    return decodeURIComponent(token)
  } catch {
    return token
  }
}
