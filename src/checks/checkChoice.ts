import { shown } from './shown.ts';

/**
 * Refuses what is none of the choices there are.
 *
 * @param what - The function and its option: `fuse: preset`.
 * @throws TypeError that names the choices.
 */
export function checkChoice(what: string, value: unknown, choices: readonly string[]): void {
  if (typeof value !== 'string' || !choices.includes(value)) {
    throw new TypeError(`${what} must be one of ${choices.join(', ')}, got ${shown(value)}`);
  }
}
