/** A stretch of a file's text that somebody wants. Positions are characters from the text's start, `end` exclusive. */
export interface ContextWindow {
  readonly indexId: string;
  readonly fileId: string;
  readonly start: number;
  /** `Infinity` for the end of the text. */
  readonly end: number;
  /** Whether the server is known to count code points, not UTF-16 units. */
  readonly inCodePoints: boolean;
}

/** One read of a file's text that serves several windows. */
export interface ContextRead extends Omit<ContextWindow, 'inCodePoints'> {
  readonly windows: readonly ContextWindow[];
}

/** The reads that serve all windows: one for those of a file that are no more than `gap` characters apart. */
export function contextReads(windows: readonly ContextWindow[], gap: number): ContextRead[] {
  const byFile = Map.groupBy(windows, ({ indexId, fileId }) => JSON.stringify([indexId, fileId]));
  return [...byFile.values()].flatMap((ofFile) => {
    const reads: ContextRead[] = [];
    for (const window of ofFile.toSorted((a, b) => a.start - b.start)) {
      const last = reads.at(-1);
      if (last && window.start <= last.end + gap) {
        const end = Math.max(last.end, window.end);
        reads[reads.length - 1] = { ...last, end, windows: [...last.windows, window] };
      } else {
        const { indexId, fileId, start, end } = window;
        reads.push({ indexId, fileId, start, end, windows: [window] });
      }
    }
    return reads;
  });
}

/** A stretch of a file's text, as it was read. */
export interface ChunkContext {
  readonly text: string;
  /** Where it starts in the file's text, in characters. */
  readonly start: number;
  /** Where it ends, exclusive. */
  readonly end: number;
}

/** The window's part of what a read brought. */
export function cutWindow(read: ContextRead, content: string, window: ContextWindow): ChunkContext {
  const { start } = window;
  // More units than characters were asked for: the characters are code points.
  const inCodePoints =
    content.length > read.end - read.start || read.windows.some((other) => other.inCodePoints);
  const [from, to] = [start - read.start, window.end - read.start];
  if (!inCodePoints) {
    const text = content.slice(from, to);
    return { text, start, end: start + text.length };
  }
  const characters = Array.from(content).slice(from, to);
  return { text: characters.join(''), start, end: start + characters.length };
}

/** Whether the length that the server gives to a text shows that it counts code points. */
export function showsCodePoints(text: string, length: number): boolean {
  return text.length !== length && Array.from(text).length === length;
}
