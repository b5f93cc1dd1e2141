/**
 * Runs every example of README.md and docs/.
 *
 * - A block marked `ts` or `js` is a whole program. It runs as it stands; nothing is put in front of it or behind it. What
 *   it needs, such as a server, it starts itself, in view of the reader.
 * - A block that begins with the line `// continued` belongs to the block before it: read one after the other, they are
 *   one program.
 * - `lengthwise` is imported as users do, and is the source of what package.json exports.
 * - Where a program says `// → text`, those texts are all that it prints, in order; `…` stands for any characters.
 * - A program ends by itself, and leaves nothing open. A `ts` program compiles, too.
 *
 * Blocks in other languages (`sh`, `text`, `json`) are not run.
 */
