/** A place in a dataset of a Hugging Face hub. */
export interface HubPath {
  /** `owner/name`. */
  readonly repository: string;
  /** A branch, a tag or a commit; undefined for the main branch. */
  readonly revision: string | undefined;
  /** A file, a folder or a pattern in it; empty for all of it. */
  readonly path: string;
}

const scheme = 'hf://';
const form = /^hf:\/\/datasets\/([\w.-]+\/[\w.-]+)(?:@(refs\/(?:convert\/\w+|pr\/\d+)|[^/]+))?(?:\/(.*))?$/s;

/** Whether a path of the configuration is one of a hub. */
export function isHubPath(path: string): boolean {
  return path.startsWith(scheme);
}

/**
 * Reads `hf://datasets/owner/name[@revision][/path]`. A revision with slashes is written as the hub has it, `%2F` for each, or as it
 * stands: `refs/convert/parquet`.
 *
 * @returns undefined for what is no such path.
 */
export function parseHubPath(text: string): HubPath | undefined {
  const [, repository, revision, path = ''] = form.exec(text) ?? [];
  if (repository === undefined) return undefined;
  return {
    repository,
    revision: revision === undefined ? undefined : decodeRevision(revision),
    path: path.replace(/^\/+|\/+$/g, ''),
  };
}

/** How such a path is written, for errors and people. */
export function showHubPath({ repository, revision }: Omit<HubPath, 'path'>, path = ''): string {
  const at = revision === undefined ? '' : `@${revision.includes('/') ? encodeURIComponent(revision) : revision}`;
  return `${scheme}datasets/${repository}${at}${path === '' ? '' : `/${path}`}`;
}

function decodeRevision(revision: string): string {
  try {
    return decodeURIComponent(revision);
  } catch {
    return revision;
  }
}
