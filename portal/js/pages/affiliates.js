/**
 * The owner's page of all affiliates.
 *
 * @import { Question } from '../api.js'
 * @import { Column } from '../tables/grid.js'
 * @import { Context, Page } from '../main.js'
 * @import { View } from '../view.js'
 *
 * @typedef {object} Figures
 * @property {number} clicks
 * @property {number} visitors
 * @property {number} orders
 * @property {number | null} conversionRate
 * @property {number | null} refundRate
 * @property {{currency: string, commissions: number}[]} money
 *
 * @typedef {Figures & {affiliateId: string, name: string | null, lastSeen: string | null}} Row
 * @typedef {object} Answer
 * @property {Row[]} rows
 * @property {Figures} total
 * @property {number} affiliates
 * @property {string | null} nextToken
 * @property {string} from
 * @property {string} to
 * @property {string} timeZone
 */

import { ageName, ageOf } from '../ages.js';
import { windowOf } from '../api.js';
import { WINDOW_NAMES, dateIn, figure, percentage, rangeName } from '../formats.js';
import { element } from '../page.js';
import { PAGE_ROWS, PagedList } from '../owner/paged.js';
import { Roster, affiliates } from '../owner/roster.js';
import { download } from '../tables/spreadsheet.js';
import { toSearch } from '../view.js';

const FIGURES = 'clicks visitors orders conversionRate refundRate money { currency commissions }';
const QUERY = `
query Affiliates($window: TimeWindow!, $zone: String, $from: String, $to: String, $nextToken: String) {
  affiliates(
    timeWindow: $window, timeZone: $zone, from: $from, to: $to,
    sortBy: Clicks, limit: ${PAGE_ROWS}, nextToken: $nextToken
  ) {
    rows { affiliateId name ${FIGURES} lastSeen }
    total { ${FIGURES} }
    affiliates nextToken from to timeZone
  }
}`;

/**
 * @param {HTMLElement} place
 * @param {Context} context
 * @returns {Page}
 */
export function makePage(place, context) {
  return new Affiliates(place, context);
}

class Affiliates {
  #context;
  #list = new PagedList();
  /** @type {Roster<Row>} */
  #roster;
  #range = element('p', { className: 'range' });
  #panel;
  #empty;
  /** @type {{answer: Answer, view: View} | null} */
  #shown = null;

