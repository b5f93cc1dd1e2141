/** The URL of an endpoint that is written in short: `9000` or `host:9000`. Anything else is returned as it is. */
export function endpointUrl(endpoint: string): string {
  if (/^\d+$/.test(endpoint)) return `tcp://127.0.0.1:${endpoint}`
  return /^(?:\[.+\]|[^:/]+):\d+$/.test(endpoint) ? `tcp://${endpoint}` : endpoint
}
