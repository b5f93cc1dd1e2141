/** How many messages were lost, in words: `at least 2 of 5 messages`. */
export function messageCount(lost: number, all: number, isLeast = false): string {
  return `${isLeast ? 'at least ' : ''}${lost} of ${all} messages`
}
