/** A question and its answer. */
export interface PairFields {
  readonly question: string;
  readonly answer: string;
}

export const seeds: readonly PairFields[] = Array.from({ length: 20 }, (_, index) => ({
  question: `What is the capital of the ${index}th land in this list of lands?`,
  answer: `Capital ${index}`,
}));

/** A prompt of about 600 characters with three examples. */
export function writePrompt(examples: readonly PairFields[]): string {
  const shown = examples.map(({ question, answer }) => `Question: ${question}\nAnswer: ${answer}`).join('\n\n');
  return `${'You are a geography question-answering data generator. '.repeat(5)}\n\n${shown}\n\nNow one more pair:\n`;
}

/** An answer of about 210 characters, another for each number. */
export function writeAnswer(number: number): string {
  return `Question: ${`Which river flows through the town number ${number}? `.repeat(4)}\nAnswer: River ${number}`;
}

export function parsePair(text: string): PairFields | undefined {
  const [question, answer] = text.split('Answer:');
  if (question === undefined || answer === undefined) return undefined;
  return { question: question.replace('Question:', '').trim(), answer: answer.trim() };
}
