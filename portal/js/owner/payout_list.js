/**
 * The panel that makes a payout list, and says what to do with it.
 *
 * @import { Owed } from './payouts.js'
 * @import { Reading } from './paged.js'
 */

import { currencyName, figure } from '../formats.js';
import { element, flash } from '../page.js';
import { sumOf, toPayoutCells, toPayouts } from './payouts.js';
import { affiliates } from './roster.js';
import { download } from '../tables/spreadsheet.js';

/**
 * @typedef {object} Account what can be paid
 * @property {string} currency
 * @property {Owed[]} rows
 * @property {string} day of the payout, such as 2026-11-28
 * @property {Reading['state']} state
 */

/** The panel, which is `place`. */
export class PayoutList {
  place = element('section', { className: 'panel owner payouts', ariaLabel: 'Payout list' });
  #smallest = element('input', { type: 'number', id: 'smallest', min: '0', step: 'any', inputMode: 'decimal', value: '0' });
  #label = element('label', { htmlFor: 'smallest' });
  #summary = element('output', { className: 'summary' });
  #save = element('button', { type: 'button' }, 'Download the payout list');
  #command = element('code');
  /** @type {Account | null} */
  #account = null;

  constructor() {
    const copy = element('button', { type: 'button', className: 'quiet' }, 'Copy');
    copy.addEventListener('click', () => this.#copy(copy));
    this.#smallest.addEventListener('input', () => this.#fill());
    this.#save.addEventListener('click', () => this.#download());
    const field = element('p', { className: 'field' }, this.#label, this.#smallest);
    this.place.append(
      element('div', { className: 'heading' }, element('h2', {}, 'Payout list')),
      element('div', { className: 'tools' }, field, this.#save, this.#summary),
      element('h3', {}, 'What comes next'),
      element(
        'ol',
        {},
        element('li', {}, 'Pay each amount on the list, through your bank or PayPal. This portal sends no money.'),
        element(
          'li',
          {},
          'Then record what you paid: in the folder of this project, run this line with the file. Write the name of your stage for dev.',
          element('div', { className: 'command' }, this.#command, copy),
        ),
        element('li', {}, 'A few minutes later the amounts are Paid here, and no longer Due. A payout is never recorded twice.'),
      ),
    );
  }

  /** @param {Account} account */
  show(account) {
    this.#account = account;
    this.#label.textContent = `Smallest amount (${account.currency})`;
    this.#command.textContent = `python -m infra.payouts record ${this.#file} --stage dev`;
    this.#fill();
  }

  get #id() {
    return `${this.#account?.day}-${this.#account?.currency}`;
  }

  get #file() {
    return `payouts-${this.#id}.csv`;
  }

  get #payouts() {
    const { rows, currency } = /** @type {Account} */ (this.#account);
    return toPayouts(rows, currency, Math.max(0, this.#smallest.valueAsNumber || 0));
  }

  #fill() {
    if (!this.#account) return;
    const { rows, currency, state } = this.#account;
    const payouts = this.#payouts;
    const isReady = state === 'whole' || state === 'cut';
    this.#save.disabled = !isReady || !payouts.length;
    const left = rows.filter(({ due }) => due > 0).length - payouts.length;
    const wait = left ? ` ${affiliates(left)} with less ${left === 1 ? 'waits' : 'wait'} for another time.` : '';
    const sum = `${affiliates(payouts.length)}, ${figure(sumOf(payouts, currency), currency)} in all.`;
    const text = payouts.length ? sum + wait : `Nobody is due as much in ${currencyName(currency)}.${wait}`;
    this.#summary.textContent = isReady ? text + ENDS[state] : 'The balances are not all loaded yet.';
  }

  #download() {
    if (!this.#account) return;
    download(this.#file, toPayoutCells(this.#payouts, this.#account.currency, this.#id));
  }

  /** @param {HTMLElement} button */
  async #copy(button) {
    try {
      await navigator.clipboard.writeText(this.#command.textContent ?? '');
      flash(button, 'Copied');
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotAllowedError')) throw error;
      flash(button, 'Your browser blocked copying');
    }
  }
}

const ENDS = { whole: '', cut: ' These are not all affiliates: the list above has an end.' };
