/**
 * The data of the events in a whole stream, by the letter of the HTML standard ("Interpreting an event stream"): slow,
 * and too simple to be wrong. What the toolkit reads piece by piece is held against it.
 */
export function interpretEvents(stream: Uint8Array): string[] {
  const lines = new TextDecoder().decode(stream).split(/\r\n|\r|\n/);
  // What comes after the last line end is no line.
  lines.pop();
  const events: string[] = [];
  let data = '';
  for (const line of lines) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (line === '') {
      if (data !== '') {
        events.push(data.slice(0, -1));
      }
      data = '';
    } else if (field === 'data') {
      data += `${value}\n`;
    }
  }
  return events;
}
