import { fileURLToPath } from 'node:url';

const roots = new Set<string>();

/**
 * Takes note of folders whose modules are authors' own.
 *
 * @param urls URLs of folders, each with a slash at its end.
 * @returns those of them that no earlier one covers.
 */
export function coverRoots(urls: readonly string[]): string[] {
  const fresh = urls.filter((root) => ![...roots].some((known) => root.startsWith(known)));
  for (const root of fresh) roots.add(root);
  return fresh;
}

/** The folders of authors' modules that have been imported in this process, without a slash at their end. */
export function authorFolders(): string[] {
  return [...roots].map((root) => fileURLToPath(root).replace(/\/$/, ''));
}
