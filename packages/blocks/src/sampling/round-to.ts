/** The number with so many decimals that is nearest, as it is written: 0.3 and not 0.30000000000000004. */
export function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
