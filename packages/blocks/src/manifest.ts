import type { Manifest } from '@dgt/core';

/** The blocks of this package. A folder is loaded when one of its blocks is named. */
export const blockManifest: Manifest = {
  exact: () => import('./dedup/index.js'),
  field_map: () => import('./fields/index.js'),
  flatten_field: () => import('./fields/index.js'),
  levenshtein: () => import('./dedup/index.js'),
  minhash: () => import('./dedup/index.js'),
  noop: () => import('./validators/index.js'),
  rouge_scorer: () => import('./dedup/index.js'),
};
