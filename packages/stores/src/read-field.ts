import { DgtError, missing, readPath, type Path, type Row } from '@dgt/core';

/** The value at a path of a row, {@link missing} also when something on the way is not there. */
export function readField(row: Row, path: Path): unknown {
  try {
    return readPath(row, path);
  } catch (error) {
    if (DgtError.isInstance(error)) return missing;
    throw error;
  }
}
