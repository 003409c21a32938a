/**
 * The figures by website, link, page and so on, as bars. A click on a name narrows the whole page to it.
 *
 * @import { Context } from './main.js'
 * @import { By, FilterName, Metric, View } from './view.js'
 *
 * @typedef {{currency: string, commissions: number, earningsPerClick: number | null}} Money
 * @typedef {object} Row
 * @property {string | null} name null for events that have none
 * @property {number} pageViews
 * @property {number} visitors
 * @property {number} clicks
 * @property {number | null} orders null if orders do not know what the rows are
 * @property {number | null} conversionRate
 * @property {Money[] | null} money
 * @typedef {{rows: Row[], more: number, total: Omit<Row, 'name'>}} Breakdown
 *
 * @typedef {object} Column
 * @property {string} title
 * @property {Metric | null} metric whose chart the column belongs to
 * @property {(row: Omit<Row, 'name'>) => number} size for the bars
 * @property {(row: Omit<Row, 'name'>) => string[]} texts
 */

import { METRIC_NAMES, countryName, figure, percentage } from './formats.js';
import { choice, element, named } from './page.js';
import { BREAKDOWNS } from './view.js';

const FIGURES = 'pageViews visitors clicks orders conversionRate money { currency commissions earningsPerClick }';

/** The field of the question, with the variables `$by` and `$limit`. */
export const BREAKDOWN = `breakdown(by: $by, timeWindow: $window, timeZone: $zone, from: $from, to: $to, limit: $limit, filter: $filter) {
  rows { name ${FIGURES} } more total { ${FIGURES} }
}`;

const FEW = 10;
/** The most rows that the API answers with. */
export const MOST_ROWS = 500;

/** @type {Record<By, string>} */
const TABS = {
  Website: 'Websites',
  Link: 'Links',
  LandingPage: 'Landing pages',
  Page: 'Pages',
  Referrer: 'Referrers',
  Campaign: 'Campaigns',
  Country: 'Countries',
  Device: 'Devices',
};
/** @type {Record<By, FilterName>} */
const FILTERS = {
  Website: 'website',
  Link: 'link',
  LandingPage: 'page',
  Page: 'page',
  Referrer: 'referrer',
  Campaign: 'campaign',
  Country: 'country',
  Device: 'device',
};

/** @type {Column[]} */
const COUNTS = [
  { title: METRIC_NAMES.Clicks, metric: 'Clicks', size: ({ clicks }) => clicks, texts: ({ clicks }) => [figure(clicks, null)] },
  { title: METRIC_NAMES.Visitors, metric: 'Visitors', size: ({ visitors }) => visitors, texts: ({ visitors }) => [figure(visitors, null)] },
  { title: METRIC_NAMES.PageViews, metric: 'PageViews', size: ({ pageViews }) => pageViews, texts: ({ pageViews }) => [figure(pageViews, null)] },
];
/** @type {Column[]} */
const MONEY = [
  { title: METRIC_NAMES.Orders, metric: 'Orders', size: ({ orders }) => orders ?? 0, texts: ({ orders }) => [figure(orders ?? 0, null)] },
  {
    title: 'Conversion',
    metric: null,
    size: () => 0,
    texts: ({ conversionRate }) => [conversionRate === null ? '\u2013' : percentage(conversionRate)],
  },
  {
    title: METRIC_NAMES.Commissions,
    metric: 'Commissions',
    size: ({ money }) => Math.max(0, ...(money ?? []).map(({ commissions }) => commissions)),
    texts: ({ money }) => (money?.length ? money.map(({ commissions, currency }) => figure(commissions, currency)) : ['0']),
  },
];

/** The panel with the tabs. */
export class BreakdownPanel {
  #context;
  #tabs = element('div', { className: 'tabs' });
  #head = element('thead');
  #body = element('tbody');
  #foot = element('tfoot');
  #more = element('button', { type: 'button', className: 'quiet', hidden: true });
  /** Whose rows are all shown. */
  #whole = '';

