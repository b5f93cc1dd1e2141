import { type FrameOptions, FrameParser, uint32be } from '../index.js'

/** The options of a layout that can be typed. */
type LayoutOption =
  'lengthField' | 'lengthFieldOffset' | 'lengthAdjustment' | 'initialBytesToStrip' | 'maxMessageLength'

type Defaults = { readonly [Name in LayoutOption]: NonNullable<FrameOptions[Name]> }

/** A layout in which none of these is left open. */
export type Layout = FrameOptions & Defaults

/** What was typed of a layout. */
export interface LayoutFlags extends Pick<FrameOptions, LayoutOption> {
  /** The ready layout that the others change. */
  readonly protocol?: FrameOptions
}

/** What holds where nothing else was typed; the help says it, too. */
export const DEFAULT_LAYOUT: Defaults = {
  lengthField: uint32be,
  lengthFieldOffset: 0,
  lengthAdjustment: 0,
  initialBytesToStrip: 'header',
  maxMessageLength: new FrameParser().maxMessageLength,
}

/** The layout that was typed. */
export function layoutOf({ protocol, ...flags }: LayoutFlags): Layout {
  const base: Layout = { ...DEFAULT_LAYOUT, ...(protocol as Partial<Layout>) }
  return {
    ...base,
    lengthField: flags.lengthField ?? base.lengthField,
    lengthFieldOffset: flags.lengthFieldOffset ?? base.lengthFieldOffset,
    lengthAdjustment: flags.lengthAdjustment ?? base.lengthAdjustment,
    initialBytesToStrip: flags.initialBytesToStrip ?? base.initialBytesToStrip,
    maxMessageLength: flags.maxMessageLength ?? base.maxMessageLength,
  }
}

/** Longest message that a layout can carry, in bytes: its limit, or what its length field can say if that is less. */
export function longestMessage(layout: Layout): number {
  const { lengthField, lengthFieldOffset, lengthAdjustment, initialBytesToStrip, maxMessageLength } = layout
  const headerLength = lengthFieldOffset + lengthField.maxSize
  const kept = initialBytesToStrip === 'header' ? 0 : headerLength - initialBytesToStrip
  return Math.min(maxMessageLength, lengthField.maxValue + lengthAdjustment + kept)
}
