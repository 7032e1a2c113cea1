import { DgtError, type Availability } from '@dgt/core';
import { loadRuntime } from './runtime.js';

/**
 * A model is available when its file is there and llama.cpp can be loaded; the file is not read yet.
 *
 * @param find finds the model, or throws what is in its way.
 */
export async function checkAvailability(find: () => unknown, gpu: boolean): Promise<Availability> {
  try {
    find();
    await loadRuntime(gpu);
    return { available: true };
  } catch (error) {
    if (!DgtError.isInstance(error)) throw error;
    return { available: false, reason: error.message, error };
  }
}
