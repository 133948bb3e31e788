import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Roster } from '../../src/http/roster.ts';

it('holds what was put in and not taken out, in order, as a set does', () => {
  const moves = fc.array(
    fc.record({ move: fc.constantFrom('add', 'leave', 'shift'), which: fc.nat(20) }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(moves, (steps) => {
      const roster = new Roster<number>();
      const model = new Set<number>();
      const places: { member: number; leave: () => boolean }[] = [];
      steps.forEach(({ move, which }, member) => {
        const place = places[which];
        if (move === 'shift') {
          const [first] = model;
          model.delete(first ?? NaN);
          expect(roster.shift()).toBe(first);
        } else if (move === 'leave' && place) {
          expect(place.leave()).toBe(model.delete(place.member));
        } else {
          places.push({ member, leave: roster.add(member) });
          model.add(member);
        }
        expect(roster.size).toBe(model.size);
        expect(roster.first).toBe([...model][0]);
        expect(roster.members()).toEqual([...model]);
      });
    }),
  );
});

it('holds the same member as often as it was put in', () => {
  const roster = new Roster<string>();
  const leave = roster.add('a');
  roster.add('a');
  leave();
  expect(leave()).toBe(false);
  expect(roster.members()).toEqual(['a']);
});
