import { splitTokens } from '../tokens.js';
import type { AnthropicBlock, AnthropicMessage } from './anthropic.js';

/** The events of a streamed message. */
export function writeAnthropicStream(message: AnthropicMessage): string[] {
  const { output_tokens: outputTokens, ...usage } = message.usage;
  const start = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  return [
    writeEvent({ type: 'message_start', message: start }),
    writeEvent({ type: 'ping' }),
    ...message.content.flatMap(writeBlock),
    writeEvent({
      type: 'message_delta',
      delta: { stop_reason: message.stop_reason, stop_sequence: null },
      usage: { output_tokens: outputTokens },
    }),
    writeEvent({ type: 'message_stop' }),
  ];
}

function writeBlock(block: AnthropicBlock, index: number): string[] {
  const deltas = writeDeltas(block).map((delta) => writeEvent({ type: 'content_block_delta', index, delta }));
  return [
    writeEvent({ type: 'content_block_start', index, content_block: openBlock(block) }),
    ...deltas,
    writeEvent({ type: 'content_block_stop', index }),
  ];
}

function openBlock(block: AnthropicBlock): AnthropicBlock {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
  }
}

function writeDeltas(block: AnthropicBlock): object[] {
  switch (block.type) {
    case 'text':
      return splitTokens(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking':
      return [
        ...splitTokens(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ];
    case 'tool_use':
      return [{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) }];
  }
}

function writeEvent(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
