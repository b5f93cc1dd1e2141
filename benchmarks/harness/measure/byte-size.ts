export const KIB = 1024
export const MIB: number = KIB * KIB

/** Bytes as people write them: 64 B, 1 KiB, 4 MiB. */
export function byteSize(bytes: number): string {
  if (bytes >= MIB) return `${bytes / MIB} MiB`
  return bytes >= KIB && bytes % KIB === 0 ? `${bytes / KIB} KiB` : `${bytes} B`
}
