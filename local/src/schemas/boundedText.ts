import { z } from 'zod';

/** A name, an id, a pattern or an order: 3,000 characters, as the contract has it for the names of files. */
export const shortText = z.string().max(3_000);

/** What people write: questions, messages, descriptions. */
export const longText = z.string().max(20_000);
