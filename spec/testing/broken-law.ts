import { expect } from 'chai'
import { BrokenLawError } from '../../lib/testing.js'

/** The finding of a check, or `undefined` if it passes. Anything else that it throws is thrown. */
async function findingOf(check: Promise<unknown>): Promise<BrokenLawError | undefined> {
  try {
    await check
    return undefined
  } catch (error) {
    if (error instanceof BrokenLawError) return error
    throw error
  }
}

/** The law that a check finds broken, or `undefined`. */
export async function lawOf(check: Promise<unknown>): Promise<number | undefined> {
  return (await findingOf(check))?.law
}

/** What a finding says, line by line. */
export async function linesOf(check: Promise<unknown>): Promise<string[]> {
  const found = await findingOf(check)
  expect(found).to.be.instanceOf(BrokenLawError)
  return found!.message.split('\n')
}
