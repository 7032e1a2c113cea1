import type { Manifest } from '@dgt/core';

/** The datastores of this package. Each is loaded when it is named. */
export const datastoreManifest: Manifest = {
  datatrove: () => import('./datastores/datatrove-datastore.js'),
  default: () => import('./datastores/default-datastore.js'),
  hub: () => import('./datastores/hub-datastore.js'),
  module: () => import('./datastores/module-datastore.js'),
  multi_target: () => import('./datastores/multi-target-datastore.js'),
};

/** The dataloaders of this package. */
export const dataloaderManifest: Manifest = {
  default: () => import('./dataloaders/default-dataloader.js'),
};

/** The formatters of this package, by their names and those that DGT gives them. */
export const formatterManifest: Manifest = {
  alpaca: () => import('./formatters/alpaca-formatter.js'),
  dpo: () => import('./formatters/dpo-formatter.js'),
  'formatters/conversation/messages': () => import('./formatters/messages-formatter.js'),
  'formatters/native': () => import('./formatters/native-formatter.js'),
  'formatters/template': () => import('./formatters/template-formatter.js'),
  messages: () => import('./formatters/messages-formatter.js'),
  native: () => import('./formatters/native-formatter.js'),
  sharegpt: () => import('./formatters/sharegpt-formatter.js'),
  template: () => import('./formatters/template-formatter.js'),
};
