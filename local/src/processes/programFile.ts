/**
 * The file of a program that stands beside a module: TypeScript in the repository, where Node runs it as it is,
 * JavaScript in the package, where Node would not.
 */
export function programFile(name: string, moduleUrl: string): URL {
  return new URL(`${name}${moduleUrl.endsWith('.ts') ? '.ts' : '.js'}`, moduleUrl);
}
