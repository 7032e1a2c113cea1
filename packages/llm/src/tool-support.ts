import { ConfigError, ProviderError, type Tool, type ToolChoice } from '@dgt/core';

/** What of `tool_choice` a provider honours: all, only whether tools may be called, or no tools at all. */
export type ToolSupport = 'full' | 'optional' | 'none';

/**
 * Refuses tools that a provider cannot serve.
 *
 * @throws {@link ConfigError} DGT_PARAMETER_UNSUPPORTED for a block; {@link ProviderError} permanent for a row.
 */
export function checkToolChoice(
  asked: { readonly tools?: readonly Tool[]; readonly tool_choice?: ToolChoice },
  rules: { readonly provider: string; readonly toolSupport: ToolSupport; readonly isRow?: boolean },
): void {
  const { provider, toolSupport, isRow } = rules;
  const { tools, tool_choice: choice } = asked;
  if (toolSupport === 'full') return;
  const isNone = toolSupport === 'none';
  const isRefused = isNone ? tools !== undefined : choice !== undefined && choice !== 'auto' && choice !== 'none';
  if (!isRefused) return;
  const details = isNone
    ? { provider, parameter: 'tools', nearest: '', known: 'no tools' }
    : { provider, parameter: `tool_choice: ${JSON.stringify(choice)}`, nearest: '', known: 'auto, none' };
  if (isRow === true) throw new ProviderError('DGT_PARAMETER_UNSUPPORTED', 'permanent', details);
  throw new ConfigError('DGT_PARAMETER_UNSUPPORTED', details);
}
