import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A certificate and its key, and the files that hold them. */
export interface Credentials {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
  readonly fingerprint: string
}

/** An authority that makes certificates on the spot, by `openssl`, in a folder that is removed after the specs. */
export class Authority {
  readonly #openssl: string
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-'))
  readonly own: Credentials
  #count = 0

  constructor(openssl: string, name = 'authority') {
    this.#openssl = openssl
    after(() => rmSync(this.#folder, { recursive: true }))
    this.own = this.#make(name, [])
  }

  /** A certificate that this authority has signed, for a host name and 127.0.0.1. */
  issue(name: string): Credentials {
    const { certFile, keyFile } = this.own
    return this.#make(name, ['-CA', certFile, '-CAkey', keyFile, '-addext', 'basicConstraints=CA:FALSE'])
  }

  #make(name: string, signed: readonly string[]): Credentials {
    const file = path.join(this.#folder, String(++this.#count))
    const [certFile, keyFile] = [`${file}.crt`, `${file}.key`]
    execFileSync(
      this.#openssl,
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...['-keyout', keyFile, '-out', certFile, '-subj', `/CN=${name}`],
        ...['-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`],
        ...signed,
      ],
      { stdio: 'pipe' },
    )
    const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')]
    return { cert, key, certFile, keyFile, fingerprint: new X509Certificate(cert).fingerprint256 }
  }
}
