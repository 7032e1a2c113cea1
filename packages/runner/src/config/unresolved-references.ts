import { formatPlace } from '@dgt/core';
import type { Problems } from './problems.js';
import type { DataDocument, DocumentPath } from './yaml-document.js';

/** Reports each reference to the environment that could not be followed, except at places that are not used. */
export function reportUnresolvedReferences(
  document: DataDocument,
  problems: Problems,
  isUnused: (path: DocumentPath) => boolean = () => false,
): void {
  for (const { path, name, problem } of document.unresolved) {
    if (isUnused(path)) continue;
    problems.add({
      ...document.locate(path),
      path: formatPlace(path),
      problem,
      hint:
        name === undefined
          ? 'Write $${env:...} for the literal text.'
          : `Export ${name}, or write it into a .env file in the folder dgt is called in.`,
      code: name === undefined ? 'DGT_CONFIG_INVALID' : 'DGT_ENV_MISSING',
    });
  }
}
