import { refuse } from './infer-settings.js';

/** A prompt template and what it is called, which is also a folder. */
export interface NamedTemplate {
  readonly name: string;
  readonly text: string | undefined;
}

/** What stands for the document in a template; nothing else in it is special. */
const mark = '[[DOCUMENT]]';

/**
 * Reads `--prompt-template`: a text, or `["name", "text"]`.
 *
 * @throws ConfigError DGT_OPTION_INVALID
 */
export function readTemplate(written: string | undefined): NamedTemplate {
  const { name, text } = readPair(written) ?? { name: 'default', text: written };
  if (text !== undefined && !text.includes(mark)) throw refuse('--prompt-template', `a text with ${mark} in it`, text);
  if (!/^\w[\w.-]*$/.test(name))
    throw refuse('--prompt-template', 'a name that a folder can have: letters, digits, "_", "-" and "."', name);
  return { name, text };
}

/** The prompts as `core/rollout` takes them. */
export interface WrittenPrompts {
  readonly template_syntax: 'brackets' | 'python';
  readonly system?: string;
  readonly user?: string;
}

/**
 * Writes the prompts so that they mean what they meant: only `[[DOCUMENT]]` of the template is filled in. Where another text would
 * be taken for a variable in brackets, they are written in the other syntax, in which everything can be told apart.
 */
export function writePrompts(template: string | undefined, system: string | undefined): WrittenPrompts {
  const others = [template?.replaceAll(mark, ''), system].some(
    (text) => text !== undefined && /\[\[[^[\]]+\]\]/.test(text),
  );
  if (!others) {
    return {
      template_syntax: 'brackets',
      ...(system !== undefined && { system }),
      ...(template !== undefined && { user: template }),
    };
  }
  return {
    template_syntax: 'python',
    ...(system !== undefined && { system: escapeBraces(system) }),
    ...(template !== undefined && { user: template.split(mark).map(escapeBraces).join('{DOCUMENT}') }),
  };
}

function escapeBraces(text: string): string {
  return text.replaceAll(/[{}]/g, '$&$&');
}

function readPair(written: string | undefined): { name: string; text: string } | undefined {
  if (written === undefined || !/^\s*\[\s*"/.test(written)) return undefined;
  let pair: unknown;
  try {
    pair = JSON.parse(written);
  } catch {
    return undefined;
  }
  if (!Array.isArray(pair) || pair.length !== 2) return undefined;
  const [name, text] = pair as unknown[];
  return typeof name === 'string' && typeof text === 'string' ? { name, text } : undefined;
}
