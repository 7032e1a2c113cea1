import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { collect, repository, TemporaryProject, type Finished } from './project.js';

const execute = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Packages as `npm publish` would send them, as files in a folder of their own. */
export class Tarballs implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'dgt-tarballs-'));

  /** Packs every package of the repository. */
  static async ofRepository(): Promise<Tarballs> {
    const tarballs = new Tarballs();
    await tarballs.#pack(repository, '--workspaces');
    return tarballs;
  }

  /** Packs one more package from its folder. */
  async add(folder: string): Promise<void> {
    await this.#pack(folder);
  }

  get files(): string[] {
    return readdirSync(this.#folder).map((name) => join(this.#folder, name));
  }

  async #pack(folder: string, ...args: string[]): Promise<void> {
    const options = ['pack', '--ignore-scripts', '--silent', '--pack-destination', this.#folder];
    await execute('npm', [...options, ...args], { cwd: folder });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * An empty folder outside of the repository in which packages are installed: what npm unpacks of the tarballs, and beside it
 * nothing but what their manifests ask for, linked from the repository's node_modules so that no network is needed.
 */
export class InstalledProject extends TemporaryProject {
  /** Names of the packages that were unpacked. */
  readonly installed: string[] = [];
  /** Packages that were asked for and are not there. */
  readonly missing: string[] = [];

  async install(tarballs: Tarballs): Promise<this> {
    for (const file of tarballs.files) await this.#unpack(file);
    for (const name of this.installed) this.#link(readManifest(this.#folderOf(name)));
    return this;
  }

  /** Runs `npx --no NAME ...` in the folder, with nothing of the caller's environment but PATH. */
  npx(...args: string[]): Promise<Finished> {
    return this.#spawn('npx', ['--no', ...args]);
  }

  /** Runs the installed command as npx does, without the time that npx takes to find it. */
  dgt(...args: string[]): Promise<Finished> {
    return this.command('dgt', args);
  }

  /** Runs any command that the packages install, in the folder or in one below it. */
  command(name: string, args: readonly string[], below = '.'): Promise<Finished> {
    return this.#spawn(join(this.folder, 'node_modules/.bin', name), args, below);
  }

  npm(...args: string[]): Promise<Finished> {
    return this.#spawn('npm', args);
  }

  #spawn(command: string, args: readonly string[], below = '.'): Promise<Finished> {
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.folder, npm_config_update_notifier: 'false' };
    return collect(spawn(command, args, { cwd: join(this.folder, below), env }));
  }

  async #unpack(file: string): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'dgt-unpack-'));
    try {
      await execute('tar', ['-xzf', file, '-C', folder, '--strip-components=1']);
      const { name } = readManifest(folder);
      mkdirSync(dirname(this.#folderOf(name)), { recursive: true });
      await execute('cp', ['-r', folder, this.#folderOf(name)]);
      this.installed.push(name);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Puts beside a package what it depends on, and its commands into `.bin`. */
  #link({ name, bin = {}, dependencies, peerDependencies, peerDependenciesMeta = {} }: Manifest): void {
    for (const needed of Object.keys({ ...dependencies, ...peerDependencies })) {
      const target = this.#folderOf(needed);
      if (existsSync(target) || peerDependenciesMeta[needed]?.optional === true) continue;
      const source = join(repository, 'node_modules', needed);
      // A package of this repository must come from its tarball.
      if (needed.startsWith('@dgt/') || !existsSync(source)) this.missing.push(`${needed}, needed by ${name}`);
      else {
        mkdirSync(dirname(target), { recursive: true });
        symlinkSync(source, target);
      }
    }
    for (const [command, file] of Object.entries(bin)) {
      mkdirSync(join(this.folder, 'node_modules/.bin'), { recursive: true });
      symlinkSync(join(this.#folderOf(name), file), join(this.folder, 'node_modules/.bin', command));
    }
  }

  #folderOf(name: string): string {
    return join(this.folder, 'node_modules', name);
  }
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
