export { DataTroveDatastore } from './datatrove-datastore.js';
export { DefaultDatastore } from './default-datastore.js';
export { HubDatastore } from './hub-datastore.js';
export { readGivenRows, type GivenRowsOptions } from './given-rows.js';
export { ModuleDatastore } from './module-datastore.js';
export { MultiTargetDatastore } from './multi-target-datastore.js';
