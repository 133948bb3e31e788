import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bag } from '../../src/http/bag.ts';

it('holds what was put in and not taken out, as a set does', () => {
  const moves = fc.array(fc.record({ add: fc.boolean(), which: fc.nat(20) }), { maxLength: 200 });
  fc.assert(
    fc.property(moves, (steps) => {
      const bag = new Bag<number>();
      const model = new Set<number>();
      const removals: { member: number; remove: () => boolean }[] = [];
      steps.forEach(({ add, which }, member) => {
        const removal = removals[which];
        if (add || !removal) {
          removals.push({ member, remove: bag.add(member) });
          model.add(member);
        } else {
          expect(removal.remove()).toBe(model.delete(removal.member));
        }
        expect(bag.size).toBe(model.size);
        expect(new Set(bag.members())).toEqual(model);
      });
    }),
  );
});

it('holds the same member as often as it was put in', () => {
  const bag = new Bag<string>();
  const remove = bag.add('a');
  bag.add('a');
  remove();
  expect(remove()).toBe(false);
  expect(bag.members()).toEqual(['a']);
});
