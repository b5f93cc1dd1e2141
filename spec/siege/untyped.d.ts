// Packages without types, as far as they are used here.

declare module 'hyperswarm' {
  import type { EventEmitter } from 'node:events'
  import type { Duplex } from 'node:stream'

  export default class Hyperswarm extends EventEmitter<{ connection: [Duplex, { publicKey: Buffer }] }> {
    readonly keyPair: { readonly publicKey: Buffer }
    constructor(options: { readonly dht: unknown })
    join(topic: Buffer, how: { readonly server: boolean; readonly client: boolean }): { flushed(): Promise<void> }
    destroy(): Promise<void>
  }
}

declare module 'hyperdht/testnet.js' {
  export default function createTestnet(size: number): Promise<{ createNode(): unknown; destroy(): Promise<void> }>
}
