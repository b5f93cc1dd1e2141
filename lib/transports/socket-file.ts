import { linkSync, renameSync, statSync, unlinkSync } from 'node:fs'
import net from 'node:net'

/** Which file a path leads to: its device and its number there; `undefined` if there is none, as with abstract names. */
export function fileAt(path: string): string | undefined {
  const stats = path.startsWith('\0') ? undefined : statSync(path, { throwIfNoEntry: false })
  return stats && `${stats.dev}:${stats.ino}`
}

/** Removes the file of a socket at which nothing answers, as a killed process leaves it. `false` if it is in use. */
export async function removeIfStale(path: string): Promise<boolean> {
  // An abstract name has no file, and is free again when its process has ended.
  if (path.startsWith('\0') || !statSync(path, { throwIfNoEntry: false })?.isSocket()) return false
  if (!(await isRefused(path))) return false
  unlinkSync(path)
  return true
}

/**
 * Closes a server that was given `file` at `path`. Closing removes whatever is at the path by then: a file that another
 * server has put there since is kept.
 */
export function closeKeepingOthers(server: net.Server, path: string, file: string | undefined): void {
  const now = fileAt(path)
  if (file === undefined || now === undefined || now === file) {
    server.close()
    return
  }
  const kept = `${path}.${process.pid}`
  linkSync(path, kept)
  server.close()
  renameSync(kept, path)
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path })
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}
