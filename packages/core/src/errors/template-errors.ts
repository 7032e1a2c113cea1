import type { ErrorEntry } from './error-table.js';

/** The errors of prompt templates. */
export const templateErrors = {
  DGT_TEMPLATE_SYNTAX: {
    kind: 'config',
    message: '{where}: {problem}',
    cause: 'A prompt template cannot be read in the syntax that `template_syntax` names.',
    remedy: 'Correct it, or declare another syntax: `python` ({name}), `brackets` ([[name]]) or `liquid` ({{ name }}).',
  },
  DGT_TEMPLATE_FIELD: {
    kind: 'config',
    message: '{where} needs {field}{nearest}; there are: {known}',
    cause: 'A prompt template names a value that is neither a column of the row nor the output of an earlier step.',
    remedy: 'Correct the name, or add the column; nothing was called for this row.',
  },
  DGT_TEMPLATE_VALUE: {
    kind: 'config',
    message: '{where}: {problem}',
    cause: 'A value does not suit what the prompt template does with it, such as a number format for a text.',
    remedy: 'Change the format or the filter in the template, or the value in the row.',
  },
} as const satisfies Record<string, ErrorEntry>;
