import { measureCall, measureLine } from './cost.js';
import { driveServer, measureLatency } from './fake-server.js';
import { driveSimulated } from './simulated.js';

/** One measurement gives the lines to print. */
export type Measure = () => Promise<readonly string[]>;

export const measures: Readonly<Record<string, Measure>> = {
  'simulated-limits': driveSimulated,

  async call() {
    return [await measureCall()];
  },

  async line() {
    return [await measureLine()];
  },

  async 'server-limits'() {
    const { perSecond, ofLimit, wasted, ofDoubled } = await driveServer();
    const settled = `${(ofLimit * 100).toFixed(1)} % of ${perSecond} requests/s used, ${(wasted * 100).toFixed(2)} % refused`;
    return [`${settled}; 10 to 20 s after the limit doubled ${(ofDoubled * 100).toFixed(1)} % of it`];
  },

  async latency() {
    const lines: string[] = [];
    for (const atOnce of [64, 256]) {
      const { ofIdeal, bareOfIdeal } = await measureLatency(atOnce);
      const bare = `${bareOfIdeal.toFixed(3)} by a bare loop`;
      lines.push(`${atOnce} at once, answers of 200 ms: ${ofIdeal.toFixed(3)} of the ideal, ${bare}`);
    }
    return lines;
  },
};
