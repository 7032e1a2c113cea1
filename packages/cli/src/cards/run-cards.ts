import type { FrontPage } from '@dgt/core';
import type { StartedTask, TaskOutcome } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { toPlainText } from '../printing/plain-text.js';
import { gatherLiveFacts, readCardFacts, type CardFacts } from './card-facts.js';
import { composeHubCard } from './hub-card.js';
import { placeCard, writeCard, type CardOptions } from './write-card.js';

/** When the first card is written: a run of seconds has one at its end alone. @unit milliseconds */
const firstMs = 10_000;

/** Between one card and the next. @unit milliseconds */
const everyMs = 30_000;

/** Between commits of the card to a hub, which takes a hundred an hour and needs them for rows. @unit milliseconds */
const hubMs = 300_000;

/** A task of a run, and what is known of its cards. */
interface Followed {
  readonly task: StartedTask;
  /** Whether a card says that a run is at work. */
  isShown: boolean;
  /** The last upload that was begun, and the files that there were then. */
  upload: { readonly at: number; readonly files: number; readonly done: Promise<void> } | undefined;
}

/**
 * The cards of the datasets of one run: beside the rows and on hubs that they go to, from time to time while the run goes on and
 * when it has ended. That one cannot be written is said, and no reason for a run to fail.
 */
export class RunCards {
  readonly #session: CommandSession;
  readonly #options: CardOptions;
  readonly #closing = new AbortController();
  readonly #warned = new Set<string>();
  #followed: readonly Followed[] = [];
  #following: Promise<void> = Promise.resolve();
  #startedAt = 0;

  constructor(session: CommandSession) {
    this.#session = session;
    const { context, secrets } = session;
    this.#options = { now: () => context.now(), redact: (text) => secrets.redact(text) };
  }

  /** Begins to look at the tasks. */
  start(tasks: readonly StartedTask[]): void {
    this.#startedAt = this.#options.now();
    this.#followed = tasks.map((task) => ({ task, isShown: false, upload: undefined }));
    this.#following = this.#follow().catch(() => {});
  }

  /**
   * Writes what is to be said for good, of each dataset that has rows or a card that says otherwise.
   *
   * @param abort fires where nobody wants to wait for a hub any more.
   */
  async finish(outcomes: readonly TaskOutcome[], abort: AbortSignal): Promise<void> {
    await this.close();
    for (const { taskName, folder, results } of outcomes) {
      const followed = this.#followed.find(({ task }) => task.folder === folder);
      if (results.rows === 0 && followed?.isShown !== true) continue;
      await this.#warn(taskName, () => writeCard(folder, this.#options));
      if (followed === undefined) continue;
      await this.#warn(taskName, async () => {
        const pages = abort.aborted ? [] : await followed.task.frontPages();
        const [facts] = pages.length === 0 ? [] : (await readCardFacts(folder)).datasets;
        if (facts !== undefined) await this.#rewrite(pages, facts, abort);
      });
    }
  }

  /** Of a run that ended without outcomes: no card goes on saying that it is at work. */
  async abandon(): Promise<void> {
    await this.close();
    for (const { task, isShown } of this.#followed) {
      if (isShown) await this.#warn(task.taskName, () => writeCard(task.folder, this.#options));
    }
  }

  /** Ends the looking, and uploads that are under way; also where it never began. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the run has ended'));
    await this.#following;
    await Promise.all(this.#followed.map(({ upload }) => upload?.done));
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    for (let pauseMs = firstMs; !signal.aborted; pauseMs = everyMs) {
      await this.#session.context.sleep(pauseMs, signal);
      for (const followed of this.#followed) {
        if (followed.task.progress().ending === undefined && !signal.aborted) await this.#show(followed);
      }
    }
  }

  async #show(followed: Followed): Promise<void> {
    const { task } = followed;
    await this.#warn(task.taskName, async () => {
      const facts = await gatherLiveFacts(task, this.#startedAt);
      // It stands in the folder before anything is made; a task whose turn is yet to come has none.
      if (facts.card === undefined) return;
      followed.isShown = true;
      await placeCard({ folder: task.folder, datasets: [facts] }, this.#options);
      const now = this.#options.now();
      const { upload: last } = followed;
      const files = facts.files.reduce((sum, { paths }) => sum + paths.length, 0);
      if (last !== undefined && (now - last.at < hubMs || last.files === files)) return;
      // Beside the run, and beside the cards that follow.
      const done = this.#warn(task.taskName, async () =>
        this.#rewrite(await task.frontPages(), facts, this.#closing.signal),
      );
      followed.upload = { at: now, files, done };
    });
  }

  async #rewrite(pages: readonly FrontPage[], facts: CardFacts, signal: AbortSignal): Promise<void> {
    for (const page of pages) await page.rewrite(composeHubCard(facts, page, this.#options), { signal });
  }

  async #warn(taskName: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const message = `${taskName}: no card was written: ${(error as Error).message}`;
      // One that ends with the run is followed by the last one.
      if (this.#closing.signal.reason === error || this.#warned.has(message)) return;
      this.#warned.add(message);
      this.#session.say(toPlainText(message));
    }
  }
}
