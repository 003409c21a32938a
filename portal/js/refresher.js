/** Does something later, when somebody looks at the page. */

/** Seconds before something that failed is tried again: at first, and at most. */
const FIRST_RETRY = 5;
const LAST_RETRY = 5 * 60;

/** One task at a time, which is done once. */
export class Refresher {
  #task;
  #usual = FIRST_RETRY;
  #failures = 0;
  /** @type {number | undefined} */
  #timer;
  #isDue = false;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#isDue && this.#run());
    addEventListener('online', () => this.#timer && this.#run());
  }

  /** All is well: do `task` in so many seconds. */
  restart(seconds, task) {
    this.#usual = seconds;
    this.#failures = 0;
    this.#wait(seconds, task);
  }

  /** Something failed: do `task` soon, or later if it is not the first time. */
  retry(task) {
    const seconds = Math.min(this.#usual, FIRST_RETRY) * 2 ** this.#failures;
    this.#failures += 1;
    this.#wait(Math.min(seconds, LAST_RETRY), task);
  }

  /** Do nothing. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
  }

  #wait(seconds, task) {
    this.stop();
    this.#task = task;
    this.#timer = setTimeout(() => this.#run(), seconds * 1000);
  }

  #run() {
    this.#isDue = document.hidden;
    if (!this.#isDue) this.#task();
  }
}
