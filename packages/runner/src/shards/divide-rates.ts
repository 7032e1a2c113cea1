import type { PlannedBuilder } from '../config/planned.js';

/** What a block may use in a minute, of all that a key is granted. */
const rates = new Set(['rpm', 'tpm']);

/** A builder whose blocks declare the part of their rates that one of so many processes may use. */
export function divideRates(builder: PlannedBuilder, parts: number): PlannedBuilder {
  const divideBlocks = (blocks: PlannedBuilder['blocks']) =>
    blocks.map((block) => ({ ...block, config: divide(block.config, parts) as typeof block.config }));
  return {
    ...builder,
    blocks: divideBlocks(builder.blocks),
    postprocessors: divideBlocks(builder.postprocessors),
  };
}

/** Also within the configuration of a fallback, or of a block within a block. */
function divide(value: unknown, parts: number): unknown {
  if (Array.isArray(value)) return value.map((item) => divide(item, parts));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => {
    const isRate = rates.has(key) && typeof member === 'number';
    return [key, isRate ? member / parts : divide(member, parts)];
  });
  return Object.fromEntries(entries);
}
