import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { readPlugIn, type PlugIn } from './plug-in-manifest.js';

/** The data builders that come with dgt (`core/...`): a plug-in like any other, but for that nobody has to install it. */
export function readPublishedBuilders(): PlugIn {
  const manifest = createRequire(import.meta.url).resolve('@dgt/builders/package.json');
  return readPlugIn(dirname(manifest)) as PlugIn;
}
