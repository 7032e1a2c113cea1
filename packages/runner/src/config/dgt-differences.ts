/** What of the YAML of DGT, the Python original, is written otherwise here: for each place where it may stand, what to write. */
export const dgtDifferences = {
  'block type': {
    'vllm-remote': 'Write `type: openai`, with `base_url` of the vLLM server.',
    'azure-openai': 'Write `type: azure_openai`; its keys are the same.',
    watsonx: 'Write `type: openai`, with `base_url` and `api_key` of a gateway that speaks the OpenAI API.',
    vllm: 'Start `vllm serve MODEL` and write `type: openai` with its `base_url`; or run a GGUF file with `type: llama_cpp`.',
    'vllm-server': 'Start `vllm serve MODEL` yourself and write `type: openai` with its `base_url`.',
    magpie_tag: 'Write `type: lm_judge` with `criteria`, or let a transformation ask the model for the tags.',
    magpie_distance: 'Write `type: minhash`, or `type: semantic` to compare meanings; each also filters.',
    magpie_filter: 'Let `lm_judge` with `criteria` and `filter: true` judge, and a deduplicator remove repetitions.',
    'validators/granite_guardian':
      'Write `type: lm_judge` with the guardian as `lm_config` and `success: { pattern: ... }`.',
    'public/trainers/sdforger-tuning': 'dgt makes data and trains nothing: run the training on formatted_data.',
  },
  'block key': {
    lm_cache: 'Remove it: every answer is recorded and never paid for twice.',
    force_cache: 'Remove it: every answer is recorded and never paid for twice.',
    ray_config: 'Remove it: `call_limit` of a model block says how many calls run at once.',
    batch_size: 'Remove it: rows are sent one by one, `call_limit` at once.',
    init_tokenizer: 'Remove it: the server has the tokenizer.',
    max_length:
      'Remove it: a prompt that is too long ends its row with an error; `num_ctx` sets the context of ollama and llama_cpp.',
    fanout_handler: 'Remove it: a block may give several rows for one.',
    datastores: 'Remove it: rejected rows stand in rejected.jsonl.',
  },
  'builder key': {
    max_workers:
      'Remove it: attempts overlap by themselves, as many as keep the model busy; `call_limit` of a block is the limit.',
    max_concurrent_conversations: 'Remove it: `ctx.map` runs several conversations of one attempt at once.',
    target: 'Remove it: the class beside the YAML, in generate.ts, is what runs.',
  },
  'task key': {
    tools: 'Give the tools to the model block: each row may carry `tools`, and `tool_calls` validates calls of them.',
  },
  'runner_config key': {
    restart_generation: 'Remove it, and use --restart on the command line.',
    restart: 'Remove it, and use --restart on the command line.',
  },
  'datastore key': {
    fields: 'Write it under `dataloader`: `dataloader: { type: default, fields: { ... } }`.',
    loop_over: 'Remove it: seeds begin again after the last, and rows of a transformation do not.',
    output_dir: 'Write it under `runner_config`.',
    restart: 'Remove it, and use --restart on the command line.',
    store_name: 'Write it at the top level of the task.',
    buffer_size: 'Remove it: files are read row by row.',
    lineterminator: 'Remove it: every line end is understood.',
  },
  'dataloader type': {
    simple: 'Write `type: default`.',
  },
  'formatter type': {
    'formatters/conversation/rag/static': 'Write `type: messages`, or a template with `type: template`.',
    'formatters/safety/refusal': 'Write a template with `type: template`.',
    'tool_calling/formatters/multi_turn': 'Write `type: messages`.',
    'tool_calling/formatters/single_turn': 'Write `type: messages`.',
  },
  'data builder': {
    simple: 'DGT took this where a task names no builder, and has none of this name itself: name one.',
    'core/conversation': 'Write one in TypeScript; `ctx.map` holds several conversations at once.',
    'public/rag/conversation': 'Write one in TypeScript; `ctx.map` holds several conversations at once.',
    'public/instructlab/simple': 'Write one in TypeScript, from its prompts.',
    'instructlab/skills': 'Write one in TypeScript, from its prompts, with `lm_judge` for its judges.',
    'instructlab/knowledge': 'Write one in TypeScript, from its prompts, with `lm_judge` for its judges.',
    'public/safety/refusal': 'Write one in TypeScript, from its prompts, with `lm_judge` for the guardian.',
    'tool_calling/multi_turn/stateless': 'Write one in TypeScript, with `tool_calls` to validate calls.',
    magpie: 'Write a transformation with `lm_judge`, and a deduplicator as postprocessor.',
    time_series: 'dgt has no models of time series.',
  },
  tag: {
    '!function':
      'Write the function in the TypeScript of the data builder, or name it with a block of `type: javascript`.',
    '!include': 'Write `include: { key: path }` at the top level of the file.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Where something of DGT may stand. */
export type DGTPlace = keyof typeof dgtDifferences;

/** What to write instead of something of DGT; undefined when it is no such thing. */
export function findDGTDifference(place: DGTPlace, name: string): { problem: string; hint: string } | undefined {
  const known: Readonly<Record<string, string>> = dgtDifferences[place];
  const hint = Object.hasOwn(known, name) ? known[name] : undefined;
  return hint === undefined ? undefined : { problem: `the ${place} "${name}" is of the Python DGT`, hint };
}
