import { ConfigError } from '@dgt/core';

/** The error for data that are not what their format promises, at `file:line` or the like. */
export function dataError(place: string, problem: string, cause?: unknown): ConfigError {
  return new ConfigError('DGT_DATA_INVALID', { place, problem }, { cause });
}

/** What an error says, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The start of a text, for a message. */
export function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Runs a read and says which file could not be read, when it is the file system that refuses. */
export function unreadableFile(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const isFileSystem = typeof code === 'string' && /^E[A-Z0-9]+$/.test(code);
  return isFileSystem ? new ConfigError('DGT_FILE_UNREADABLE', { file, reason: code }, { cause: error }) : error;
}
