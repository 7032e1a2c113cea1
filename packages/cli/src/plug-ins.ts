import { blockManifest } from '@dgt/blocks/manifest';
import { blocks, dataloaders, datastores, formatters, type Manifest } from '@dgt/core';
import { modelBlocks } from '@dgt/llm';
import { importPlugIn } from '@dgt/runner';
import { dataloaderManifest, datastoreManifest, formatterManifest } from '@dgt/stores/manifest';
import { join } from 'node:path';
import { findOwnBlocks, ownBlocksFolder } from './plug-ins/own-blocks.js';
import { findPlugIns } from './plug-ins/find-plug-ins.js';
import { listBuilderFolders, type PlugIn } from './plug-ins/plug-in-manifest.js';
import { readPublishedBuilders } from './plug-ins/published-builders.js';

const registries = { blocks, datastores, dataloaders, formatters };

/** What the plug-ins of a project add that is found by folder. */
export interface Announced {
  /** Folders of plug-ins that hold data builders. */
  readonly builderRoots: readonly string[];
}

/**
 * Says where everything is found that comes with dgt, with the plug-ins among the project's direct dependencies, or with the
 * project's own `blocks/`. None is loaded before a file names it.
 *
 * @throws {@link PluginError} DGT_PLUG_IN_INVALID
 */
export function announcePlugIns(workingFolder: string): Announced {
  blocks.announce({
    ...modelBlocks,
    ...blockManifest,
    llama_cpp: () => import('@dgt/llama-cpp'),
    llama_cpp_embedding: () => import('@dgt/llama-cpp'),
  });
  datastores.announce(datastoreManifest);
  dataloaders.announce(dataloaderManifest);
  formatters.announce(formatterManifest);
  const ownBlocks = findOwnBlocks(workingFolder);
  const plugIns = findPlugIns(workingFolder);
  for (const plugIn of plugIns) announcePlugIn(plugIn, ownBlocks, workingFolder);
  announceOwnBlocks(ownBlocks, workingFolder);
  return { builderRoots: [...plugIns, readPublishedBuilders()].flatMap(listBuilderFolders) };
}

type Modules = Readonly<Record<string, string>>;

function announcePlugIn({ name: plugIn, folder, manifest }: PlugIn, ownBlocks: Modules, workingFolder: string): void {
  for (const [kind, registry] of Object.entries(registries)) {
    // Who writes a plug-in tries the block in its folder, not the one that was built for others.
    const isOwn = (name: string) => folder === workingFolder && kind === 'blocks' && Object.hasOwn(ownBlocks, name);
    const modules = Object.entries(manifest[kind as keyof typeof registries] ?? {}).filter(([name]) => !isOwn(name));
    const announced = modules.map(([name, path]): [string, Manifest[string]] => [
      name,
      () =>
        importPlugIn({
          what: `plug-in ${plugIn}, dgt.${kind}.${name}`,
          file: join(folder, path),
          folder,
          hostUrl: import.meta.url,
        }),
    ]);
    registry.announce(Object.fromEntries(announced), `${plugIn} (dgt.${kind} in ${join(folder, 'package.json')})`);
  }
}

function announceOwnBlocks(ownBlocks: Modules, workingFolder: string): void {
  const folder = join(workingFolder, ownBlocksFolder);
  const announced = Object.entries(ownBlocks).map(([name, file]): [string, Manifest[string]] => [
    name,
    () => importPlugIn({ what: `block "${name}"`, file, folder, hostUrl: import.meta.url }),
  ]);
  blocks.announce(Object.fromEntries(announced), folder);
}
