import { nameOf } from '../arguments.js'
import type { TlsOptions } from './tls-options.js'

/**
 * The same options with functions that do not throw: node:tls calls them where nothing catches, and what they throw would end
 * the process. A function that throws says no.
 *
 * @param onThrown Gets what was thrown, where node:tls has no way to say why a handshake fails.
 */
export function guarded(options: TlsOptions, onThrown: (error: Error) => void): TlsOptions {
  const { SNICallback, ALPNCallback, checkServerIdentity } = options
  return {
    ...options,
    ...(SNICallback && {
      SNICallback: (servername, callback) => {
        const fail = (thrown: unknown): void => {
          callback(errorOf('SNICallback', thrown))
        }
        // It may be an async function, too.
        const choose: (...values: Parameters<NonNullable<TlsOptions['SNICallback']>>) => unknown = SNICallback
        try {
          const result = choose(servername, callback)
          if (result instanceof Promise) result.catch(fail)
        } catch (thrown) {
          fail(thrown)
        }
      },
    }),
    ...(ALPNCallback && {
      ALPNCallback: (offer) => {
        try {
          return ALPNCallback(offer)
        } catch (thrown) {
          onThrown(errorOf('ALPNCallback', thrown))
          return undefined
        }
      },
    }),
    ...(checkServerIdentity && {
      checkServerIdentity: (host, certificate) => {
        try {
          return checkServerIdentity(host, certificate)
        } catch (thrown) {
          return errorOf('checkServerIdentity', thrown)
        }
      },
    }),
  }
}

function errorOf(name: string, thrown: unknown): Error {
  const reason = thrown instanceof Error ? thrown.message : nameOf(thrown)
  return new Error(`tls.${name} threw: ${reason}`, { cause: thrown })
}
