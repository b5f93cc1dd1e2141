import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Software of others that specs talk to, and that npm cannot bring. */
export interface Counterpart {
  readonly name: string
  /** Where its program is on this machine, if it is. */
  readonly path: string | undefined
}

const POSTGRES_VERSIONS = '/usr/lib/postgresql'

// Servers lie outside the PATH of ordinary users.
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']

/** All of them. `scripts/setup-interop.sh` installs them. */
export const counterparts: Readonly<
  Record<'chromium' | 'namespaces' | 'nats' | 'openssl' | 'postgres' | 'python' | 'redis' | 'unbound', Counterpart>
> = {
  chromium: { name: 'Chromium', path: find('chromium') },
  namespaces: { name: 'iproute2 and iptables, as root', path: namespaces() },
  nats: { name: 'nats-server', path: find('nats-server') },
  openssl: { name: 'OpenSSL', path: find('openssl') },
  postgres: { name: 'PostgreSQL', path: find('postgres') ?? newestPostgres() },
  python: { name: 'Python 3', path: find('python3') },
  redis: { name: 'redis-server', path: find('redis-server') },
  unbound: { name: 'unbound', path: find('unbound') },
}

const missed = new Set<Counterpart>()

/**
 * Describes what a counterpart is needed for; `body` gets the path of its program.
 *
 * Where the counterpart is missing, nothing is described, and that is said loudly when all is done. With
 * REQUIRE_COUNTERPARTS=1 in the environment it is a failure.
 */
export function describeWith(counterpart: Counterpart, title: string, body: (path: string) => void): void {
  const { name, path } = counterpart
  if (path !== undefined) {
    describe(title, () => body(path))
  } else if (process.env['REQUIRE_COUNTERPARTS'] === '1') {
    it(`finds ${name}, for: ${title}`, () => {
      throw new Error(`Cannot find ${name}: \`npm run setup:interop\` installs it on Debian`)
    })
  } else {
    // At the exit, since the summary of the specs comes behind the last hook.
    if (missed.size === 0) process.once('exit', () => sayMissing(missed))
    missed.add(counterpart)
  }
}

/** Tells a person what was not tested, and how to change that. */
export function sayMissing(missing: Iterable<Counterpart>): void {
  const names = Array.from(missing, ({ name }) => name)
  if (names.length === 0) return
  const rule = '!'.repeat(80)
  process.stderr.write(
    `\n${rule}\nNOT TESTED, since this machine lacks: ${names.join(', ')}\nOn Debian, install with: npm run setup:interop\n${rule}\n`,
  )
}

function find(program: string): string | undefined {
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

// Others than root have no network namespaces.
function namespaces(): string | undefined {
  return process.getuid?.() === 0 && find('iptables') !== undefined ? find('ip') : undefined
}

function newestPostgres(): string | undefined {
  const versions = existsSync(POSTGRES_VERSIONS) ? readdirSync(POSTGRES_VERSIONS) : []
  const paths = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(POSTGRES_VERSIONS, version, 'bin', 'postgres'))
  return paths.find((path) => existsSync(path))
}
