/**
 * A table that its reader can sort and search, for lists of some thousand rows.
 *
 * @import { Order } from './order.js'
 */

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {'text' | 'number'} kind texts are sorted from A to Z at first, numbers from the largest
 * @property {(row: Row) => string | number | null} value what to sort by
 * @property {(row: Row) => string} text what the cell shows
 * @property {(row: Row) => (Node | string)[]} [nodes] the same as elements, such as a link
 */

/**
 * @template Row
 * @typedef {object} Sheet
 * @property {Column<Row>[]} columns the first one names the row
 * @property {Row[]} rows
 * @property {string[][]} totals the cells of each line at the bottom
 * @property {string} edition cells with the same text are made again only if this is another one
 */

/**
 * @template Row
 * @typedef {object} Options
 * @property {string} id a part of the ids of elements
 * @property {string} label what the table is, for screen readers
 * @property {(row: Row) => string} toKey what makes a row the same after new figures have come
 * @property {(row: Row) => string} toSearched the text that the search looks at
 * @property {Order} order
 * @property {() => void} onFound called when `found` has changed
 */

import { arranged, isMatch, wordsOf, turned } from './order.js';
import { element } from '../page.js';
import { widthsOf } from './widths.js';

/** How much is done before the browser may draw and react: a line that is moved counts as 1, a new one as `NEW`. */
const SLICE = 500;
const NEW = 5;

/**
 * The search field, and the table in a box that scrolls: see `parts`.
 *
 * @template Row
 */
export class Grid {
  #options;
  #search;
  #head = element('thead', { role: 'rowgroup' });
  #body = element('tbody', { role: 'rowgroup' });
  #foot = element('tfoot', { role: 'rowgroup' });
  #table = element('table', { role: 'table' }, this.#head, this.#body, this.#foot);
  #box;
  #field;
  /** @type {Sheet<Row>} */
  #sheet = { columns: [], rows: [], totals: [], edition: '' };
  /** @type {Map<string, {line: HTMLTableRowElement, texts: string[]}>} by the key of the row */
  #lines = new Map();
  /** @type {Row[]} */
  #found = [];
  #order;
  #frame = 0;

