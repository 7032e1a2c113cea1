import { ConfigError } from '@dgt/core';

/** Says of a {@link ConfigError} where in the task's file its cause stands. */
export function withPlace<T>(path: readonly (string | number)[], act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!ConfigError.isInstance(error)) throw error;
    throw new ConfigError(error.code, { ...error.details, path }, { cause: error.cause });
  }
}
