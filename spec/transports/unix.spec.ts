import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { unix } from '../../lib/index.js'
import { describeTransport } from '../contract/transport.js'

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-'))
let count = 0

after(() => rmSync(folder, { recursive: true }))

describeTransport({
  transport: unix,
  free: () => ({ path: path.join(folder, `${++count}.sock`) }),
  nowhere: () => ({ path: path.join(folder, 'nowhere.sock') }),
  refusal: 'ENOENT',
})
