import { Type, type Row, type TObject } from '@dgt/core';
import { AlpacaFormatter, DpoFormatter, MessagesFormatter, ShareGptFormatter } from '@dgt/stores/formatters';
import { readText, type Sample, type Turn } from './outcome.js';

/** The forms that answers are written in. */
export const targets = ['simple', 'messages', 'sharegpt', 'alpaca', 'dpo'] as const;

export type Target = (typeof targets)[number];

/** Writes samples in one form. */
export interface TargetWriter {
  /** Whether rows have the prompt in them. */
  readonly needsPrompt: boolean;
  /** Whether rows are made of a better and a worse answer. */
  readonly needsPair?: boolean;
  /** What all rows have; undefined where it depends on them. */
  readonly schema?: TObject;
  /** @returns the rows of a sample, or why it cannot be written in this form. */
  write(sample: Sample, index: number): Row[] | string;
}

const createWriter: Readonly<Record<Target, () => TargetWriter>> = {
  simple: () => ({
    needsPrompt: false,
    schema: Type.Object({ id: Type.String(), generated_text: Type.String() }),
    write: ({ id, answer }) => withText(answer, (generated_text) => [{ id, generated_text }]),
  }),
  messages: () => writeConversations(new MessagesFormatter({ type: 'messages' })),
  sharegpt: () => writeConversations(new ShareGptFormatter({ type: 'sharegpt' })),
  alpaca: () => {
    const formatter = new AlpacaFormatter({ type: 'alpaca' });
    const schema = Type.Object({ instruction: Type.String(), input: Type.String(), output: Type.String() });
    const write = ({ prompt = [], answer }: Sample, index: number) => {
      const question = readQuestion(prompt);
      if (question === undefined)
        return `alpaca holds one question and its answer; this prompt has: ${prompt.map(({ role }) => role).join(', ') || 'none'}`;
      return withText(answer, (output) => [formatter.format({ ...question, output }, index) as Row]);
    };
    return { needsPrompt: true, schema, write };
  },
  dpo: () => {
    const formatter = new DpoFormatter({ type: 'dpo', conversational: true });
    return {
      needsPrompt: true,
      needsPair: true,
      write: ({ prompt = [], preferences = [] }, index) =>
        preferences.map((pair) => formatter.format({ prompt, ...pair }, index) as Row),
    };
  },
};

/** Makes the writer of a form. */
export function createTarget(target: Target): TargetWriter {
  return createWriter[target]();
}

function writeConversations(formatter: MessagesFormatter | ShareGptFormatter): TargetWriter {
  return {
    needsPrompt: true,
    write: ({ id, prompt = [], answer }, index) => {
      const row = { conversation_id: id, messages: [...prompt, answer] };
      return [formatter.format(row, index) as Row];
    },
  };
}

function withText(answer: Turn, write: (text: string) => Row[]): Row[] | string {
  const text = readText(answer.content);
  return text === undefined ? 'is a call of tools without text, which only conversations hold' : write(text);
}

/** A system prompt says what to do with what the user says; alone, the user says all. */
function readQuestion(prompt: readonly Turn[]): { instruction: string; input: string } | undefined {
  const texts = prompt.map(({ content }) => readText(content) ?? '');
  const [first = '', second = ''] = texts;
  const roles = prompt.map(({ role }) => (role === 'developer' ? 'system' : role)).join(' ');
  if (roles === 'user') return { instruction: first, input: '' };
  return roles === 'system user' ? { instruction: first, input: second } : undefined;
}
