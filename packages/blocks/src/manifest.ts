import type { Manifest } from '@dgt/core';

/** The blocks of this package. A folder is loaded when one of its blocks is named. */
export const blockManifest: Manifest = {
  contains_seed: () => import('./validators/index.js'),
  exact: () => import('./dedup/index.js'),
  field_map: () => import('./fields/index.js'),
  flatten_field: () => import('./fields/index.js'),
  javascript: () => import('./validators/index.js'),
  json_schema: () => import('./validators/index.js'),
  language: () => import('./validators/index.js'),
  length: () => import('./validators/index.js'),
  levenshtein: () => import('./dedup/index.js'),
  lm_judge: () => import('./validators/index.js'),
  minhash: () => import('./dedup/index.js'),
  noop: () => import('./validators/index.js'),
  parse_javascript: () => import('./parse/index.js'),
  parse_json: () => import('./parse/index.js'),
  parse_regex: () => import('./parse/index.js'),
  parse_tag: () => import('./parse/index.js'),
  regex: () => import('./validators/index.js'),
  rouge_scorer: () => import('./dedup/index.js'),
  sampler: () => import('./sampling/index.js'),
  semantic: () => import('./dedup/index.js'),
  tool_call_validator: () => import('./validators/index.js'),
  tool_calls: () => import('./validators/index.js'),
  'validators/data_leak': () => import('./validators/index.js'),
};
