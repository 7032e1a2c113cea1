import { compileSchema, findNearest, formatPlace, type SchemaProblem, type TSchema } from '@dgt/core';
import { hasReference } from './environment.js';
import type { Problems } from './problems.js';
import type { DocumentPath, PlainMapping, YamlDocument } from './yaml-document.js';

/** Where a checked place stands: the place of the value in a document. */
export interface Origin {
  readonly document: YamlDocument;
  readonly path: DocumentPath;
}

/** What a caller makes of a key that the schema does not know: nothing, or a problem of its own. */
export type UnknownKeyJudge = (
  key: string,
  path: DocumentPath,
  nearest: string | undefined,
) => 'ignore' | 'report' | { readonly problem: string; readonly hint: string };

/**
 * Checks a value of a document against a schema and reports each problem where it stands, with the nearest known key for a
 * key that is unknown.
 *
 * @returns a copy with the defaults of the schema filled in, or undefined when something was reported.
 */
export function checkAgainstSchema(
  schema: TSchema,
  value: unknown,
  options: {
    problems: Problems;
    /** Gives the origin of a place of the value; undefined for a place whose problems are told elsewhere. */
    originOf: (path: DocumentPath) => Origin | undefined;
    judgeUnknownKey?: UnknownKeyJudge;
  },
): PlainMapping | undefined {
  const { problems, originOf, judgeUnknownKey = () => 'report' } = options;
  const checked = structuredClone(value) as PlainMapping;
  let isValid = true;
  const all = compileSchema(schema).check(checked);
  for (const found of all) {
    if (all.some((other) => isMistyped(found, other))) continue;
    const judged = describeProblem(found, judgeUnknownKey);
    if (judged === undefined) continue;
    isValid = false;
    const { unknownKey, missingKey } = found;
    const origin = originOf(unknownKey === undefined ? found.path : [...found.path, unknownKey]);
    if (origin === undefined) continue;
    const { document, path } = origin;
    const seen = readSource(document, path);
    problems.add({
      // A wrong value is shown at the value; a wrong or missing key at the key.
      ...document.locate(path, unknownKey === undefined && missingKey === undefined ? 'value' : 'key'),
      path: formatPlace(unknownKey !== undefined && path.at(-1) === unknownKey ? path.slice(0, -1) : path),
      ...judged,
      // The value may be a secret, and its start is all that a shortened text shows: show the reference instead.
      problem:
        typeof seen === 'string' && hasReference(seen)
          ? judged.problem.replace(/, got .*$/s, `, got "${seen}"`)
          : judged.problem,
      code: 'DGT_CONFIG_INVALID',
    });
  }
  return isValid ? checked : undefined;
}

/** Whether a missing key is there under a name that is nearly its own: then one of the two problems is enough. */
function isMistyped({ missingKey, path }: SchemaProblem, { unknownKey, path: place, knownKeys = [] }: SchemaProblem) {
  if (missingKey === undefined || unknownKey === undefined || formatPlace(path) !== formatPlace(place)) return false;
  return findNearest(unknownKey, knownKeys) === missingKey;
}

function describeProblem(
  found: SchemaProblem,
  judgeUnknownKey: UnknownKeyJudge,
): { problem: string; hint?: string } | undefined {
  const { path, problem, unknownKey, knownKeys = [] } = found;
  if (unknownKey === undefined) {
    const wrongTruth = /^expected a boolean, got "(yes|no|on|off)"$/i.exec(problem)?.[1];
    if (wrongTruth === undefined) return { problem };
    return { problem, hint: `Write ${/yes|on/i.test(wrongTruth) ? 'true' : 'false'}.` };
  }
  const nearest = findNearest(unknownKey, knownKeys);
  const judgement = judgeUnknownKey(unknownKey, path, nearest);
  if (judgement === 'ignore') return undefined;
  if (judgement !== 'report') return judgement;
  const known = knownKeys.length === 0 ? 'none' : knownKeys.join(', ');
  return { problem: nearest === undefined ? `${problem}; known: ${known}` : `${problem} (did you mean "${nearest}"?)` };
}

function readSource(document: YamlDocument, path: DocumentPath): unknown {
  return path.reduce<unknown>((value, step) => (value as PlainMapping | undefined | null)?.[step], document.source);
}
