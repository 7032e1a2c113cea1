import { compileSchema, describeProblems, PluginError, Type, type Static } from '@dgt/core';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const path = Type.String({ pattern: '^\\./(?!(.*/)?\\.\\.(/|$))' });
const modules = Type.Optional(Type.Record(Type.String({ minLength: 1 }), path));

const manifestSchema = Type.Object(
  {
    /** Folders that hold data builders. */
    builders: Type.Optional(Type.Union([path, Type.Array(path)])),
    /** Modules that register something, by the name that they register. */
    blocks: modules,
    datastores: modules,
    dataloaders: modules,
    formatters: modules,
  },
  { additionalProperties: false },
);

/** The `dgt` field of a package.json. */
export type PlugInManifest = Static<typeof manifestSchema>;

/** A package that adds to dgt. Nothing of it has been imported. */
export interface PlugIn {
  readonly name: string;
  readonly folder: string;
  readonly manifest: PlugInManifest;
}

/**
 * Reads the package.json of a folder.
 *
 * @returns undefined when it has no `dgt` field.
 * @throws {@link PluginError} DGT_PLUG_IN_INVALID for a field that does not say what dgt can read.
 */
export function readPlugIn(
  folder: string,
  text = readFileSync(join(folder, 'package.json'), 'utf8'),
): PlugIn | undefined {
  const { name = folder, dgt } = JSON.parse(text) as { name?: string; dgt?: unknown };
  if (dgt === undefined) return undefined;
  const manifest = structuredClone(dgt) as PlugInManifest;
  const problems = compileSchema(manifestSchema).check(manifest);
  const fail = (reason: string) =>
    new PluginError('DGT_PLUG_IN_INVALID', { plugIn: name, problems: reason, file: join(folder, 'package.json') });
  if (problems.length > 0) {
    const inField = problems.map((found) => Object.assign(found, { path: ['dgt', ...found.path] }));
    throw fail(describeProblems(inField.map((found) => Object.assign(found, { problem: explain(found.problem) }))));
  }
  for (const builders of [manifest.builders ?? []].flat()) {
    if (!existsSync(join(folder, builders))) throw fail(`dgt.builders: there is no folder ${builders}`);
  }
  return { name, folder, manifest };
}

/** The folders of a plug-in that hold data builders. */
export function listBuilderFolders({ folder, manifest }: PlugIn): string[] {
  return [manifest.builders ?? []].flat().map((path) => join(folder, path));
}

function explain(problem: string): string {
  return problem.replace(
    /^expected text (?:that matches|matching) .*?, got/,
    'expected a path below the package such as "./dist/block.js", got',
  );
}
