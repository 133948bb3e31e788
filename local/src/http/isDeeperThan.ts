/** Whether objects and lists of a JSON text lie more than `levels` deep inside each other. */
export function isDeeperThan(levels: number, json: string): boolean {
  let depth = 0;
  let isInString = false;
  // Most bodies are too short to be deep.
  for (let at = 0; json.length > levels && at < json.length; at += 1) {
    const character = json[at];
    if (isInString) {
      if (character === '\\') {
        at += 1;
      } else if (character === '"') {
        isInString = false;
      }
    } else if (character === '"') {
      isInString = true;
    } else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > levels) {
        return true;
      }
    } else if (character === ']' || character === '}') {
      depth -= 1;
    }
  }
  return false;
}
