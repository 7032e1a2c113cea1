import { RougeScorer } from '@dgt/blocks/dedup';
import { spawnSync } from 'node:child_process';
import { makeQuestions } from './texts.js';

const threshold = 0.7;

/**
 * The same decisions by rapidfuzz (C++ under Python), pair by pair, which is how a script would make them. It is used when
 * Python has it; nothing is installed.
 */
export function comparePeer(): string {
  const texts = makeQuestions(5000);
  const gate = new RougeScorer({ threshold, filter: true }).openGate();
  const start = performance.now();
  const kept = texts.filter((input, row) => gate.judge({ input }, row).valid).length;
  const own = (performance.now() - start) / 1000;
  const script = new URL('peer.py', import.meta.url).pathname;
  const input = texts.join('\n');
  const peer = spawnSync('python3', [script, String(threshold)], { input, encoding: 'utf8', timeout: 300_000 });
  const ours = `rouge_scorer ${own.toFixed(2)} s for ${texts.length} texts, ${kept} kept`;
  if (peer.status !== 0) {
    const [reason = 'python3 is not there'] = (peer.stderr ?? '').trim().split('\n').slice(-1);
    return `${ours}; no peer: ${reason}`;
  }
  const [seconds = '', peerKept = '', version = ''] = peer.stdout.trim().split(' ');
  const ratio = (Number(seconds) / own).toFixed(0);
  return `${ours}; rapidfuzz ${version} pair by pair ${Number(seconds).toFixed(1)} s, ${peerKept} kept: ${ratio} times as long`;
}
