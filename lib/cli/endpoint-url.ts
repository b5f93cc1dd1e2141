/**
 * The URL of an endpoint that is written in short: `9000` or `host:9000`.
 *
 * @throws {TypeError} If it is neither that nor a URL of TCP or of a Unix socket.
 */
export function endpointUrl(endpoint: string): string {
  if (/^\d+$/.test(endpoint)) return `tcp://127.0.0.1:${endpoint}`
  if (/^(?:\[.+\]|[^:/[\]]+):\d+$/.test(endpoint)) return `tcp://${endpoint}`
  if (/^(?:tcp:\/\/(?:\[.+\]|[^:/[\]]+):\d+\/?|unix:(?:\/\/)?.+)$/.test(endpoint)) return endpoint
  throw new TypeError(
    `Cannot use endpoint ${JSON.stringify(endpoint)}: expected port, host:port, tcp://host:port or unix:/path`,
  )
}
