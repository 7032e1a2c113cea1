import type { NativeNames, ParameterNames } from '../../parameters.js';
import { parameterNameList, type ParameterName } from '../../parameter-fields.js';

/** A kind of server that speaks OpenAI's API, and where it differs. */
export interface ServerProfile {
  /** What its API calls each parameter that it honours. */
  readonly parameters: ParameterNames;
  /** The host by which it is known. */
  readonly host?: RegExp;
  /** What `/models` says of the owner of its models. */
  readonly ownedBy?: RegExp;
}

const completion = {
  max_tokens: 'max_tokens',
  temperature: 'temperature',
  top_p: 'top_p',
  seed: 'seed',
  stop: 'stop',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
  logit_bias: 'logit_bias',
  n: 'n',
  logprobs: 'logprobs',
  extra_body: 'extra_body',
} as const satisfies NativeNames;

const chat = {
  ...completion,
  response_format: 'response_format',
  reasoning_effort: 'reasoning_effort',
} as const satisfies NativeNames;

const own = { top_k: 'top_k', min_p: 'min_p', repeat_penalty: 'repetition_penalty', min_tokens: 'min_tokens' } as const;

const vllm = {
  ...own,
  response_format: 'response_format',
  guided_regex: 'structured_outputs.regex',
  guided_choice: 'structured_outputs.choice',
  guided_grammar: 'structured_outputs.grammar',
} as const;
const sglang = { ...own, guided_regex: 'regex', guided_grammar: 'ebnf' } as const;
const llamaServer = {
  top_k: 'top_k',
  min_p: 'min_p',
  repeat_penalty: 'repeat_penalty',
  guided_grammar: 'grammar',
  response_format: 'response_format',
} as const;
const lmStudio = { top_k: 'top_k', repeat_penalty: 'repeat_penalty' } as const;
const openrouter = { top_k: 'top_k', min_p: 'min_p', repeat_penalty: 'repetition_penalty' } as const;

/**
 * The servers that speak OpenAI's API, by the name that `server:` takes. What a column of the documentation says of one stands
 * here and nowhere else.
 */
export const serverProfiles = {
  openai: {
    // OpenAI itself has renamed one, and its newer models refuse the old name.
    parameters: { completion, chat_completion: { ...chat, max_tokens: 'max_completion_tokens' } },
    host: /^api\.openai\.com$/,
  },
  vllm: {
    parameters: { completion: { ...completion, ...vllm }, chat_completion: { ...chat, ...vllm } },
    ownedBy: /^vllm$/,
  },
  sglang: {
    parameters: { completion: { ...completion, ...sglang }, chat_completion: { ...chat, ...sglang } },
    ownedBy: /^sglang$/,
  },
  tgi: {
    parameters: {
      completion: leaveOut(completion, ['n', 'logprobs', 'logit_bias']),
      chat_completion: leaveOut(chat, ['n', 'logit_bias', 'reasoning_effort']),
    },
  },
  llama_server: {
    // Its `n` is bounded by the number of its slots.
    parameters: {
      completion: { ...leaveOut(completion, ['n']), ...llamaServer },
      chat_completion: { ...leaveOut(chat, ['n', 'reasoning_effort']), ...llamaServer },
    },
    ownedBy: /^llamacpp$/,
  },
  lm_studio: {
    parameters: {
      completion: { ...leaveOut(completion, ['n', 'logprobs']), ...lmStudio },
      chat_completion: { ...leaveOut(chat, ['n', 'logprobs', 'reasoning_effort']), ...lmStudio },
    },
    ownedBy: /^organization[-_]owner$/,
  },
  openrouter: {
    parameters: {
      completion: { ...leaveOut(completion, ['n']), ...openrouter },
      chat_completion: { ...leaveOut(chat, ['n']), ...openrouter, reasoning_effort: 'reasoning.effort' },
    },
    host: /(^|\.)openrouter\.ai$/,
  },
  other: { parameters: { completion, chat_completion: chat } },
} as const satisfies Record<string, ServerProfile>;

/** The name of a kind of server. */
export type ServerName = keyof typeof serverProfiles;

/** The names that `server:` takes. */
export const serverNames = Object.keys(serverProfiles) as readonly ServerName[];

const anyServer = Object.fromEntries(parameterNameList.map((name) => [name, name])) as NativeNames;

/** What is taken until it is known who serves: everything that one of the servers honours. */
export const anyServerParameters: ParameterNames = {
  // Not all take a shape for a completion: until it is known who serves, it is asked for in words.
  completion: leaveOut(keepHonoured('completion'), ['response_format']),
  chat_completion: keepHonoured('chat_completion'),
};

/** The server that answers at an address, where the address tells. */
export function findServerByHost(endpoint: string): ServerName | undefined {
  if (!URL.canParse(endpoint)) return undefined;
  const { hostname } = new URL(endpoint);
  return serverNames.find((name) => (serverProfiles[name] as ServerProfile).host?.test(hostname));
}

/** The server that lists models with such an owner, where the owner tells. */
export function findServerByOwner(owner: unknown): ServerName | undefined {
  if (typeof owner !== 'string') return undefined;
  return serverNames.find((name) => (serverProfiles[name] as ServerProfile).ownedBy?.test(owner));
}

function leaveOut(names: NativeNames, left: readonly ParameterName[]): NativeNames {
  return Object.fromEntries(Object.entries(names).filter(([name]) => !left.includes(name as ParameterName)));
}

function keepHonoured(method: keyof ParameterNames): NativeNames {
  const honoured = (name: string) =>
    serverNames.some((server) => Object.hasOwn((serverProfiles[server] as ServerProfile).parameters[method], name));
  return Object.fromEntries(Object.entries(anyServer).filter(([name]) => honoured(name)));
}
