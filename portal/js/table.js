/**
 * The figures as a table that the user can sort, copy and save.
 *
 * @import { Figures, Group } from './figures.js'
 *
 * @typedef {{title: string, currency: string | null, values: number[], total: number}} Column
 * @typedef {{position: number, name: string, timestamp: string, note: string, values: number[]}} Row
 * @typedef {{columns: Column[], rows: Row[], whole: string, totals: number[]}} Sheet `whole` is the name of the window
 */

import { figure } from './formats.js';
import { sum } from './figures.js';
import { element } from './page.js';

/** The index of the first column. The columns of figures start at 0. */
const TIME = -1;

/** @type {Sheet} */
const EMPTY = { columns: [], rows: [], whole: '', totals: [] };

/** The contents of the page's table. */
export class Table {
  #head;
  #body;
  #foot;
  #sheet = EMPTY;
  #order = { column: TIME, isDescending: true };

  /** @param {ParentNode} place that has the table */
  constructor(place) {
    this.#head = section(place, 'thead');
    this.#body = section(place, 'tbody');
    this.#foot = section(place, 'tfoot');
    this.#head.addEventListener('click', ({ target }) => {
      const button = target instanceof Element && target.closest('button');
      if (button) this.#sortBy(Number(button.value));
    });
  }

  /**
   * Show a sheet. The sort order stays as long as the columns do.
   *
   * @param {Sheet} sheet
   */
  show(sheet) {
    if (titles(sheet).join() !== titles(this.#sheet).join()) {
      this.#order = { column: TIME, isDescending: true };
      this.#head.replaceChildren(headings(sheet));
    }
    this.#sheet = sheet;
    this.#fill();
  }

  /** Remove the contents. */
  clear() {
    this.#sheet = EMPTY;
    for (const each of [this.#head, this.#body, this.#foot]) each.replaceChildren();
  }

  /** The cells in the order of the page: the headings, then rows of texts and numbers, with times in ISO 8601. */
  get cells() {
    const rows = this.#rows().map((row) => [row.timestamp, ...row.values, row.note ? 'yes' : 'no']);
    return [['Start', ...titles(this.#sheet), 'Partial'], ...rows];
  }

  /** @param {number} column */
  #sortBy(column) {
    const isSame = this.#order.column === column;
    this.#order = { column, isDescending: isSame ? !this.#order.isDescending : true };
    this.#fill();
  }

  #fill() {
    const { columns, totals, whole } = this.#sheet;
    const { column: sorted, isDescending } = this.#order;
    [...this.#head.rows[0].cells].forEach((cell, index) => {
      cell.ariaSort = index + TIME === sorted ? (isDescending ? 'descending' : 'ascending') : null;
    });
    this.#body.replaceChildren(...this.#rows().map((row) => bodyRow(row, columns)));
    this.#foot.replaceChildren(line(whole, totals, columns));
  }

  #rows() {
    const { column, isDescending } = this.#order;
    const direction = isDescending ? -1 : 1;
    const key = (/** @type {Row} */ { position, values }) => (column === TIME ? position : values[column]);
    return this.#sheet.rows.toSorted((one, other) => direction * (key(one) - key(other)));
  }
}

/**
 * @param {ParentNode} place
 * @param {'thead' | 'tbody' | 'tfoot'} tag
 */
function section(place, tag) {
  return /** @type {HTMLTableSectionElement} */ (place.querySelector(tag));
}

/** @param {Sheet} sheet */
function titles({ columns }) {
  return columns.map(({ title }) => title);
}

/**
 * Figures as a sheet: a column for each series, and for each currency with several series a column of their sum.
 *
 * @param {Figures} figures
 * @param {string[]} names of the bins
 * @param {string} whole the name of the window
 * @returns {Sheet}
 */
export function toSheet({ bins, groups }, names, whole) {
  const columns = groups.flatMap((group) => groupColumns(group, groups.length > 1));
  const rows = bins.map(({ timestamp, partial }, position) => ({
    position,
    timestamp,
    name: names[position],
    note: partial ? (position === bins.length - 1 ? 'so far' : 'incomplete') : '',
    values: columns.map(({ values }) => values[position]),
  }));
  return { columns, rows, whole, totals: columns.map(({ total }) => total) };
}

/**
 * @param {Group} group
 * @param {boolean} isOneOfMany
 */
function groupColumns({ currency, series }, isOneOfMany) {
  const suffix = isOneOfMany ? ` (${currency})` : '';
  const columns = series.map(({ name, values, total }) => ({ title: name + suffix, currency, values, total }));
  if (series.length < 2) return columns;
  const values = series[0].values.map((_, bin) => sum(series.map((each) => each.values[bin])));
  return [...columns, { title: `All${suffix}`, currency, values, total: sum(series.map(({ total }) => total)) }];
}

/** @param {Sheet} sheet */
function headings(sheet) {
  const buttons = ['Time', ...titles(sheet)].map((title, index) =>
    element('button', { type: 'button', value: String(index + TIME) }, title),
  );
  const cells = buttons.map((button) => element('th', { scope: 'col' }, button));
  return element('tr', {}, ...cells);
}

/**
 * @param {Row} row
 * @param {Column[]} columns
 */
function bodyRow({ timestamp, name, note, values }, columns) {
  const time = element('time', { dateTime: timestamp }, name);
  const row = line(time, values, columns);
  if (note) {
    row.className = 'partial';
    row.cells[0].append(' ', element('span', { className: 'tag' }, note));
  }
  return row;
}

/**
 * @param {Node | string} heading
 * @param {number[]} values
 * @param {Column[]} columns
 */
function line(heading, values, columns) {
  const cells = values.map((value, index) => element('td', {}, figure(value, columns[index].currency)));
  return element('tr', {}, element('th', { scope: 'row' }, heading), ...cells);
}
