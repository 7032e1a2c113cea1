import type { ErrorEntry } from './error-table.js';

/** The errors of models: their servers, files, parameters and answers. */
export const providerErrors = {
  DGT_PROVIDER_AUTH: {
    kind: 'provider',
    message: '{provider} at {endpoint} refused the credentials (HTTP {status}): {reason}',
    cause: 'The API key is missing, wrong, expired, or lacks the right to use this model.',
    remedy: 'Set the right key ({keyName}) and run again; recorded answers are kept.',
  },
  DGT_PROVIDER_MODEL_UNKNOWN: {
    kind: 'provider',
    message: '{provider} at {endpoint} has no model "{model}"{known}',
    cause: 'The model name is mistyped, or the model is not installed on that server.',
    remedy: '{advice}',
  },
  DGT_PROVIDER_REQUEST: {
    kind: 'provider',
    message: '{provider} at {endpoint} refused the request (HTTP {status}): {reason}',
    cause: 'The server understood the request and will not serve it: too long, malformed, or against its rules.',
    remedy: 'Look at the row in errors.jsonl; change the prompt or the parameters.',
  },
  DGT_PROMPT_TOO_LONG: {
    kind: 'provider',
    message: 'a prompt of {tokens} tokens is too long for {model}, which holds {limit} with the answer',
    cause: 'The prompt of this row and the examples in it fill the context window of the model.',
    remedy: 'Shorten the prompt, or set num_ctx higher, as far as the model was trained.',
  },
  DGT_ANSWER_CUT: {
    kind: 'provider',
    message: 'the answer of {provider} {model} was cut off at {limit}',
    cause: 'The answer is longer than max_tokens allows, and on_length says that a cut answer is not to be used.',
    remedy:
      'Set max_tokens higher (or max_tokens_ceiling, for on_length: retry), or take cut answers with on_length: keep.',
  },
  DGT_TOOL_ARGUMENTS: {
    kind: 'provider',
    message: '{provider} {model} called the tool "{tool}" with arguments that are no JSON object: {arguments}',
    cause: 'The model wrote arguments that cannot be read, so that the call of the tool is of no use.',
    remedy:
      'Raise max_tokens if they are cut off, lower the temperature, or use a model that is better at calling tools.',
  },
  DGT_PROVIDER_UNAVAILABLE: {
    kind: 'provider',
    message: '{provider} at {endpoint} did not answer: {reason}',
    cause: 'The server is down, overloaded, or limits the rate; the call is tried again.',
    remedy: 'Nothing, while dgt tries again; if it persists, look after the server.',
  },
  DGT_PROVIDER_ANSWER: {
    kind: 'provider',
    message: '{provider} at {endpoint} answered with something that is not a model answer: {reason}',
    cause: 'The reply is empty, cut off, or not the JSON that this API promises.',
    remedy: 'Check that base_url names an API of this kind.',
  },
  DGT_PROVIDER_GAVE_UP: {
    kind: 'provider',
    message: '{provider} at {endpoint} failed this call {tries} times while it was otherwise well; last: {reason}',
    cause: 'One request fails again and again on a server that otherwise works.',
    remedy: 'Look at the row in errors.jsonl; the prompt of this row may be what the server cannot serve.',
  },
  DGT_ANSWER_SHAPE: {
    kind: 'provider',
    message: 'block "{block}" got no {shape} from the model in {calls} calls: {problem}; it answered {seen}',
    cause:
      'The model does not keep to the shape that response_format asks for, or its answers are cut off at max_tokens.',
    remedy:
      'Look at the row in errors.jsonl: raise max_tokens where answers are cut off, say in the prompt what the fields are to hold, or raise max_reasks.',
  },
  DGT_ENDPOINT_DOWN: {
    kind: 'provider',
    message: '{provider} at {endpoint} has not answered for {seconds} s: {reason}',
    cause: 'The server has been down for longer than max_outage.',
    remedy: 'Bring the server back and run the same command again: it goes on where it stopped.',
  },
  DGT_PARAMETER_UNSUPPORTED: {
    kind: 'config',
    message: '{provider} cannot honour the parameter "{parameter}"{nearest}; it takes: {known}',
    cause: 'The model API has no such option, or the name is mistyped.',
    remedy: 'Remove it or use one of the names listed.',
  },
  DGT_MODEL_INPUT: {
    kind: 'plugin',
    message: 'model block "{block}" was given {seen} as "{field}"',
    cause:
      'A model takes a string or a list of messages with role and content; gen_kwargs is an object, tools is a list as in the OpenAI API, and a continuation goes with a string.',
    remedy: 'Correct the rows given to the block, or its input_map.',
  },
  DGT_MODEL_FILE_MISSING: {
    kind: 'config',
    message: 'model "{model}" is neither a GGUF file nor a bundled model ({bundled})',
    cause: 'model_id_or_path of a llama_cpp block names a file that does not exist.',
    remedy: 'Give the path of a .gguf file, or one of the bundled names.',
  },
  DGT_MODEL_FILE_INVALID: {
    kind: 'config',
    message: '{file} is not a model that can be loaded: {reason}',
    cause:
      'The file is no GGUF file, is cut off, or holds an architecture that this version of llama.cpp does not know.',
    remedy: 'Download or convert the model again; llama_cpp takes one .gguf file.',
  },
  DGT_MODEL_RUNTIME_MISSING: {
    kind: 'run',
    message: 'the in-process model runtime cannot be loaded on {platform}: {reason}',
    cause: 'The optional package of node-llama-cpp for this platform is not installed.',
    remedy: 'Install the packages again without --omit=optional, or use a model server (ollama, openai).',
  },
} as const satisfies Record<string, ErrorEntry>;
