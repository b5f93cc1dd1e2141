import type { FrameOptions } from '../frame-options.js'

/** Options that cannot be changed. */
// The annotation lets bundlers leave out the presets that a program does not name.
/* @__NO_SIDE_EFFECTS__ */
export function preset(options: FrameOptions): FrameOptions {
  return Object.freeze(options)
}
