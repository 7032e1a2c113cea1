import type { ChatResponse, GenerateResponse } from 'ollama';
import type OpenAI from 'openai';
import { describe, expectTypeOf, it } from 'vitest';
import type { Reply as OllamaReply } from './ollama/reply.js';
import type { Reply as OpenAIReply } from './openai/reply.js';

// Checked by the compiler: `npm run check`.
describe('what is read of replies', () => {
  it('is in the types of the official SDKs', () => {
    expectTypeOf<OpenAI.Completion>().toExtend<OpenAIReply>();
    expectTypeOf<OpenAI.Chat.ChatCompletion>().toExtend<OpenAIReply>();
    expectTypeOf<GenerateResponse>().toExtend<OllamaReply>();
    expectTypeOf<ChatResponse>().toExtend<OllamaReply>();
  });
});
