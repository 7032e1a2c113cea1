/** A whole number as people write it: `12,345`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number to glance at: `950`, `12.3k`, `4.5M`. */
export function formatShort(count: number): string {
  if (count < 1000) return String(Math.round(count));
  // From here on it would read 1000k.
  const [divisor, unit] = count < 999_950 ? [1000, 'k'] : count < 999_950_000 ? [1e6, 'M'] : [1e9, 'G'];
  return `${(count / divisor).toFixed(1)}${unit}`;
}

/** A time in its two largest units: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 14 min`, `3 d 2 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** An amount of money: `$0.00`, `$0.00123`, `$12.30`, `$1,234.50`. */
export function formatCost(dollars: number): string {
  if (dollars === 0 || dollars >= 1) {
    const [whole = '', cents = ''] = dollars.toFixed(2).split('.');
    return `$${formatCount(Number(whole))}.${cents}`;
  }
  // Enough digits to tell small amounts apart, and never a power of ten.
  const digits = Math.min(12, 2 - Math.floor(Math.log10(dollars)));
  return `$${dollars.toFixed(digits)}`;
}

/** A count with its noun: `1 row`, `2 rows`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
