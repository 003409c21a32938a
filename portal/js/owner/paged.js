/**
 * A list of affiliates that the API answers page by page.
 *
 * @typedef {{affiliateId: string}} Row
 * @typedef {{rows: Row[], affiliates: number, nextToken: string | null}} Batch one page of the API's answer. `affiliates`
 *   is how many there are in all
 *
 * @typedef {object} Reading
 * @property {any[]} rows those that are read
 * @property {number} count how many there are
 * @property {'reading' | 'whole' | 'cut' | 'broken'} state `cut`: there are more than `MOST_ROWS`; `broken`: a page could
 *   not be read
 */

import { isAbort } from '../network.js';

/** The rows of a page: the most that the API gives. */
export const PAGE_ROWS = 1000;
/** The most rows that are read. */
export const MOST_ROWS = 5000;

/** @type {Reading} */
const NOTHING = { rows: [], count: 0, state: 'reading' };

/** Reads one list at a time. */
export class PagedList {
  #reading = NOTHING;
  #question = '';
  #shape = '';
  #isBusy = false;
  #turn = 0;

  /** What is read so far. */
  get reading() {
    return this.#reading;
  }

  /** Forget the list. */
  clear() {
    this.#turn += 1;
    this.#question = this.#shape = '';
    this.#isBusy = false;
    this.#reading = NOTHING;
  }

  /**
   * Read on from the first page. If it says the same as before, the other pages do too, since their sums are in its
   * total: then nothing is read.
   *
   * @param {Batch} first
   * @param {string} question what is asked: an older list of the same question stays until the new one is whole
   * @param {(nextToken: string) => Promise<Batch>} ask
   * @param {() => void} onChange called for each change of `reading`, and at least once
   * @returns {Promise<void>}
   */
  async start(first, question, ask, onChange) {
    if (question !== this.#question) this.clear();
    const shape = JSON.stringify({ ...first, nextToken: first.nextToken !== null });
    const isEnded = this.#reading.state === 'whole' || this.#reading.state === 'cut';
    if (shape === this.#shape && (isEnded || this.#isBusy)) return onChange();
    [this.#question, this.#shape, this.#isBusy] = [question, shape, true];
    const turn = (this.#turn += 1);
    for await (const reading of readings(first, ask)) {
      if (turn !== this.#turn) return undefined;
      if (reading.state === 'reading' && isEnded) continue;
      this.#reading = reading;
      onChange();
    }
    if (turn === this.#turn) this.#isBusy = false;
    return undefined;
  }
}

/**
 * The list after each of its pages. It ends early if the question is given up.
 *
 * @param {Batch} first
 * @param {(nextToken: string) => Promise<Batch>} ask
 * @returns {AsyncGenerator<Reading>}
 */
async function* readings(first, ask) {
  // Between two questions, an affiliate can move from one page to another.
  const rows = new Map(first.rows.map((row) => [row.affiliateId, row]));
  const toReading = (/** @type {Reading['state']} */ state) => ({ rows: [...rows.values()], count: first.affiliates, state });
  let { nextToken } = first;
  try {
    while (nextToken && rows.size < MOST_ROWS) {
      yield toReading('reading');
      const batch = await ask(nextToken);
      for (const row of batch.rows) rows.set(row.affiliateId, row);
      ({ nextToken } = batch);
    }
    yield toReading(nextToken ? 'cut' : 'whole');
  } catch (error) {
    if (isAbort(error)) return;
    // The console is where a developer looks for the cause.
    console.error(error);
    yield toReading('broken');
  }
}
