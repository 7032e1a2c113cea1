import type { ErrorEntry } from './error-table.js';

/** The errors of datastores, dataloaders and formatters, and of the rows that they read and write. */
export const storeErrors = {
  DGT_PLUGIN_CONFIG: {
    kind: 'config',
    message: '{kind} "{name}": {problems}',
    cause: 'The configuration of a datastore, dataloader or formatter does not fit what it declares to take.',
    remedy: 'Correct the named keys; docs/stores.md lists what each one takes.',
  },
  DGT_STORE_READ: {
    kind: 'config',
    message: 'datastore "{type}" cannot be read from',
    cause: 'The task names a datastore for its rows that only writes.',
    remedy: 'Name one that reads, such as `default` with a `data_path`.',
  },
  DGT_STORE_WRITE: {
    kind: 'config',
    message: 'datastore "{type}" cannot be written to',
    cause: 'The task names a datastore for its output that only reads.',
    remedy: 'Name one that writes, such as `default` with an `output_data_format`.',
  },
  DGT_DATA_MISSING: {
    kind: 'config',
    message: '{where}: nothing to read in {looked}{found}',
    cause: 'No file of a known format is there, or none that data_formats or data_split lets through.',
    remedy: 'Correct data_path, data_formats or data_split; relative paths start at the folder dgt was called in.',
  },
  DGT_DATA_INVALID: {
    kind: 'config',
    message: '{place}: {problem}',
    cause: 'A row of the input is not what its format promises; no row is ever skipped or guessed.',
    remedy: 'Correct the data at the place named above.',
  },
  DGT_ROW_FIELD_MISSING: {
    kind: 'config',
    message: '{where}: row {row} has no "{field}"{nearest}; it has: {seen}',
    cause: 'The configuration names a field that this row does not have.',
    remedy: 'Correct the name, or make every row hold the field.',
  },
  DGT_ROW_UNWRITABLE: {
    kind: 'plugin',
    message: '{file}: row {row} cannot be written: {problem}',
    cause: 'The row holds something that the declared data point, and so the columns of the file, do not.',
    remedy: 'Correct the data point of the task, or write the rows as jsonl.',
  },
  DGT_HUB_REFUSED: {
    kind: 'config',
    message: '{what}: {endpoint} refuses it ({reason})',
    cause: 'The hub does not let this account see or change the dataset, or does not know the token.',
    remedy:
      'Set HF_TOKEN to a token of the hub that may do this, or log in with `hf auth login`; accept the conditions of a gated dataset on its page first.',
  },
  DGT_HUB_UNAVAILABLE: {
    kind: 'run',
    message: '{what}: {endpoint} does not answer as it should ({reason})',
    cause: 'The hub or the network fails, and went on failing however often the request was tried again.',
    remedy: 'Run the same command again later: it goes on where it stopped.',
  },
  DGT_HUB_UPLOAD: {
    kind: 'run',
    message: '{file} is written, but could not be uploaded to {place}: {reason}',
    cause: 'The hub refused the file or did not answer; what was made is on this machine, whole.',
    remedy: 'Run the same command again when this is put right: it calls no model again and uploads what is missing.',
  },
} as const satisfies Record<string, ErrorEntry>;
