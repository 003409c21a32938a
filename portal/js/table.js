/** The figures as a table: sorted as the reader likes, copied, saved. */

import { figure } from './formats.js';
import { sum } from './figures.js';
import { element } from './page.js';

/** The column before those of figures. */
const TIME = -1;

/** What the table element `table` shows. */
export class Table {
  #table;
  #sheet;
  #order = { column: TIME, isDescending: true };

  constructor(table) {
    this.#table = table;
    table.tHead.addEventListener('click', ({ target }) => {
      const button = target.closest('button');
      if (button) this.#sortBy(Number(button.value));
    });
  }

  /** Show a sheet of `toSheet`. The order stays as the reader left it, while the columns do. */
  show(sheet) {
    if (sheet.columns.map(({ title }) => title).join() !== this.#sheet?.columns.map(({ title }) => title).join()) {
      this.#order = { column: TIME, isDescending: true };
      this.#table.tHead.replaceChildren(headings(sheet.columns));
    }
    this.#sheet = sheet;
    this.#fill();
  }

  /** Show nothing. */
  clear() {
    this.#sheet = undefined;
    for (const section of [this.#table.tHead, this.#table.tBodies[0], this.#table.tFoot]) section.replaceChildren();
  }

  /** What is shown, in its order: rows of texts and numbers, headings first, times in ISO 8601. */
  get cells() {
    const titles = ['Start', ...this.#sheet.columns.map(({ title }) => title), 'Partial'];
    return [titles, ...this.#rows().map((row) => [row.timestamp, ...row.values, row.note ? 'yes' : 'no'])];
  }

  #sortBy(column) {
    const isSame = this.#order.column === column;
    this.#order = { column, isDescending: isSame ? !this.#order.isDescending : true };
    this.#fill();
  }

  #fill() {
    const { columns, totals } = this.#sheet;
    const { column: sorted, isDescending } = this.#order;
    [...this.#table.tHead.rows[0].cells].forEach((cell, index) => {
      cell.ariaSort = index + TIME === sorted ? (isDescending ? 'descending' : 'ascending') : null;
    });
    this.#table.tBodies[0].replaceChildren(...this.#rows().map((row) => bodyRow(row, columns)));
    this.#table.tFoot.replaceChildren(line(this.#sheet.whole, totals, columns));
  }

  #rows() {
    const { column, isDescending } = this.#order;
    const direction = isDescending ? -1 : 1;
    const key = ({ position, values }) => (column === TIME ? position : values[column]);
    return this.#sheet.rows.toSorted((one, other) => direction * (key(one) - key(other)));
  }
}

/**
 * Figures (see figures.js) as a sheet `{columns: [{title, currency}], rows: [{position, name, timestamp, note, values}],
 * whole, totals}`: a column for each series, and one for all of a currency's together where there are several.
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

function groupColumns({ currency, series }, isOneOfMany) {
  const suffix = isOneOfMany ? ` (${currency})` : '';
  const columns = series.map(({ name, values, total }) => ({ title: name + suffix, currency, values, total }));
  if (series.length < 2) return columns;
  const values = series[0].values.map((_, bin) => sum(series.map((each) => each.values[bin])));
  return [...columns, { title: `All${suffix}`, currency, values, total: sum(series.map(({ total }) => total)) }];
}

function headings(columns) {
  const titles = ['Time', ...columns.map(({ title }) => title)];
  const buttons = titles.map((title, index) => element('button', { type: 'button', value: index + TIME }, title));
  const cells = buttons.map((button) => element('th', { scope: 'col' }, button));
  return element('tr', {}, ...cells);
}

function bodyRow({ timestamp, name, note, values }, columns) {
  const time = element('time', { dateTime: timestamp }, name);
  const row = line(time, values, columns);
  if (note) {
    row.className = 'partial';
    row.cells[0].append(' ', element('span', { className: 'tag' }, note));
  }
  return row;
}

function line(heading, values, columns) {
  const cells = values.map((value, index) => element('td', {}, figure(value, columns[index].currency)));
  return element('tr', {}, element('th', { scope: 'row' }, heading), ...cells);
}
