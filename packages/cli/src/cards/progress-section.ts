import type { LiveDataset } from '@dgt/runner';
import { formatCount, formatDuration, formatNumberOf } from '../printing/quantities.js';
import type { CardFacts } from './card-facts.js';
import { code } from './markdown.js';

const barWidth = 20;

/** How far a run is that goes on; undefined where none does. The pace is that of this run alone. */
export function describeProgress({ live, status }: CardFacts, now: number): string | undefined {
  if (live?.run === undefined || status.status !== 'running') return undefined;
  const quota = status.num_outputs_to_generate;
  const isGeneration = quota !== undefined;
  const done = isGeneration ? live.rows : live.attempts;
  const total = quota ?? live.inputs;
  const noun = isGeneration ? 'row' : 'input';
  const counted =
    total === undefined ? formatNumberOf(done, noun) : `${formatCount(done)} of ${formatNumberOf(total, noun)}`;
  const facts = [
    counted,
    ...(live.lost > 0 ? [`${formatCount(live.lost)} lost`] : []),
    ...describePace(live, { now, isGeneration, left: total === undefined ? undefined : total - done, noun }),
  ];
  const bar = total === undefined || total === 0 ? [] : [code(drawBar(done / total))];
  return [...bar, `${facts.join(', ')}, at ${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`].join(
    ' ',
  );
}

function describePace(
  { run }: LiveDataset,
  { now, isGeneration, left, noun }: { now: number; isGeneration: boolean; left: number | undefined; noun: string },
): string[] {
  if (run === undefined) return [];
  const made = isGeneration ? run.made.rows : run.made.attempts;
  const seconds = (now - run.startedAt) / 1000;
  if (made === 0 || seconds <= 0) return ['no pace is known yet'];
  const pace = `${formatNumberOf((made / seconds) * 60, noun)} a minute in this run`;
  return left === undefined ? [pace] : [pace, `about ${formatDuration((Math.max(0, left) / made) * seconds)} left`];
}

function drawBar(share: number): string {
  const filled = Math.min(barWidth, Math.floor(share * barWidth));
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${Math.floor(100 * Math.min(1, share))} %`;
}
