import { expect, it } from 'vitest';
import type { BatchItem, BatchItemStatus } from '../../src/types/batchItems.ts';
import { ItemLedger } from '../../src/workflows/itemLedger.ts';

function item(id: string, status: BatchItemStatus): BatchItem {
  return { item_id: id, item_name: `${id}.pdf`, status };
}

it('says what is new, and how many items have ended', () => {
  const ledger = new ItemLedger();
  const news = [
    ledger.note(item('a', 'pending'), 0),
    ledger.note(item('a', 'pending'), 0),
    ledger.note(item('a', 'failed'), 0),
    ledger.note(item('b', 'completed'), 1),
  ];
  expect(news).toEqual([true, false, true, true]);
  expect([ledger.size, ledger.ended, ledger.settled]).toEqual([2, 2, 2]);
});

it('counts an item as open again that was taken up again', () => {
  const ledger = new ItemLedger();
  ledger.note(item('a', 'failed'), 0);
  expect(ledger.note(item('a', 'processing'), 0)).toBe(true);
  expect(ledger.ended).toBe(0);
});

it('knows how much of the list has ended without a gap, until the order is in doubt', () => {
  const ledger = new ItemLedger();
  ledger.note(item('a', 'completed'), 0);
  ledger.note(item('b', 'processing'), 1);
  ledger.note(item('c', 'completed'), 2);
  expect(ledger.settled).toBe(1);
  ledger.distrustOrder();
  expect(ledger.settled).toBe(0);
});