  /**
   * @param {HTMLElement} place
   * @param {Context} context
   */
  constructor(place, context) {
    this.#context = context;
    const title = element('legend', {}, element('h2', {}, 'What works'));
    const tabs = element('fieldset', { className: 'by' }, title, this.#tabs);
    this.#tabs.append(...BREAKDOWNS.map((by) => choice('by', by, element('span', {}, TABS[by]))));
    this.#tabs.addEventListener('change', ({ target }) => context.go({ by: /** @type {any} */ (target).value }));
    this.#body.addEventListener('click', ({ target }) => this.#filter(target));
    this.#more.addEventListener('click', () => {
      this.#whole = context.view().by;
      context.go({});
    });
    const table = element('table', { className: 'bars' }, this.#head, this.#body, this.#foot);
    const scrolled = element('div', { className: 'scrolled', role: 'region', ariaLabel: 'What works', tabIndex: 0 }, table);
    place.append(tabs, scrolled, this.#more);
  }

  /**
   * How many rows to ask for.
   *
   * @param {View} view
   */
  limit({ by }) {
    return this.#whole === by ? MOST_ROWS : FEW;
  }

  /**
   * @param {Breakdown} breakdown
   * @param {View} view
   */
  show({ rows, more, total }, view) {
    const hasMoney = total.orders !== null;
    const columns = hasMoney ? [...COUNTS, ...MONEY] : COUNTS;
    const measured = columns.find(({ metric }) => metric === view.metric) ?? columns[0];
    const most = Math.max(...rows.map((row) => measured.size(row)));
    for (const radio of this.#tabs.querySelectorAll('input')) radio.checked = radio.value === view.by;
    this.#head.replaceChildren(heading(view.by, columns, measured));
    const made = rows.map((row) => bodyRow(row, view, columns, measured, most));
    this.#body.replaceChildren(...(made.length ? made : [nothing(columns)]));
    this.#foot.replaceChildren(line(element('span', {}, 'All'), total, columns, measured));
    this.#more.hidden = more === 0 || rows.length >= MOST_ROWS;
    this.#more.textContent = `Show ${more <= MOST_ROWS - FEW ? `all ${figure(rows.length + more, null)}` : `the first ${MOST_ROWS} of ${figure(rows.length + more, null)}`}`;
  }

  clear() {
    for (const each of [this.#head, this.#body, this.#foot]) each.replaceChildren();
    this.#more.hidden = true;
  }

  /** @param {EventTarget | null} target */
  #filter(target) {
    const button = target instanceof Element && target.closest('button');
    if (!button) return;
    const { by, filters } = this.#context.view();
    const { [FILTERS[by]]: chosen, ...others } = filters;
    this.#context.go({ filters: chosen === button.value ? others : { ...others, [FILTERS[by]]: button.value } });
  }
}

/**
 * @param {By} by
 * @param {Column[]} columns
 * @param {Column} measured
 */
function heading(by, columns, measured) {
  const cells = columns.map((column) => cell('th', column, measured, column.title));
  for (const each of cells) each.setAttribute('scope', 'col');
  return element('tr', {}, element('th', { scope: 'col' }, TABS[by]), ...cells);
}

/**
 * @param {Row} row
 * @param {View} view
 * @param {Column[]} columns
 * @param {Column} measured
 * @param {number} most
 */
function bodyRow(row, { by, filters }, columns, measured, most) {
  const value = row.name ?? '';
  const text = row.name === null ? 'none' : by === 'Country' ? countryName(row.name) : row.name;
  const isChosen = filters[FILTERS[by]] === value;
  const button = element('button', { type: 'button', value, className: 'plain', ariaPressed: String(isChosen) }, named(text));
  button.title = isChosen ? `Show all again` : `Show only ${text}`;
  const bar = element('span', { className: 'bar' });
  bar.style.inlineSize = `${(100 * Math.max(0, measured.size(row))) / (most || 1)}%`;
  const made = line(element('span', { className: 'named' }, button, bar), row, columns, measured);
  if (row.name === null) made.classList.add('none');
  return made;
}

/**
 * @param {Node} first
 * @param {Omit<Row, 'name'>} row
 * @param {Column[]} columns
 * @param {Column} measured
 */
function line(first, row, columns, measured) {
  const cells = columns.map((column) => {
    const texts = column.texts(row);
    const made = cell('td', column, measured, ...texts.map((text) => element('span', { className: 'amount' }, text)));
    if (texts.every((text) => text === '0')) made.classList.add('zero');
    return made;
  });
  return element('tr', {}, element('th', { scope: 'row' }, first), ...cells);
}

/**
 * A cell. On a narrow page only some columns are shown, among them the one of the chosen metric.
 *
 * @param {'td' | 'th'} tag
 * @param {Column} column
 * @param {Column} measured
 * @param {...(Node | string)} children
 */
function cell(tag, column, measured, ...children) {
  const isMain = column === measured || column.metric === 'Commissions' || column.metric === 'Clicks';
  return element(tag, { className: isMain ? '' : 'minor' }, ...children);
}

/** @param {Column[]} columns */
function nothing(columns) {
  return element('tr', {}, element('td', { colSpan: columns.length + 1, className: 'nothing' }, 'Nothing in this time'));
}
