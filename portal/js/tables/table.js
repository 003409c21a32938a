/**
 * The figures of a chart as a table that the user can open, sort, copy and save.
 *
 * @import { Drawing } from '../charts/charts.js'
 * @import { Column, Heading, Sheet, Whole } from './sheet.js'
 */

import { copyButton } from '../copying.js';
import { dateIn, figure } from '../formats.js';
import { element } from '../page.js';
import { NEWEST_FIRST, TIME, sorted, toCells, toLines, toSheet } from './sheet.js';
import { download, fileName, toTabs } from './spreadsheet.js';

/** A table in an element of the page. It is filled when it is opened, because most people look only at the chart. */
export class Table {
  #title = element('summary', {});
  #details = element('details', {}, this.#title);
  #head = element('thead', {});
  #body = element('tbody', {});
  #foot = element('tfoot', {});
  /** @type {HTMLTableRowElement[]} in the order of time */
  #rows = [];
  #order = NEWEST_FIRST;
  /** @type {{drawing: Drawing, whole: Whole, text: string} | null} */
  #given = null;
  /** @type {Sheet | null} null until the table is filled */
  #sheet = null;

  /** @param {HTMLElement} place an empty element */
  constructor(place) {
    const scrolled = element('div', { className: 'scrolled', role: 'region', tabIndex: 0 });
    scrolled.ariaLabel = 'Scrollable table';
    scrolled.append(element('table', {}, this.#head, this.#body, this.#foot));
    this.#details.append(scrolled);
    this.#details.addEventListener('toggle', () => this.#fill());
    this.#head.addEventListener('click', ({ target }) => {
      const button = target instanceof Element && target.closest('button');
      if (button) this.#sortBy(Number(button.value));
    });
    place.classList.add('data');
    place.append(this.#details, this.#buttons());
    this.clear();
  }

  /**
   * Show the figures of a chart. The sort order stays as long as the columns do. Nothing happens if the table shows the
   * same already.
   *
   * @param {Drawing} drawing
   * @param {Whole} whole
   */
  show(drawing, whole) {
    const text = JSON.stringify([drawing, whole]);
    if (text === this.#given?.text) return;
    this.#given = { drawing, whole, text };
    this.#sheet = null;
    this.#title.textContent = `Figures by ${drawing.interval.toLowerCase()}`;
    this.#fill();
  }

  /** Remove the figures. */
  clear() {
    this.#given = this.#sheet = null;
    this.#rows = [];
    this.#title.textContent = 'Figures';
    for (const each of [this.#head, this.#body, this.#foot]) each.replaceChildren();
  }

  #buttons() {
    const copy = copyButton(() => this.#text, { className: 'quiet' });
    const save = element('button', { type: 'button', className: 'quiet' }, 'Download CSV');
    save.addEventListener('click', () => {
      if (this.#given) saveLines(this.#given);
    });
    return element('div', { className: 'choices' }, copy, save);
  }

  /** The table as text for a spreadsheet, in its order. */
  get #text() {
    if (!this.#given) return ''; // the figures are still loading
    return toTabs(toCells(this.#sheet ?? toSheet(this.#given.drawing, this.#given.whole), this.#order));
  }

  #fill() {
    if (!this.#details.open || !this.#given || this.#sheet) return;
    const sheet = toSheet(this.#given.drawing, this.#given.whole);
    const titles = sheet.columns.map(({ title }) => title);
    if (titles.join() !== this.#titles().join()) {
      this.#order = NEWEST_FIRST;
      this.#head.replaceChildren(headRow(titles));
    }
    this.#sheet = sheet;
    this.#rows = sheet.headings.map((heading, row) => bodyRow(heading, row, sheet.columns));
    const totals = sheet.columns.map(({ total, currency }) => cell(total, currency));
    this.#foot.replaceChildren(element('tr', {}, rowHeading(sheet.whole), ...totals));
    this.#sort(sheet);
  }

  /** The titles of the columns of figures that are on the page. */
  #titles() {
    return [...this.#head.querySelectorAll('button')].slice(1).map(({ textContent }) => textContent);
  }

  /** @param {number} column */
  #sortBy(column) {
    const isSame = this.#order.column === column;
    this.#order = { column, isDescending: isSame ? !this.#order.isDescending : true };
    if (this.#sheet) this.#sort(this.#sheet);
  }

  /** @param {Sheet} sheet */
  #sort(sheet) {
    const { column, isDescending } = this.#order;
    [...this.#head.rows[0].cells].forEach((each, index) => {
      each.ariaSort = index + TIME === column ? (isDescending ? 'descending' : 'ascending') : null;
    });
    this.#body.replaceChildren(...sorted(sheet, this.#order).map((row) => this.#rows[row]));
  }
}

/** @param {{drawing: Drawing, whole: Whole}} shown */
function saveLines({ drawing, whole: { view } }) {
  download(fileName(view, dateIn(new Date(), view.zone)), toLines(drawing));
}

/** @param {string[]} titles */
function headRow(titles) {
  const buttons = ['Time', ...titles].map((title, index) =>
    element('button', { type: 'button', value: String(index + TIME) }, title),
  );
  return element('tr', {}, ...buttons.map((button) => element('th', { scope: 'col' }, button)));
}

/**
 * @param {Heading} heading
 * @param {number} row
 * @param {Column[]} columns
 */
function bodyRow({ timestamp, name, note }, row, columns) {
  const time = element('time', { dateTime: timestamp }, name);
  const heading = note ? rowHeading(time, ' ', element('span', { className: 'tag' }, note)) : rowHeading(time);
  const cells = columns.map(({ values, currency }) => cell(values[row], currency));
  return element('tr', { className: note ? 'partial' : '' }, heading, ...cells);
}

/** @param {...(Node | string)} children */
function rowHeading(...children) {
  return element('th', { scope: 'row' }, ...children);
}

/**
 * @param {number | undefined} value
 * @param {string | null} currency
 */
function cell(value, currency) {
  if (value === undefined) return element('td', {});
  return element('td', { className: value ? '' : 'zero' }, figure(value, currency));
}