  /**
   * @param {HTMLElement} place
   * @param {Context} context
   */
  constructor(place, context) {
    this.#context = context;
    const order = { title: 'Clicks', isDescending: true };
    this.#roster = new Roster({ id: 'affiliates', label: 'Table of affiliates', order, again: () => this.#read() });
    const save = element('button', { type: 'button', className: 'quiet' }, 'Download CSV');
    save.addEventListener('click', () => this.#download());
    const { search, status, list } = this.#roster.parts;
    const heading = element('div', { className: 'heading' }, element('h2', {}, 'Affiliates'), this.#range);
    heading.append(element('div', { className: 'choices' }, save));
    this.#panel = element('section', { className: 'panel owner', ariaLabel: 'Affiliates' }, heading);
    this.#panel.append(element('div', { className: 'tools' }, search, status), ...list);
    this.#empty = this.#makeEmpty();
    place.append(this.#panel, this.#empty);
  }

  /**
   * @param {View} view
   * @returns {Question}
   */
  question(view) {
    return asked(view, null);
  }

  /**
   * @param {Answer} answer
   * @param {View} view
   */
  show(answer, view) {
    this.#shown = { answer, view };
    this.#panel.classList.remove('loading');
    this.#panel.hidden = !answer.affiliates;
    this.#empty.hidden = !this.#panel.hidden;
    const range = rangeName(answer.from, answer.to, view.window === 'Last24Hours' ? 'Hour' : 'Day', answer.timeZone);
    this.#range.textContent = `${range}, ${answer.timeZone.replaceAll('_', ' ')}`;
    this.#read();
    return `${affiliates(answer.affiliates)}, ${figure(answer.total.clicks, null)} clicks`;
  }

  clear() {
    this.#shown = null;
    this.#list.clear();
    this.#roster.clear();
    this.#range.textContent = 'Loading \u2026';
    this.#panel.classList.add('loading');
    this.#panel.hidden = false;
    this.#empty.hidden = true;
  }

  #read() {
    if (!this.#shown) return;
    const { answer, view } = this.#shown;
    const ask = (/** @type {string} */ nextToken) => this.#context.ask(asked(view, nextToken));
    this.#list.start(answer, toSearch(view), ask, () => this.#fill());
  }

  #fill() {
    if (!this.#shown || !this.#list.reading.rows.length) return;
    const { answer, view } = this.#shown;
    const columns = toColumns(answer.total, Date.now());
    const name = `All ${affiliates(answer.affiliates)}`;
    const total = { ...answer.total, affiliateId: '', name, lastSeen: null };
    const totals = [[name, ...columns.map(({ text }) => text(total))]];
    this.#roster.show({ columns, rows: this.#list.reading.rows, totals }, this.#list.reading, view);
  }

  #download() {
    if (!this.#shown) return;
    const { answer, view } = this.#shown;
    download(fileName(view), toCells(this.#roster.found, answer.total));
  }

  #makeEmpty() {
    const longer = element('button', { type: 'button' }, 'Show the last 365 days');
    longer.addEventListener('click', () => this.#context.go({ window: 'Last365Days' }));
    return element(
      'section',
      { className: 'message', hidden: true },
      element('h2', {}, 'Nothing happened in this time'),
      element('p', {}, 'No affiliate had a visitor or an order. When someone follows a link, you will see it here in minutes.'),
      element('div', { className: 'choices' }, longer),
    );
  }
}

/**
 * @param {View} view
 * @param {string | null} nextToken
 * @returns {Question}
 */
function asked(view, nextToken) {
  return { query: QUERY, variables: { ...windowOf(view), nextToken }, pick: ({ affiliates: page }) => page };
}

/**
 * The columns after the name. Each currency has a column of its own.
 *
 * @param {Figures} total
 * @param {number} now in milliseconds
 * @returns {Column<Row>[]}
 */
function toColumns({ money }, now) {
  return [
    counts('Clicks', ({ clicks }) => clicks),
    counts('Visitors', ({ visitors }) => visitors),
    counts('Orders', ({ orders }) => orders),
    ...money.map(({ currency }) => commissions(currency, money.length > 1)),
    rates('Conversion rate', ({ conversionRate }) => conversionRate),
    rates('Refund rate', ({ refundRate }) => refundRate),
    {
      title: 'Last seen',
      kind: 'number',
      value: ({ lastSeen }) => lastSeen && Date.parse(lastSeen),
      text: ({ lastSeen }) => (lastSeen ? ageName(lastSeen, now) : ''),
      nodes: ({ lastSeen }) => (lastSeen ? [ageOf(lastSeen, now)] : []),
    },
  ];
}

/**
 * @param {string} title
 * @param {(row: Row) => number} value
 * @returns {Column<Row>}
 */
function counts(title, value) {
  return { title, kind: 'number', value, text: (row) => figure(value(row), null) };
}

/**
 * @param {string} currency
 * @param {boolean} isOneOfMany
 * @returns {Column<Row>}
 */
function commissions(currency, isOneOfMany) {
  const value = (/** @type {Row} */ { money }) => earned(money, currency);
  const title = isOneOfMany ? `Commission (${currency})` : 'Commission';
  return { title, kind: 'number', value, text: (row) => figure(value(row), currency) };
}

/**
 * @param {Figures['money']} money
 * @param {string} currency
 */
function earned(money, currency) {
  return money.find((each) => each.currency === currency)?.commissions ?? 0;
}

/**
 * @param {string} title
 * @param {(row: Row) => number | null} value
 * @returns {Column<Row>}
 */
function rates(title, value) {
  const text = (/** @type {number | null} */ rate) => (rate === null ? '\u2013' : percentage(rate));
  return { title, kind: 'number', value, text: (row) => text(value(row)) };
}

/**
 * Rows as cells for a spreadsheet, with plain numbers.
 *
 * @param {Row[]} rows
 * @param {Figures} total
 * @returns {(string | number)[][]}
 */
function toCells(rows, { money }) {
  const currencies = money.map(({ currency }) => currency);
  const titles = currencies.map((currency) => `Commission (${currency})`);
  const head = ['Affiliate', 'Name', 'Clicks', 'Visitors', 'Orders', ...titles, 'Conversion rate', 'Refund rate', 'Last seen'];
  const lines = rows.map((row) => [
    row.affiliateId,
    row.name ?? '',
    row.clicks,
    row.visitors,
    row.orders,
    ...currencies.map((currency) => earned(row.money, currency)),
    row.conversionRate ?? '',
    row.refundRate ?? '',
    row.lastSeen ?? '',
  ]);
  return [head, ...lines];
}

/** @param {View} view */
function fileName({ window, from, to, zone }) {
  const span = window === 'Custom' ? `${from}-to-${to}` : WINDOW_NAMES[window].toLowerCase();
  return `affiliates-${span}-${zone}-${dateIn(new Date(), zone)}.csv`.replace(/[ /]+/g, '-');
}
