import { ConfigError, PluginError } from '../errors/dgt-error.js';
import { suggestNearest } from '../errors/nearest.js';

/** Says where to look for a name: importing the module registers it. */
export type Manifest = Readonly<Record<string, () => Promise<unknown>>>;

interface Registration<T> {
  readonly value: T;
  /** File and line of the decorator. */
  readonly origin: string;
}

interface Announcement {
  readonly load: () => Promise<unknown>;
  /** Who announced it: dgt, or a plug-in and the field of its package.json. */
  readonly from: string;
}

/** Classes of one kind by name. The decorator on a class registers it; a manifest only says which module to import. */
export class Registry<T> {
  readonly kind: string;
  readonly #registered = new Map<string, Registration<T>>();
  readonly #manifest = new Map<string, Announcement>();

  constructor(kind: string) {
    this.kind = kind;
  }

  /**
   * Registers a class; the same class under the same name again changes nothing.
   *
   * @throws {@link PluginError} DGT_NAME_TAKEN, naming both places.
   */
  add(name: string, value: T, origin: string): void {
    const earlier = this.#registered.get(name);
    if (earlier !== undefined && earlier.value !== value) {
      throw this.#taken(name, earlier.origin, origin);
    }
    if (earlier === undefined) this.#registered.set(name, { value, origin });
  }

  /**
   * Announces where names can be found, without importing anything. A name that two announce is an error for whoever asks for
   * it, and for nobody else.
   *
   * @param from who announces it, for errors and lists.
   */
  announce(manifest: Manifest, from = 'dgt'): void {
    for (const [name, load] of Object.entries(manifest)) {
      const earlier = this.#manifest.get(name);
      if (earlier === undefined || earlier.from === from) this.#manifest.set(name, { load, from });
      else this.#manifest.set(name, { ...earlier, load: () => Promise.reject(this.#taken(name, earlier.from, from)) });
    }
  }

  /** Who announced a name; undefined for one that was registered without being announced. */
  announcerOf(name: string): string | undefined {
    return this.#manifest.get(name)?.from;
  }

  /** Every name that is registered or announced, sorted. */
  names(): string[] {
    return [...new Set([...this.#registered.keys(), ...this.#manifest.keys()])].sort();
  }

  /** File and line of the decorator that registered the name. */
  originOf(name: string): string | undefined {
    return this.#registered.get(name)?.origin;
  }

  /** What is registered under the name now, without looking further. */
  find(name: string): T | undefined {
    return this.#registered.get(name)?.value;
  }

  /**
   * Gives what the name stands for, importing the announced module when needed.
   *
   * @throws {@link ConfigError} DGT_NAME_UNKNOWN with the known names; {@link PluginError} DGT_NOT_REGISTERED.
   */
  async load(name: string): Promise<T> {
    const found = this.find(name);
    if (found !== undefined) return found;
    const announced = this.#manifest.get(name);
    if (announced === undefined) throw this.#unknown(name);
    const before = new Set(this.#registered.keys());
    await announced.load();
    const loaded = this.find(name);
    if (loaded !== undefined) return loaded;
    const instead = [...this.#registered.keys()].filter((other) => !before.has(other));
    throw this.describeMissing(name, { file: `the module announced for "${name}" by ${announced.from}`, instead });
  }

  /** The error for a module that was loaded for a name and registered other names `instead`, or nothing. */
  describeMissing(name: string, { file, instead }: { file: string; instead: readonly string[] }): PluginError {
    const { kind } = this;
    const places = instead.map((other) => `"${other}" (at ${this.originOf(other)})`);
    const registered = places.length === 0 ? `no ${kind}` : places.join(', ');
    const words = kind.split(' ').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
    return new PluginError('DGT_NOT_REGISTERED', {
      kind,
      name,
      file,
      registered,
      decorator: `@register${words.join('')}('${name}')`,
    });
  }

  #taken(name: string, first: string, second: string): PluginError {
    return new PluginError('DGT_NAME_TAKEN', { kind: this.kind, name, first, second });
  }

  #unknown(name: string): ConfigError {
    const known = this.names();
    return new ConfigError('DGT_NAME_UNKNOWN', {
      kind: this.kind,
      name,
      nearest: suggestNearest(name, known),
      known: known.join(', ') || 'none',
    });
  }
}
