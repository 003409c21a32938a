/**
 * A table that fits any screen: where it is narrow, each row becomes a card.
 *
 * @typedef {{name: string, title: string}} Column `name` is the class of the cells
 * @typedef {Node | string} Cell
 */

import { element } from '../page.js';

/** The first cell of each row is its heading. */
export class StackedTable {
  #columns;
  #body = element('tbody', { role: 'rowgroup' });
  #foot = element('tfoot', { role: 'rowgroup', hidden: true });

  /**
   * @param {Column[]} columns
   * @param {Partial<HTMLTableElement>} properties
   */
  constructor(columns, properties) {
    this.#columns = columns;
    const cells = columns.map(({ name, title }) =>
      element('th', { scope: 'col', role: 'columnheader', className: name }, title),
    );
    const head = element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...cells));
    // The roles are written out because a row that CSS shows as a card loses its own.
    this.table = element('table', { role: 'table', ...properties }, head, this.#body, this.#foot);
    this.table.classList.add('stacked');
  }

  /** @param {Cell[][]} rows */
  show(rows) {
    this.#body.replaceChildren(...rows.map((cells) => this.#row(cells)));
  }

  /** @param {Cell[][]} rows */
  append(rows) {
    this.#body.append(...rows.map((cells) => this.#row(cells)));
  }

  /**
   * Show the row of the sums.
   *
   * @param {Cell[]} cells
   */
  showSums(cells) {
    this.#foot.hidden = false;
    this.#foot.replaceChildren(this.#row(cells));
  }

  /** @param {Cell[]} cells */
  #row([heading, ...cells]) {
    const [first, ...others] = this.#columns;
    const made = cells.map((cell, index) => {
      const { name, title } = others[index];
      const td = element('td', { role: 'cell', className: name }, cell);
      td.dataset.title = title; // the card's label
      return td;
    });
    const th = element('th', { scope: 'row', role: 'rowheader', className: first.name }, heading);
    return element('tr', { role: 'row' }, th, ...made);
  }
}
