import type { Manifest } from '@dgt/core';

/** The datastores of this package. Each is loaded when it is named. */
export const datastoreManifest: Manifest = {
  default: () => import('./datastores/default-datastore.js'),
  module: () => import('./datastores/module-datastore.js'),
  multi_target: () => import('./datastores/multi-target-datastore.js'),
};

/** The dataloaders of this package. */
export const dataloaderManifest: Manifest = {
  default: () => import('./dataloaders/default-dataloader.js'),
};
