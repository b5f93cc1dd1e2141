import { createRequire } from 'node:module'

/** What is used here of playwright-core. Its own types need those of the DOM, which all files would then see. */
export interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

/** A page of a browser. */
export interface Page {
  once(event: 'pageerror', listener: (error: Error) => void): void
  goto(url: string): Promise<unknown>
  addScriptTag(options: { path: string } | { content: string }): Promise<unknown>
  evaluate(expression: string): Promise<unknown>
  close(): Promise<void>
}

const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

const { chromium } = createRequire(import.meta.url)('playwright-core') as {
  readonly chromium: {
    launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<Browser>
  }
}

/** Starts Chromium with an empty profile. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS })
}
