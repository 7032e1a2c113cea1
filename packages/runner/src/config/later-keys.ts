import type { Problems } from './problems.js';
import type { YamlDocument } from './yaml-document.js';

/** Keys of a task file that are read and checked, and that runs do not act on yet. */
const laterKeys = [
  ['seed_datastore'],
  ['dataloader'],
  ['datastore'],
  ['final_datastore'],
  ['formatted_datastore'],
  ['store_name'],
  ['formatter'],
  ['runner_config', 'save_formatted_output'],
];

/** Refuses what a run would pass over in silence. */
export function reportLaterKeys(document: YamlDocument, problems: Problems): void {
  const paths = laterKeys.filter(
    (path) =>
      path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document.value) !==
      undefined,
  );
  const { data } = document.value;
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) paths.push(['data', 'type']);
  for (const path of paths) {
    const problem = `"${path.join('.')}" is not supported yet by this version`;
    problems.add({ ...document.locate(path, 'key'), problem, code: 'DGT_CONFIG_INVALID' });
  }
}
