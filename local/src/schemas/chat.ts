import { z } from 'zod';
import { longText } from './boundedText.ts';

/** Most indexes that a session can be bound to. */
const mostIndexes = 10;

/** Body of `POST /api/v1/chat`, which may be left out. */
export const createChatSessionBody = z.object({
  index_ids: z.array(z.string()).max(mostIndexes).nullish(),
});

/** Body of `POST /api/v1/chat/{session_id}/title`. */
export const generateChatSessionTitleBody = z.object({
  first_message: longText,
});

/** Body of `POST /api/v1/chat/{session_id}/messages/stream`. */
export const streamChatBody = z.object({
  index_ids: z.array(z.string()).min(1),
  prompt: z.string().max(1000),
});
