/** A moment as ISO text in UTC, with every digit that it was stored with. */
export function timeText(count: bigint, perSecond: 1000n | 1_000_000n | 1_000_000_000n): string {
  const digits = perSecond.toString().length - 1;
  const fraction = ((count % perSecond) + perSecond) % perSecond;
  const seconds = (count - fraction) / perSecond;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  const shown = fraction
    .toString()
    .padStart(digits, '0')
    .replace(/(?<=^.{3})0+$/, '');
  return `${text}.${shown}Z`;
}

/** A day as ISO text. */
export function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}
