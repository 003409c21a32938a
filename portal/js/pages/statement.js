/**
 * The page "Statement": a month's figures, sales and refunds, and the balance, for printing.
 *
 * @import { Entry, EntryPage } from '../entries.js'
 * @import { Context, Page } from '../main.js'
 * @import { Balance } from './figures.js'
 * @import { View } from '../view.js'
 *
 * @typedef {{currency: string, commissions: number}} Money
 * @typedef {{clicks: number, visitors: number, orders: number | null, money: Money[] | null}} Figures
 * @typedef {{rows: (Figures & {name: string | null})[], more: number, total: Figures, from: string, to: string, timeZone: string}} Breakdown
 * @typedef {{id: string, breakdown: Breakdown, entries: EntryPage, balance: Balance[]}} Answer
 */

import { ofAffiliate } from '../api.js';
import { BALANCE } from '../cards.js';
import {
  ENTRIES,
  ENTRY_TYPES,
  LARGEST_PAGE,
  entriesAfter,
  entryCells,
  entryTable,
  entryVariables,
  stateLegend,
} from '../entries.js';
import { toAdvice } from '../failures.js';
import { countOf, dateIn, figure, momentName, monthName, rangeName, timestampIn } from '../formats.js';
import { isAbort } from '../network.js';
import { element, loadStyles, named } from '../page.js';
import { StackedTable } from '../tables/stacked.js';
import { zoneLabel } from '../zones.js';

await loadStyles('css/pages.css');

/** The months to choose from, this one included. */
const MONTHS = 24;

/** The most entries of a statement. Printed, they are some thirty pages. */
const MOST_ENTRIES = 1_000;

const FIELDS = `id
  breakdown(by: Website, timeWindow: $window, timeZone: $zone, from: $from, to: $to, limit: 500) {
    rows { name clicks visitors orders money { currency commissions } }
    more from to timeZone
    total { clicks visitors orders money { currency commissions } }
  }
  ${ENTRIES}
  ${BALANCE}`;

/**
 * @param {HTMLElement} place
 * @param {Context} context
 * @returns {Page}
 */
export function makePage(place, context) {
  return new Statement(place, context);
}

/** The statement of one month. */
class Statement {
  #context;
  #month = element('select', { id: 'statement-month' });
  #print = element('button', { type: 'button' }, 'Print');
  #sheet = element('article', { className: 'panel sheet' });
  #table = entryTable('Sales and refunds of the month');
  #note = element('p', { className: 'note', role: 'status' });
  #shown = '';

