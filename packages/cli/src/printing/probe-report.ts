import type { EndpointProbe } from '@dgt/llm';
import { describeError } from './error-report.js';
import { toOneLine, toPlainText } from './plain-text.js';
import { formatDuration } from './quantities.js';
import type { Style } from './style.js';
import { formatTable } from './table.js';

/** A line for each model that was asked, and below them what is in the way of those that are down. */
export function formatProbes(probes: readonly EndpointProbe[], style: Style): string[] {
  const rows = probes.map((probe) => [
    nameModel(probe),
    toOneLine(probe.endpoint ?? '-', 60),
    probe.mode,
    formatState(probe, style),
    formatMs(probe.firstTokenMs),
    formatMs(probe.state === 'unsupported' ? undefined : probe.totalMs),
  ]);
  const titles = ['model', 'endpoint', 'mode', 'state', 'first token', 'total'].map((title) => style('quiet', title));
  return [...formatTable([titles, ...rows], { right: [4, 5] }), ...listProblems(probes)];
}

/** A probe as `--json` gives it. */
export function describeProbe({ firstTokenMs, totalMs, endpoint, error, ...probe }: EndpointProbe): object {
  return {
    ...probe,
    endpoint: endpoint ?? null,
    first_token_ms: firstTokenMs === undefined ? null : Math.round(firstTokenMs),
    total_ms: Math.round(totalMs),
    ...(error !== undefined && { error: describeError(error) }),
  };
}

function formatState({ state }: EndpointProbe, style: Style): string {
  if (state === 'unsupported') return style('quiet', 'no stream');
  return style(state === 'up' ? 'good' : 'bad', state);
}

function formatMs(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return ms < 9950 ? `${Math.round(ms)} ms` : formatDuration(ms / 1000);
}

/** What has the same cause is said once. */
function listProblems(probes: readonly EndpointProbe[]): string[] {
  const problems = probes.flatMap((probe) => {
    if (probe.error === undefined) return [];
    const { code, message, remedy } = describeError(probe.error);
    const title = `${nameModel(probe)}: ${code === undefined ? '' : `${code}: `}${toPlainText(message)}`;
    return [remedy === undefined ? title : `${title}\n  ${toPlainText(remedy)}`];
  });
  return [...new Set(problems)];
}

function nameModel({ provider, model }: EndpointProbe): string {
  return toOneLine(`${provider} ${model}`, 60);
}
