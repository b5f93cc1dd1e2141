import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import * as lengthwise from '../lib/index.js'

const lib = path.join(import.meta.dirname, '../lib')
const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => file.replaceAll('\\', '/'))

// From the ground up. A file imports from its own folder and from lower floors; neighbours on a floor do not meet.
const floors = [
  ['errors', 'arguments'],
  ['frame', 'async'],
  ['streams', 'iterables', 'web', 'transports'],
  ['peer'],
  ['observe'],
  ['door', 'messaging'],
  ['node', 'topic'],
  ['engines'],
  ['libp2p', 'msgpack', 'nats', 'websocket'],
  ['testing'],
  ['cli'],
]
// What `lengthwise` is, in Node and in browsers.
const roots = ['index.ts', 'browser.ts']
// Where a newcomer gets in.
const entries = files.filter((file) => !file.includes('/'))
const programs = ['cli/lengthwise.ts']

const { peerDependencies } = JSON.parse(readFileSync(path.join(lib, '../package.json'), 'utf8')) as {
  peerDependencies: Readonly<Record<string, string>>
}

const textOf = (file: string): string => readFileSync(path.join(lib, file), 'utf8')
const specifiersIn = (file: string): string[] =>
  Array.from(
    textOf(file).matchAll(/^(?:import|(?:import|export|\}) .*\bfrom) '(?<name>[^']+)'/gm),
    (match) => match[1]!,
  )
const importsOf = (file: string): string[] =>
  specifiersIn(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => path.posix.join(path.posix.dirname(file), name.replace(/\.js$/, '.ts')))
const folderOf = (file: string): string => file.split('/')[0]!.replace(/\.ts$/, '')
const floorOf = (file: string): number => floors.findIndex((folders) => folders.includes(folderOf(file)))
function reachedFrom(doors: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const visit = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    importsOf(file).forEach(visit)
  }
  doors.forEach(visit)
  return reached
}

describe('the house', () => {
  it('has a floor for each file but the roots', () => {
    expect(files.filter((file) => floorOf(file) === -1)).to.have.members(roots)
  })

  it('has imports that go down only', () => {
    const upward = files
      .filter((file) => !roots.includes(file) && folderOf(file) !== 'cli')
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => folderOf(target) !== folderOf(file) && !(floorOf(target) < floorOf(file)))
          .map((target) => `${file} imports ${target}`),
      )
    expect(upward).to.deep.equal([])
  })

  it('has a command line that uses what everybody can', () => {
    const inside = files
      .filter((file) => folderOf(file) === 'cli')
      .flatMap(importsOf)
      .filter((target) => folderOf(target) !== 'cli')
    expect(new Set(inside)).to.have.all.keys('index.ts')
  })

  for (const folder of ['errors', 'arguments', 'frame', 'async', 'web']) {
    it(`needs nothing of Node and no package in ${folder}`, () => {
      const foreign = files
        .filter((file) => folderOf(file) === folder)
        .flatMap(specifiersIn)
        .filter((name) => !name.startsWith('.'))
      expect(foreign).to.deep.equal([])
    })
  }

  it('has no room without a door', () => {
    const reached = reachedFrom([...entries, ...programs])
    expect(files.filter((file) => !reached.has(file))).to.deep.equal([])
  })

  it('has engines that the root does not reach, and that alone import packages which a user has to bring', () => {
    expect([...reachedFrom(roots)].filter((file) => folderOf(file) === 'engines')).to.deep.equal([])
    const brought = Object.keys(peerDependencies)
    const using = files.filter((file) => brought.some((name) => textOf(file).includes(`'${name}'`)))
    expect(using.filter((file) => folderOf(file) !== 'engines')).to.deep.equal([])
  })

  it('has no room that is too full: 250 lines are the most', () => {
    const full = files.filter((file) => textOf(file).split('\n').length - 1 > 250)
    expect(full).to.deep.equal([])
  })

  it('has comments that name what they mean', () => {
    const vague = files.flatMap(
      (file) =>
        textOf(file)
          .match(/(?:\/\/|\*).*\b(?:whoever|somebody|nobody)\b.*/gi)
          ?.map((line) => `${file}: ${line}`) ?? [],
    )
    expect(vague).to.deep.equal([])
  })

  it('has no clock that may be set: a laptop that wakes up moves no deadline', () => {
    expect(files.filter((file) => /\bDate\b/.test(textOf(file)))).to.deep.equal([])
  })

  it('loads every file on its own', async () => {
    for (const file of files) {
      if (folderOf(file) !== 'cli') await import(pathToFileURL(path.join(lib, file)).href)
    }
  })

  it('shows the names of the design', () => {
    const lengthFields = ['uint8', 'uint16be', 'uint16le', 'uint24be', 'uint24le', 'uint32be', 'uint32le', 'uint48be']
    expect(lengthwise).to.include.all.keys(
      ...lengthFields,
      ...['uint48le', 'uint64be', 'uint64le', 'varint', 'berLength', 'quicVarint'],
      ...['FrameParser', 'encodeFrame', 'decodeFrames', 'FramingError'],
      ...['LengthPrefixEncoder', 'LengthPrefixDecoder', 'encode', 'decode'],
      ...['PeerNode', 'PeerError', 'Topic'],
    )
  })
})
