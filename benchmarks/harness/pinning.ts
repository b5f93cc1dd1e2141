import { spawnSync } from 'node:child_process'

/** The processor that processes are pinned to, `undefined` where `taskset` (Linux, util-linux) is missing. */
export const pinnedCore: number | undefined = spawnSync('taskset', ['--version']).status === 0 ? 0 : undefined
