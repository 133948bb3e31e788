import { checkKind } from '../../checks/checkKind.ts';

/** The cosine of the angle between two vectors, -1 to 1; 0 where one of them has no length. */
export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  checkKind('cosineSimilarity: a', a, 'vector');
  checkKind('cosineSimilarity: b', b, 'vector');
  let product = 0;
  let squaresOfA = 0;
  let squaresOfB = 0;
  a.forEach((x, i) => {
    const y = b[i] ?? 0;
    product += x * y;
    squaresOfA += x * x;
    squaresOfB += y * y;
  });
  const lengths = Math.sqrt(squaresOfA) * Math.sqrt(squaresOfB);
  return lengths > 0 ? product / lengths : 0;
}
