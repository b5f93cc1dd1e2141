import { execFileSync } from 'node:child_process'

const NAMES = ['near', 'far'] as const

type Side = (typeof NAMES)[number]

/** Two network namespaces with a link between them, on which packets can be lost. */
export class Namespaces {
  static #count = 0

  readonly #names: Readonly<Record<Side, string>>

  constructor() {
    const number = ++Namespaces.#count
    const [near, far] = NAMES.map((side) => `lw-${process.pid}-${number}-${side}`) as [string, string]
    this.#names = { near, far }
    for (const name of [near, far]) run('ip', 'netns', 'add', name)
    run('ip', '-n', near, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far', 'netns', far)
    NAMES.forEach((side, i) => {
      const name = this.#names[side]
      run('ip', '-n', name, 'address', 'add', `${this.#hostOf(i)}/24`, 'dev', side)
      run('ip', '-n', name, 'link', 'set', side, 'up')
    })
  }

  /** The names of the namespaces. */
  get near(): string {
    return this.#names.near
  }

  get far(): string {
    return this.#names.far
  }

  /** The address of the near one. */
  get host(): string {
    return this.#hostOf(0)
  }

  /** From now on so much of what arrives on either side is lost: all of it with 1. */
  lose(share: number): void {
    for (const name of [this.near, this.far]) {
      const some = ['-m', 'statistic', '--mode', 'random', '--probability', String(share)]
      run('ip', 'netns', 'exec', name, 'iptables', '-A', 'INPUT', ...(share === 1 ? [] : some), '-j', 'DROP')
    }
  }

  /** Takes the link down, or up again. */
  set(state: 'down' | 'up'): void {
    run('ip', '-n', this.far, 'link', 'set', 'far', state)
  }

  /** Takes both away, once nothing runs in them. */
  remove(): void {
    for (const name of [this.near, this.far]) run('ip', 'netns', 'delete', name)
  }

  // Addresses that are kept for documentation.
  #hostOf(i: number): string {
    return `192.0.2.${i + 1}`
  }
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
