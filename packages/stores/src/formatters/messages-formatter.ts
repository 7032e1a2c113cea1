import { Formatter, registerFormatter, type Json, type Row } from '@dgt/core';
import { conversationConfig, conversationId, findConversationProblem, readConversation } from './conversation.js';

/** `{ conversation_id, messages }` as the OpenAI API and most training libraries read it. */
@registerFormatter('messages', 'formatters/conversation/messages')
export class MessagesFormatter extends Formatter.of({ config: conversationConfig }) {
  constructor(...parameters: ConstructorParameters<ReturnType<typeof Formatter.of<typeof conversationConfig>>>) {
    super(...parameters);
    const problem = findConversationProblem(this.config);
    if (problem !== undefined) throw this.configError(problem);
  }

  override format(row: Row, index: number): Json {
    const at = { where: `formatter "${this.config.type ?? 'messages'}"`, row, index };
    const messages = readConversation(at, this.config);
    return { conversation_id: conversationId(at, messages), messages: messages as unknown as Json };
  }
}
