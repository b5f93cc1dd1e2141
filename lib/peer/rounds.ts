/**
 * Looks at its members again and again, as long as it has any. One timer serves all peers of a node, since a timer for each
 * would cost every one that sends or is sent to.
 */
export class Rounds<Member, Sight> {
  readonly #intervalMs: number
  readonly #look: (member: Member, before: Sight | undefined, nowMs: number) => Sight | undefined
  readonly #members = new Map<Member, Sight | undefined>()
  #timer: NodeJS.Timeout | undefined

  /** @param look Looks at a member, and says what it saw; `undefined`: it need not be looked at any more. */
  constructor(
    intervalMs: number,
    look: (member: Member, before: Sight | undefined, nowMs: number) => Sight | undefined,
  ) {
    this.#intervalMs = intervalMs
    this.#look = look
  }

  add(member: Member): void {
    if (this.#members.has(member)) return
    this.#members.set(member, undefined)
    this.#timer ??= this.#plan()
  }

  delete(member: Member): void {
    if (!this.#members.delete(member) || this.#members.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #round(): void {
    const nowMs = performance.now()
    this.#timer = undefined
    for (const [member, before] of this.#members) {
      const sight = this.#look(member, before, nowMs)
      if (sight === undefined) this.#members.delete(member)
      // It may have been deleted for what was seen.
      else if (this.#members.has(member)) this.#members.set(member, sight)
    }
    // What is done about one may have added another one, and so planned the next round.
    if (this.#members.size > 0) this.#timer ??= this.#plan()
  }

  #plan(): NodeJS.Timeout {
    // Looking is no reason for a process to live on.
    return setTimeout(() => this.#round(), this.#intervalMs).unref()
  }
}
