/** Repeats a task later, if the page is visible. */

/** The first and the longest delay after a failure, in seconds. */
const FIRST_RETRY = 5;
const LAST_RETRY = 5 * 60;

/** Runs one task once, after a delay. A hidden page runs it when it becomes visible. */
export class Refresher {
  #task = () => {};
  #usual = FIRST_RETRY;
  #failures = 0;
  /** @type {number | undefined} */
  #timer;
  #isDue = false;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#isDue && this.#run());
    addEventListener('online', () => this.#timer && this.#run());
  }

  /**
   * Run `task` after `seconds`. Call this after a success.
   *
   * @param {number} seconds
   * @param {() => void} task
   */
  restart(seconds, task) {
    this.#usual = seconds;
    this.#failures = 0;
    this.#wait(seconds, task);
  }

  /**
   * Run `task` soon, or later after each failure in a row. Call this after a failure.
   *
   * @param {() => void} task
   */
  retry(task) {
    const seconds = Math.min(this.#usual, FIRST_RETRY) * 2 ** this.#failures;
    this.#failures += 1;
    this.#wait(Math.min(seconds, LAST_RETRY), task);
  }

  /** Cancel the task. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
  }

  /**
   * @param {number} seconds
   * @param {() => void} task
   */
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
