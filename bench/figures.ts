/** How long work takes. @returns seconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** The most memory that this process has held. */
export function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** A whole number, as people write it. */
export function round(value: number): string {
  return Math.round(value).toLocaleString('en');
}