  /**
   * @param {HTMLElement} place
   * @param {Context} context
   */
  constructor(place, context) {
    this.#context = context;
    const label = element('label', { htmlFor: this.#month.id }, 'Month');
    const choice = element('div', { className: 'field' }, label, this.#month);
    place.classList.add('statement');
    place.replaceChildren(element('div', { className: 'month' }, choice, this.#print), this.#sheet);
    this.#month.addEventListener('change', () => context.go({ month: this.#month.value }));
    this.#print.addEventListener('click', () => print());
  }

  /** @param {View} view */
  question(view) {
    this.#showMonths(view);
    const month = ofMonth(view);
    return ofAffiliate(month, FIELDS, entryVariables(month, LARGEST_PAGE), ENTRY_TYPES);
  }

  /**
   * @param {Answer} answer
   * @param {View} view
   */
  show(answer, view) {
    const shown = JSON.stringify([monthOf(view), answer]);
    const title = monthName(monthOf(view));
    if (shown === this.#shown) return `Statement of ${title}`;
    this.#shown = shown;
    const now = momentName(timestampIn(new Date(), answer.breakdown.timeZone));
    this.#table.show(answer.entries.entries.map(entryCells));
    this.#sheet.className = 'panel sheet';
    this.#sheet.replaceChildren(
      head(answer, title, now),
      totals(answer.breakdown.total),
      section('By website', ...byWebsite(answer.breakdown)),
      section('Balance', ...balance(answer.balance, now)),
      section('Sales and refunds', ...this.#entries(answer.entries)),
    );
    this.#complete(answer.entries, view, shown);
    return `Statement of ${title}`;
  }

  clear() {
    this.#shown = '';
    this.#print.disabled = true;
    this.#sheet.className = 'panel sheet skeleton';
    this.#sheet.replaceChildren();
  }

  /** @param {View} view */
  #showMonths(view) {
    const months = monthsUntil(dateIn(new Date(), view.zone).slice(0, 7));
    const chosen = monthOf(view);
    const all = months.includes(chosen) ? months : [chosen, ...months];
    const names = all.map((each) => monthName(each) + (each === months[0] ? ' (so far)' : ''));
    if (names.join() !== [...this.#month.options].map(({ text }) => text).join()) {
      this.#month.replaceChildren(...all.map((each, index) => new Option(names[index], each)));
    }
    this.#month.value = chosen;
  }

  /** @param {EntryPage} page */
  #entries({ entries }) {
    if (!entries.length) return [element('p', {}, 'There were none in this month.')];
    return [stateLegend(), this.#table.table, this.#note];
  }

  /**
   * Load the entries after the first page, and then allow printing.
   *
   * @param {EntryPage} first
   * @param {View} view
   * @param {string} shown what the page shows, for which the entries are
   */
  async #complete({ entries, nextToken }, view, shown) {
    const count = (/** @type {number} */ more) => countOf(entries.length + more, 'entry', 'entries');
    this.#note.textContent = nextToken ? `Loading more: ${count(0)} so far \u2026` : '';
    this.#print.disabled = nextToken !== null;
    try {
      const onProgress = (/** @type {number} */ more) => this.#note.textContent = `Loading more: ${count(more)} so far \u2026`;
      const most = MOST_ENTRIES - entries.length;
      const rest = await entriesAfter(this.#context, ofMonth(view), nextToken, most, onProgress);
      if (shown !== this.#shown) return;
      this.#table.append(rest.entries.map(entryCells));
      this.#note.textContent = rest.isAll ? '' : `These are the newest ${count(rest.entries.length)}. The sums above are of all entries.`;
    } catch (error) {
      if (shown !== this.#shown) return;
      if (isAbort(error)) {
        this.#shown = ''; // the next answer begins again
        return;
      }
      const { title } = toAdvice(error);
      this.#note.textContent = `${title}: these are the newest ${count(0)}. The sums above are of all entries.`;
    }
    this.#print.disabled = false;
  }
}

/**
 * The view whose time window is the statement's month. A statement has no filters.
 *
 * @param {View} view
 * @returns {View}
 */
function ofMonth(view) {
  const month = monthOf(view);
  const [year, number] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return { ...view, window: 'Custom', from: `${month}-01`, to: `${month}-${last}`, filters: {} };
}

/**
 * The chosen month, or else the month before this one.
 *
 * @param {View} view
 */
function monthOf({ month, zone }) {
  return month || monthsUntil(dateIn(new Date(), zone).slice(0, 7))[1];
}

/**
 * Months up to one, the latest first.
 *
 * @param {string} month
 */
function monthsUntil(month) {
  const [year, number] = month.split('-').map(Number);
  return Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(year, number - 1 - back)).toISOString().slice(0, 7));
}

/**
 * @param {Answer} answer
 * @param {string} month
 * @param {string} now
 */
function head({ id, breakdown: { from, to, timeZone } }, month, now) {
  const isOver = timestampIn(new Date(), timeZone) >= to.slice(0, 19);
  return element(
    'div',
    {},
    element('h2', {}, `Statement, ${month}${isOver ? '' : ' so far'}`),
    list('facts', [
      ['Affiliate', named(id)],
      ['Period', rangeName(from, to, 'Day', timeZone)],
      ['Time zone', zoneLabel(timeZone)],
      ['Issued', now],
    ]),
  );
}

/** @param {Figures} total */
function totals({ clicks, visitors, orders, money }) {
  return list('totals', [
    ['Clicks', figure(clicks, null)],
    ['Visitors', figure(visitors, null)],
    ['Orders', figure(orders ?? 0, null)],
    ['Commission', sums(money)],
  ]);
}

/** @param {Breakdown} breakdown */
function byWebsite({ rows, more, total }) {
  if (!rows.length) return [element('p', {}, 'There were no visitors and no orders in this month.')];
  const websites = new StackedTable(WEBSITE_COLUMNS, { className: 'websites' });
  websites.show(rows.map((each) => websiteCells(each.name === null ? '(none)' : named(each.name), each)));
  websites.showSums(websiteCells('All websites', total));
  if (!more) return [websites.table];
  const others = `The sums include ${countOf(more, 'smaller website', 'smaller websites')}.`;
  return [websites.table, element('p', { className: 'note' }, others)];
}

/**
 * @param {Node | string} heading
 * @param {Figures} figures
 */
function websiteCells(heading, { clicks, visitors, orders, money }) {
  return [heading, ...[clicks, visitors, orders ?? 0].map((value) => figure(value, null)), sums(money)];
}

/**
 * @param {Balance[]} balances
 * @param {string} now
 */
function balance(balances, now) {
  const about = element('p', { className: 'note' }, `All that you have earned until ${now}, not only in this month.`);
  if (!balances.length) return [about, element('p', {}, 'There were no orders yet.')];
  const currencies = new StackedTable(BALANCE_COLUMNS, { className: 'balance' });
  currencies.show(
    balances.map(({ currency, ...amounts }) => [
      currency,
      ...[amounts.held, amounts.due, amounts.paid].map((amount) => figure(amount, currency)),
    ]),
  );
  return [about, currencies.table];
}

/** @type {import('../tables/stacked.js').Column[]} */
const WEBSITE_COLUMNS = [
  { name: 'website', title: 'Website' },
  { name: 'count', title: 'Clicks' },
  { name: 'count', title: 'Visitors' },
  { name: 'count', title: 'Orders' },
  { name: 'amount', title: 'Commission' },
];

/** @type {import('../tables/stacked.js').Column[]} */
const BALANCE_COLUMNS = [
  { name: 'currency', title: 'Currency' },
  { name: 'amount', title: 'Held' },
  { name: 'amount', title: 'Due' },
  { name: 'amount', title: 'Paid' },
];

/**
 * Amounts, each currency on a line of its own.
 *
 * @param {Money[] | null} money
 */
function sums(money) {
  const lines = (money ?? []).map(({ currency, commissions }) => element('span', {}, figure(commissions, currency)));
  return element('span', { className: 'sums-of-money' }, ...(lines.length ? lines : ['\u2013']));
}

/**
 * @param {string} title
 * @param {...Node} contents
 */
function section(title, ...contents) {
  return element('section', {}, element('h3', {}, title), ...contents);
}

/**
 * @param {string} className
 * @param {[name: string, value: Node | string][]} facts
 */
function list(className, facts) {
  const lines = facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  return element('dl', { className }, ...lines);
}
