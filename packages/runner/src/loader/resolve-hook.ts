import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import type { HookData } from './load-module.js';

const roots = new Set<string>();
const hosts = new Set<string>();

/** Called by Node in the thread of the hooks with what `register` was given. */
export const initialize: InitializeHook<HookData> = (data) => {
  for (const root of data.roots) roots.add(root);
  for (const host of data.hosts) hosts.add(host);
};

/** Gives an author's module dgt's own copy of `@dgt/*`, and whatever Node finds otherwise. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (specifier.startsWith('@dgt/') && isAuthored(context.parentURL)) {
    for (const parentURL of hosts) {
      try {
        return await nextResolve(specifier, { ...context, parentURL });
      } catch {
        // Not one of the packages that this host has: the next one may know it, and last the author's own folder.
      }
    }
  }
  return nextResolve(specifier, context);
};

/** Makes an author's files ES modules where no package.json, or one of another kind, would make them CommonJS. */
export const load: LoadHook = (url, context, nextLoad) =>
  nextLoad(url, isAuthored(url) && /\.[jt]s(\?|$)/.test(url) ? { ...context, format: 'module' } : context);

function isAuthored(url: string | undefined): boolean {
  if (url === undefined) return false;
  for (const root of roots) if (url.startsWith(root) && !url.slice(root.length).includes('node_modules/')) return true;
  return false;
}
