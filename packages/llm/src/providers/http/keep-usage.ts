import { ProviderError, type Usage } from '@dgt/core';

/** Reads a reply; a failure to find an answer in it says what the reply took, for it is paid for all the same. */
export function keepUsage<T>(usage: Usage, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (ProviderError.isInstance(error)) error.usage = usage;
    throw error;
  }
}
