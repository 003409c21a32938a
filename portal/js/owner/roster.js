/**
 * A list of affiliates for the owner: sorted, searched, and with a way to each affiliate's own page.
 *
 * @import { Column } from '../tables/grid.js'
 * @import { Order } from '../tables/order.js'
 * @import { Reading } from './paged.js'
 * @import { View } from '../view.js'
 *
 * @typedef {{affiliateId: string, name: string | null}} Affiliate
 */

import { countOf, figure } from '../formats.js';
import { Grid } from '../tables/grid.js';
import { element, loadStyles, named } from '../page.js';
import { MOST_ROWS } from './paged.js';
import { changed, toSearch } from '../view.js';

await loadStyles('css/owner.css');

/**
 * The table of a page, and the line that says how many affiliates it shows.
 *
 * @template {Affiliate} Row
 */
export class Roster {
  /** @type {Grid<Row>} */
  #grid;
  #found = element('output', { className: 'found' });
  #progress = element('progress', { ariaLabel: 'Affiliates that are loaded', hidden: true });
  #again = element('button', { type: 'button', className: 'quiet', hidden: true }, 'Try again');
  #none = element('p', { className: 'none', hidden: true });
  /** @type {Reading} */
  #reading = { rows: [], count: 0, state: 'reading' };
  #size = 0;

  /** @param {{id: string, label: string, order: Order, again: () => void}} options `again` reads the list again */
  constructor({ id, label, order, again }) {
    this.#grid = new Grid({
      id,
      label,
      order,
      toKey: ({ affiliateId }) => affiliateId,
      toSearched: (row) => `${row.name ?? ''} ${row.affiliateId}`,
      onFound: () => this.#tell(),
    });
    this.#again.addEventListener('click', again);
  }

  /** The elements, for the page to arrange. */
  get parts() {
    const { search, box } = this.#grid.parts;
    const status = element('div', { className: 'status' }, this.#found, this.#progress, this.#again);
    return { search, status, list: [box, this.#none] };
  }

  /** The rows that the search has found, in the order of the table. */
  get found() {
    return this.#grid.found;
  }

  /**
   * Show rows. The first column, the affiliates' names, is always there.
   *
   * @param {{columns: Column<Row>[], rows: Row[], totals: string[][]}} sheet
   * @param {Reading} reading
   * @param {View} view
   */
  show({ columns, rows, totals }, reading, view) {
    this.#reading = reading;
    this.#size = rows.length;
    this.#grid.show({ columns: [nameColumn(view), ...columns], rows, totals, edition: toSearch(view) });
  }

  /** Remove the rows. */
  clear() {
    this.#grid.clear();
    this.#found.textContent = '';
    for (const each of [this.#progress, this.#again, this.#none]) each.hidden = true;
  }

  #tell() {
    const { rows, count, state } = this.#reading;
    const found = this.#grid.found.length;
    const number = found === this.#size ? affiliates(found) : `${figure(found, null)} of ${affiliates(this.#size)}`;
    this.#found.textContent = number + STATES[state](figure(rows.length, null), figure(count, null));
    this.#progress.hidden = state !== 'reading';
    this.#progress.max = Math.min(count, MOST_ROWS);
    this.#progress.value = rows.length;
    this.#again.hidden = state !== 'broken';
    this.#none.hidden = found > 0;
    this.#none.textContent = this.#grid.searched ? 'No affiliate has such a name or id.' : 'There is no such affiliate.';
  }
}

/**
 * A number of affiliates in words.
 *
 * @param {number} count
 */
export function affiliates(count) {
  return countOf(count, 'affiliate', 'affiliates');
}

/**
 * @param {View} view
 * @returns {Column<Affiliate>}
 */
function nameColumn(view) {
  return {
    title: 'Affiliate',
    kind: 'text',
    value: (row) => row.name ?? row.affiliateId,
    text: (row) => JSON.stringify([row.name, row.affiliateId]),
    nodes: ({ name, affiliateId }) => {
      const href = toSearch(changed(view, { page: 'figures', affiliate: affiliateId, filters: {} }));
      const link = element('a', { href }, named(name ?? affiliateId));
      link.dataset.view = '';
      return name === null ? [link] : [link, ' ', element('bdi', { className: 'id' }, affiliateId)];
    },
  };
}

/** @type {Record<Reading['state'], (read: string, count: string) => string>} */
const STATES = {
  whole: () => '',
  reading: (read, count) => ` (loading: ${read} of ${count})`,
  cut: (read, count) => ` (the list ends after ${read} of ${count})`,
  broken: (read, count) => ` (only ${read} of ${count} could be loaded)`,
};
