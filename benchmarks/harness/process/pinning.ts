import { spawnSync } from 'node:child_process'
import os from 'node:os'

const hasTaskset = spawnSync('taskset', ['--version']).status === 0

/** The processor that processes are pinned to; `undefined` where `taskset` (Linux, util-linux) is missing. */
export const pinnedCore: number | undefined = hasTaskset ? os.cpus().length - 1 : undefined
