import type { LlamaContext } from 'node-llama-cpp';

type SampleToken = (...request: unknown[]) => Promise<unknown>;

/**
 * Makes the sequences of a context choose their tokens one after another.
 *
 * node-llama-cpp 3.21.1 samples all sequences of a batch at once, each in a thread of its own, and every one of them first
 * has llama.cpp put the outputs of the batch in order (`llama_get_logits`), which is not safe in parallel: with 8 sequences,
 * 16 to 39 of 100 answers came out other than alone; in turn, 3 do, by rounding. Its public interface cannot prevent it.
 *
 * @returns whether the context could be changed; if not, its sequences must not be decoded together.
 */
export function sampleOneByOne(context: LlamaContext): boolean {
  const binding = (context as unknown as { readonly _ctx?: { sampleToken?: SampleToken } })._ctx;
  const sampleToken = binding?.sampleToken;
  if (binding === undefined || sampleToken === undefined) return false;
  let last: Promise<unknown> = Promise.resolve();
  const sampleInTurn: SampleToken = (...request) => {
    const sampled = last.then(() => sampleToken.apply(binding, request));
    last = sampled.catch(() => {});
    return sampled;
  };
  // The method of the prototype is read-only: it can be covered, not assigned.
  Object.defineProperty(binding, 'sampleToken', { value: sampleInTurn });
  return true;
}
