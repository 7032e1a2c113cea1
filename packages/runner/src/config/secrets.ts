const shortest = 4;
const mark = '[secret]';

/** Every value that must appear in no file, log or error; knows them in all the forms that they are written in. */
export class SecretStore {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  /** From now on the value is taken out of texts. Values of fewer than 4 characters are ignored: they occur by chance. */
  keep(value: string): void {
    for (const secret of [value, value.trim()]) {
      if (secret.length >= shortest && !this.#values.has(secret)) {
        this.#values.add(secret);
        this.#pattern = undefined;
      }
    }
  }

  /** The text with `[secret]` for each secret, also where it is escaped as in JSON or encoded as in a URL. */
  redact(text: string): string {
    if (this.#values.size === 0) return text;
    this.#pattern ??= this.#compile();
    return text.replace(this.#pattern, mark);
  }

  /** A copy in which every string, the keys of objects included, is redacted. */
  redactDeep<T>(value: T): T {
    if (this.#values.size === 0) return value;
    return this.#redactValue(value) as T;
  }

  #redactValue(value: unknown): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (Array.isArray(value)) return value.map((item) => this.#redactValue(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.redact(key), this.#redactValue(item)]));
  }

  #compile(): RegExp {
    const forms = new Set([...this.#values].flatMap(writtenForms));
    // The longest first: a secret that contains another must not leave its rest behind.
    const sorted = [...forms].sort((a, b) => b.length - a.length);
    return new RegExp(sorted.map((form) => form.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  }
}

function writtenForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const asciiJson = json.replaceAll(/[\u007f-\uffff]/g, escapeUnit);
  const url = encodeURIComponent(secret.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
  return [
    secret,
    json,
    asciiJson,
    url,
    url.replaceAll('%20', '+'),
    url.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
  ];
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
