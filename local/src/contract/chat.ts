import { z } from 'zod';
import {
  createChatSessionBody,
  generateChatSessionTitleBody,
  streamChatBody,
} from '../schemas/chat.ts';
import { pageQuery } from '../schemas/query.ts';
import type { Operations } from './operation.ts';
import { uncountedPage } from './page.ts';

const usage = z.object({
  total_input_tokens: z.int().nullish(),
  total_output_tokens: z.int().nullish(),
  turns: z.int().optional(),
  duration_ms: z.number().optional(),
});

const said = <T extends string>(type: T) =>
  z.object({ type: z.literal(type), content: z.string() });

/** One thing that happened in a conversation, as it goes over the wire. */
export const chatEvent = z
  .discriminatedUnion('type', [
    said('thinking_delta'),
    said('text_delta'),
    said('thinking'),
    said('text'),
    z.object({
      type: z.literal('tool_call'),
      call_id: z.string(),
      name: z.string(),
      arguments: z.record(z.string(), z.unknown()),
    }),
    z.object({
      type: z.literal('tool_result'),
      call_id: z.string(),
      name: z.string(),
      result: z.unknown(),
      image_attachment: z.object({ source_id: z.string(), attachment_name: z.string() }).nullish(),
    }),
    z.object({
      type: z.literal('stop'),
      is_error: z.boolean(),
      error: z.string().nullable(),
      usage,
    }),
    said('user_input'),
  ])
  .meta({ id: 'ChatEvent' });

/** A conversation without its content, as it goes over the wire. */
export const chatSession = z
  .object({
    session_id: z.string(),
    generated_title: z.string().nullish(),
    last_updated_at: z.string(),
    job_metadata: usage
      .extend({
        is_error: z.boolean().optional(),
        error: z.string().nullish(),
        export_config_ids: z.array(z.string()).nullish(),
      })
      .nullish(),
    index_ids: z.array(z.string()).nullish(),
  })
  .meta({ id: 'ChatSession' });

/** A conversation with its content, as it goes over the wire. */
export const chatSessionHistory = chatSession
  .extend({ events: z.array(chatEvent) })
  .meta({ id: 'ChatSessionHistory' });

const collection = '/api/v1/chat';
const member = `${collection}/{session_id}` as const;

/** Operations on chat sessions. */
export const chat = {
  createChatSession: {
    route: `POST ${collection}`,
    summary: 'Create a chat session',
    body: createChatSessionBody,
    bodyOptional: true,
    status: 201,
    answer: chatSession,
  },
  listChatSessions: {
    route: `GET ${collection}`,
    summary: 'List chat sessions',
    query: pageQuery,
    status: 200,
    answer: uncountedPage(chatSession),
  },
  getChatSession: {
    route: `GET ${member}`,
    summary: 'Get a chat session with all that was said',
    status: 200,
    answer: chatSessionHistory,
  },
  getChatSessionSummary: {
    route: `GET ${member}/summary`,
    summary: 'Get a chat session without what was said',
    status: 200,
    answer: chatSession,
  },
  generateChatSessionTitle: {
    route: `POST ${member}/title`,
    summary: 'Give a chat session a title made from its first message',
    body: generateChatSessionTitleBody,
    status: 200,
    answer: chatSession,
  },
  streamChat: {
    route: `POST ${member}/messages/stream`,
    summary: 'Send a message, and get the answer as it is made',
    body: streamChatBody,
    status: 200,
    answer: chatEvent,
    answerType: 'text/event-stream',
  },
  deleteChatSession: { route: `DELETE ${member}`, summary: 'Delete a chat session', status: 204 },
} satisfies Operations;
