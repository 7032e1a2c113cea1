const longest = 300;

/** Takes secrets out of a text, and shortens it to what fits an error message. */
export type Redact = (text: string) => string;

/** Makes the function that prepares a server's words for an error message: a server may echo the key that it was sent. */
export function createRedact(secrets: readonly (string | undefined)[]): Redact {
  const known = secrets.filter((secret) => secret !== undefined && secret.length > 0) as string[];
  return (text) => {
    let clean = text;
    for (const secret of known) clean = clean.replaceAll(secret, '***');
    clean = clean.replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 ***').replace(/\bsk-[\w-]{8,}/g, 'sk-***');
    clean = clean.replace(/\s+/g, ' ').trim();
    return clean.length > longest ? `${clean.slice(0, longest)}...` : clean;
  };
}
