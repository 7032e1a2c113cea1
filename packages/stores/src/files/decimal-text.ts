/** A decimal as text: all of its digits, as many behind the point as its column has. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale < 0) return decimalText(unscaled * 10n ** BigInt(-scale), 0);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}
