import { createRandom } from '@dgt/core';

const seeds = [
  ['What is the capital of France?', 'Paris'],
  ['Which river flows through Cairo?', 'The Nile'],
  ['What is the largest desert in the world?', 'Antarctica'],
  ['Which country has the most islands?', 'Sweden'],
  ['What is the highest mountain of Africa?', 'Kilimanjaro'],
  ['In which ocean is Madagascar?', 'The Indian Ocean'],
] as const;

/** The prompt of the geography builder with three examples, which depend on the number alone. */
export function geographyPrompt(number: number): string {
  const examples = createRandom(`geography-prompt ${number}`).choices(seeds, 3);
  return [
    'You are a geography question-answer data generator. Your task is to come up with geography-related question-answer pairs that can be used to train a question-answering system.',
    'Here are few examples:',
    ...examples.map(([question, answer]) => `Question: ${question}\nAnswer: ${answer}`),
    'Now generate a single different question-answer pair in the similar format.',
    '',
  ].join('\n\n');
}

/** The pair in an answer, or undefined when the answer is not one pair. */
export function parsePair(text: string): { question: string; answer: string } | undefined {
  const [question, answer, ...more] = text.split('Answer:');
  if (question === undefined || answer === undefined || more.length > 0) return undefined;
  const pair = { question: question.split('Question:').at(-1)?.trim() ?? '', answer: answer.trim() };
  return pair.question !== '' && pair.answer !== '' ? pair : undefined;
}
