import { readJsonObject } from '../exchange.js';

/** A line of a batch's input file. */
export interface BatchLine {
  readonly customId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is wrong with an input file, as the API words it. */
export interface BatchProblem {
  readonly code: string;
  readonly message: string;
  /** From 1; null when it is the whole file. */
  readonly line: number | null;
  readonly param: string | null;
}

/** The most lines that the API takes. */
const maxLines = 50_000;
/** The largest file that the API takes. @unit bytes */
const maxBytes = 200_000_000;
/** The API stops looking after so many problems. */
const maxProblems = 100;

/** Reads and checks an input file, as the API does before a batch begins. */
export function readBatchInput(content: Buffer, endpoint: string): { lines: BatchLine[]; problems: BatchProblem[] } {
  const problems: BatchProblem[] = [];
  const addProblem = (code: string, message: string, line: number | null = null, param: string | null = null) => {
    if (problems.length < maxProblems) problems.push({ code, message, line, param });
  };
  if (content.length > maxBytes) addProblem('file_too_large', `The file has more than ${maxBytes} bytes.`);
  const lines: BatchLine[] = [];
  const ids = new Set<string>();
  const texts = content.toString('utf8').split('\n');
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const line = index + 1;
    const { custom_id: customId, method, url, body } = readJsonObject(text) ?? {};
    if (typeof customId !== 'string' || typeof body !== 'object' || body === null) {
      addProblem('invalid_json_line', 'This line is not parseable as valid JSON of a request.', line);
    } else if (method !== 'POST') addProblem('invalid_method', 'The method must be POST.', line, 'method');
    else if (url !== endpoint) addProblem('mismatched_url', `The url must be ${endpoint}.`, line, 'url');
    else if (ids.has(customId)) {
      addProblem(
        'duplicate_custom_id',
        `The custom_id for this request is a duplicate of another: ${customId}.`,
        line,
        'custom_id',
      );
    } else {
      ids.add(customId);
      lines.push({ customId, body: body as BatchLine['body'] });
    }
  }
  if (ids.size === 0 && problems.length === 0) addProblem('empty_file', 'The file has no requests.');
  if (lines.length > maxLines) addProblem('too_many_requests', `A batch has at most ${maxLines} requests.`);
  const models = new Set(lines.map(({ body }) => body['model']));
  if (models.size > 1)
    addProblem('mismatched_model', 'All requests of a batch must have the same model.', null, 'model');
  return { lines, problems };
}
