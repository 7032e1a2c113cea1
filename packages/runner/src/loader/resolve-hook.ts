import { realpathSync, statSync } from 'node:fs';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { HookData } from './load-module.js';

const roots = new Set<string>();
const hosts = new Set<string>();

/** Called by Node in the thread of the hooks with what `register` was given. */
export const initialize: InitializeHook<HookData> = (data) => {
  for (const root of data.roots) roots.add(root);
  for (const host of data.hosts) hosts.add(host);
};

/**
 * Gives an author's module dgt's own copy of `@dgt/*`, and its neighbours as ES modules whatever way their names are written
 * (`./task.js`, `./task.ts`, `./task`). Everything else is found as ever. TypeScript is an author's wherever it lies, such as
 * a function beside a task's file.
 */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const { parentURL } = context;
  // Node changes the context that it handed out to what the last call was given.
  const original = { ...context };
  if (specifier.startsWith('@dgt/') && isEsModule(parentURL)) {
    for (const host of hosts) {
      try {
        return await nextResolve(specifier, { ...original, parentURL: host });
      } catch {
        // Not one of the packages that this host has: the next one may know it, and last the author's own folder.
      }
    }
  }
  const isNeighbour = /^\.{1,2}\//.test(specifier) && isEsModule(parentURL);
  const url = isNeighbour ? new URL(specifier, parentURL).href : specifier;
  const found = isNeighbour || isAuthored(url) || isTypeScript(url) ? findModule(url) : undefined;
  // Not passed on: without a package.json tsx would take the file for CommonJS, and Node 20 find no package from there.
  if (found === undefined || !isEsModule(found)) return nextResolve(specifier, original);
  return { url: found, format: 'module', shortCircuit: true };
};

/** Makes an author's files ES modules where no package.json, or one of another kind, would make them CommonJS. */
export const load: LoadHook = (url, context, nextLoad) =>
  nextLoad(url, isEsModule(url) ? { ...context, format: 'module' } : context);

function isAuthored(url: string | undefined): boolean {
  if (url === undefined) return false;
  for (const root of roots) {
    if (url.startsWith(root) && !url.slice(root.length).includes('node_modules/')) return true;
  }
  return false;
}

/** Whether a file is an ES module whatever its package.json says. */
function isEsModule(url: string | undefined): boolean {
  return url !== undefined && isModuleName(url) && (isAuthored(url) || isTypeScript(url));
}

function isTypeScript(url: string): boolean {
  return /^file:(?!.*\/node_modules\/).*\.m?ts(\?|$)/.test(url);
}

function isModuleName(url: string): boolean {
  return /\.m?[jt]s(\?|$)/.test(url);
}

/** The file that a URL means, or undefined when it is none or not one to be made an ES module. */
function findModule(url: string): string | undefined {
  const [, plain = url, query = ''] = /^([^?#]*)(.*)$/s.exec(url) ?? [];
  const written = fileURLToPath(plain);
  const typeScript = written.replace(/\.(m?)js$/, '.$1ts');
  const candidates = [written, typeScript, `${written}.ts`, `${written}.mts`, `${written}.js`, `${written}.mjs`];
  const file = [...candidates, `${written}/index.ts`, `${written}/index.js`].find((name) => isFile(name));
  return file !== undefined && isModuleName(file) ? pathToFileURL(realpathSync(file)).href + query : undefined;
}

function isFile(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
}