  /** @param {Options<Row>} options */
  constructor(options) {
    this.#options = options;
    this.#order = options.order;
    const id = `search-${options.id}`;
    this.#search = element('input', { type: 'search', id, autocomplete: 'off', spellcheck: false });
    this.#field = element('p', { className: 'field search' }, element('label', { htmlFor: id }, 'Search'), this.#search);
    const shape = { role: 'region', ariaLabel: options.label, tabIndex: 0, className: 'scrolled grid' };
    this.#box = element('div', shape, this.#table);
    this.#search.addEventListener('input', () => this.#lookAgain());
    this.#head.addEventListener('click', (event) => this.#sort(event));
    this.#body.addEventListener('click', (event) => this.#open(event));
    addEventListener('beforeprint', () => this.#place(this.#found, 0, Infinity));
  }

  /** The elements, for the page to arrange. */
  get parts() {
    return { search: this.#field, box: this.#box };
  }

  /** The rows that the search has found, in the order of the table. */
  get found() {
    return this.#found;
  }

  /** What the reader searches for. */
  get searched() {
    return this.#search.value.trim();
  }

  /**
   * Show a sheet. The order, the search, the place in the list and the focus stay as they are.
   *
   * @param {Sheet<Row>} sheet
   */
  show(sheet) {
    const isSame = titles(sheet).join('\n') === titles(this.#sheet).join('\n');
    if (!isSame) this.#head.replaceChildren(headings(sheet.columns));
    if (!isSame || sheet.edition !== this.#sheet.edition) this.#drop();
    this.#sheet = sheet;
    this.#setWidths();
    this.#foot.replaceChildren(...sheet.totals.map((texts) => this.#total(texts)));
    this.#find();
  }

  /** Remove the rows. */
  clear() {
    this.#sheet = { ...this.#sheet, rows: [], totals: [] };
    this.#drop();
    this.#foot.replaceChildren();
    this.#found = [];
  }

  #setWidths() {
    const widths = widthsOf(this.#sheet);
    const { style } = this.#table;
    style.setProperty('--least', `calc(${widths.join(' + ')})`);
    widths.forEach((width, index) => style.setProperty(`--column-${index}`, `1 0 ${width}`));
  }

  #drop() {
    cancelAnimationFrame(this.#frame);
    this.#lines.clear();
    this.#body.replaceChildren();
  }

  /** Sort and search, then show what is found. */
  #find() {
    const { columns, rows } = this.#sheet;
    const words = wordsOf(this.#search.value);
    const found = words.length ? rows.filter((row) => isMatch(this.#options.toSearched(row), words)) : rows;
    if (!columns.some(({ title }) => title === this.#order.title)) this.#order = this.#options.order;
    const column = columns.find(({ title }) => title === this.#order.title);
    this.#found = column ? arranged(found, column.value, this.#order) : found;
    this.#markOrder();
    this.#place(this.#found, 0, SLICE);
    this.#options.onFound();
  }

  #lookAgain() {
    this.#box.scrollTop = 0;
    this.#find();
  }

  /** @param {MouseEvent} event */
  #sort({ target }) {
    const button = target instanceof Element && target.closest('button');
    const column = button && this.#sheet.columns.find(({ title }) => title === button.value);
    if (!column) return;
    this.#order = turned(this.#order, column);
    this.#lookAgain();
  }

  #markOrder() {
    const { title: sorted, isDescending } = this.#order;
    this.#sheet.columns.forEach(({ title }, index) => {
      this.#head.rows[0].cells[index].ariaSort = title !== sorted ? null : isDescending ? 'descending' : 'ascending';
    });
  }

  /**
   * Follow the link of a row after a click anywhere on it, unless the reader was selecting a text.
   *
   * @param {MouseEvent} event
   */
  #open({ target }) {
    if (!(target instanceof Element) || target.closest('a') || !getSelection()?.isCollapsed) return;
    target.closest('tr')?.querySelector('a')?.click();
  }

  /**
   * Put the lines of these rows in this order, some at a time. What stands at its place already is left alone.
   *
   * @param {Row[]} rows
   * @param {number} start the number of lines that are at their place
   * @param {number} most how much to do before the browser draws
   */
  #place(rows, start, most) {
    cancelAnimationFrame(this.#frame);
    if (!start) this.#removeOthers(rows);
    const focused = this.#body.contains(document.activeElement) ? document.activeElement : null;
    const end = this.#placeSome(rows, start, most);
    // A line that is moved loses the focus.
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    if (end < rows.length) this.#frame = requestAnimationFrame(() => this.#place(rows, end, most));
  }

  /**
   * @param {Row[]} rows
   * @param {number} start
   * @param {number} most
   * @returns {number} of lines that are at their place now
   */
  #placeSome(rows, start, most) {
    let [end, done] = [start, 0];
    /** @type {Element | null} */
    let next = this.#body.rows[start] ?? null;
    for (; end < rows.length && done < most; end += 1) {
      const isNew = !this.#lines.has(this.#options.toKey(rows[end]));
      const line = this.#line(rows[end]);
      if (line === next) {
        next = next.nextElementSibling;
      } else {
        this.#body.insertBefore(line, next);
        done += isNew ? NEW : 1;
      }
    }
    return end;
  }

  /** @param {Row[]} rows */
  #removeOthers(rows) {
    const keys = new Set(rows.map(this.#options.toKey));
    for (const [key, { line }] of this.#lines) {
      if (!keys.has(key)) line.remove();
    }
  }

  /** @param {Row} row */
  #line(row) {
    const key = this.#options.toKey(row);
    const known = this.#lines.get(key) ?? this.#newLine(key);
    this.#sheet.columns.forEach((column, index) => {
      const text = column.text(row);
      if (text === known.texts[index]) return;
      known.texts[index] = text;
      const cell = known.line.cells[index];
      cell.replaceChildren(...(column.nodes?.(row) ?? [text]));
      cell.classList.toggle('zero', column.value(row) === 0);
      cell.classList.toggle('long', text.length > 14);
    });
    return known.line;
  }

  /** @param {string} key */
  #newLine(key) {
    const line = element('tr', { role: 'row' }, ...this.#sheet.columns.map(emptyCell));
    const known = { line, texts: /** @type {string[]} */ ([]) };
    this.#lines.set(key, known);
    return known;
  }

  /** @param {string[]} texts */
  #total(texts) {
    const cells = this.#sheet.columns.map(emptyCell);
    cells.forEach((cell, index) => cell.append(texts[index]));
    return element('tr', { role: 'row' }, ...cells);
  }
}

/** @param {Sheet<any>} sheet */
function titles({ columns }) {
  return columns.map(({ title }) => title);
}

/** @param {Column<any>[]} columns */
function headings(columns) {
  const cells = columns.map(({ title }, index) => {
    const button = element('button', { type: 'button', value: title }, title);
    return sized(element('th', { role: 'columnheader', scope: 'col' }, button), index);
  });
  return element('tr', { role: 'row' }, ...cells);
}

/**
 * A cell. On a phone a row is a card: it has no column, so each cell knows its heading, and its role.
 *
 * @param {Column<any>} column
 * @param {number} index
 */
function emptyCell({ title }, index) {
  if (index === 0) return sized(element('th', { role: 'rowheader', scope: 'row' }), index);
  const cell = element('td', { role: 'cell' });
  cell.dataset.label = title;
  return sized(cell, index);
}

/**
 * @template {HTMLElement} Cell
 * @param {Cell} cell
 * @param {number} index
 */
function sized(cell, index) {
  cell.style.flex = `var(--column-${index})`;
  return cell;
}
