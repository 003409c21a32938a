/**
 * The figures of each bin as a table.
 *
 * @import { ChartGroup } from './charts.js'
 * @import { Bin } from './figures.js'
 * @import { Interval, Metric } from './view.js'
 *
 * @typedef {{bins: Bin[], interval: Interval, metric: Metric, groups: ChartGroup[], whole: string}} Sheet `whole` is the
 * name of the window
 */

import { binNames, binSums, figure } from './formats.js';
import { element } from './page.js';

/** The table in a `details` element. It is filled when it is opened. */
export class Table {
  #details;
  #body = element('tbody');
  /** @type {Sheet | null} */
  #sheet = null;

  /** @param {HTMLDetailsElement} details */
  constructor(details) {
    this.#details = details;
    details.append(element('summary', {}, 'Figures'), element('div', { className: 'scrolled' }, element('table', {}, this.#body)));
    details.addEventListener('toggle', () => this.#fill());
  }

  /** @param {Sheet} sheet */
  show(sheet) {
    this.#sheet = sheet;
    this.#fill();
  }

  clear() {
    this.#sheet = null;
    this.#body.replaceChildren();
  }

  /** The rows for a spreadsheet. */
  get rows() {
    const { bins, groups } = this.#sheet ?? { bins: [], groups: [] };
    return groups.flatMap(({ series }) => series.flatMap(({ name, values }) => bins.map(({ timestamp }, bin) => [timestamp, name, values[bin]])));
  }

  #fill() {
    if (!this.#details.open || !this.#sheet) return;
    const { bins, interval, groups } = this.#sheet;
    const sums = groups.map(({ series }) => binSums(series));
    const rows = binNames(bins, interval).map((name, bin) => {
      const cells = sums.map((each, index) => element('td', {}, figure(each[bin], groups[index].currency)));
      return element('tr', {}, element('th', { scope: 'row' }, name), ...cells);
    });
    this.#body.replaceChildren(...rows);
  }
}
