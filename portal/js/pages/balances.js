/**
 * The owner's page of all balances, and the payout list.
 *
 * @import { Question } from '../api.js'
 * @import { Column } from '../tables/grid.js'
 * @import { Context, Page } from '../main.js'
 * @import { Balance } from './figures.js'
 * @import { View } from '../view.js'
 *
 * @typedef {{affiliateId: string, name: string | null, balances: Balance[]}} Affiliate
 * @typedef {Balance & {affiliateId: string, name: string | null}} Row
 * @typedef {{rows: Affiliate[], total: Balance[], affiliates: number, nextToken: string | null}} Answer
 */

import { currencyName, dateIn, figure } from '../formats.js';
import { element } from '../page.js';
import { PAGE_ROWS, PagedList } from '../owner/paged.js';
import { PayoutList } from '../owner/payout_list.js';
import { Roster, affiliates } from '../owner/roster.js';
import { download } from '../tables/spreadsheet.js';

const QUERY = `
query Balances($nextToken: String) {
  balances(limit: ${PAGE_ROWS}, nextToken: $nextToken) {
    rows { affiliateId name balances { currency held due paid } }
    total { currency held due paid }
    affiliates nextToken
  }
}`;

/**
 * The three states of money, and what each means.
 *
 * @type {['held' | 'due' | 'paid', string, string][]}
 */
const STATES = [
  ['held', 'Held', 'of young sales, which may still be refunded'],
  ['due', 'Due', 'to be paid'],
  ['paid', 'Paid', 'so far'],
];

/**
 * @param {HTMLElement} place
 * @param {Context} context
 * @returns {Page}
 */
export function makePage(place, context) {
  return new Balances(place, context);
}

class Balances {
  #context;
  #list = new PagedList();
  /** @type {Roster<Row>} */
  #roster;
  #purses = element('fieldset', { className: 'purses' });
  #onlyDue = element('input', { type: 'checkbox', name: 'only-due' });
  #payouts = new PayoutList();
  #panel;
  #empty;
  #currency = '';
  /** @type {{answer: Answer, view: View} | null} */
  #shown = null;
  #drawn = '';

  /**
   * @param {HTMLElement} place
   * @param {Context} context
   */
  constructor(place, context) {
    this.#context = context;
    const order = { title: 'Due', isDescending: true };
    this.#roster = new Roster({ id: 'balances', label: 'Table of balances', order, again: () => this.#read() });
    this.#panel = this.#makePanel();
    this.#empty = makeEmpty();
    this.#purses.addEventListener('change', ({ target }) => this.#choose(/** @type {HTMLInputElement} */ (target).value));
    this.#onlyDue.addEventListener('change', () => this.#fill());
    place.append(this.#purses, this.#panel, this.#payouts.place, this.#empty);
  }

  /** @returns {Question} */
  question() {
    return asked(null);
  }

  /**
   * @param {Answer} answer
   * @param {View} view
   */
  show(answer, view) {
    this.#shown = { answer, view };
    const isEmpty = !answer.total.length;
    this.#panel.classList.remove('loading');
    for (const each of [this.#purses, this.#panel, this.#payouts.place]) each.hidden = isEmpty;
    this.#empty.hidden = !isEmpty;
    if (isEmpty) return 'No balances yet';
    this.#showPurses(answer);
    this.#read();
    const due = answer.total.map((each) => figure(each.due, each.currency)).join(', ');
    return `${affiliates(answer.affiliates)}. Due: ${due}`;
  }

  clear() {
    this.#shown = null;
    this.#list.clear();
    this.#roster.clear();
    this.#panel.classList.add('loading');
    this.#panel.hidden = false;
    for (const each of [this.#purses, this.#payouts.place, this.#empty]) each.hidden = true;
  }

  #makePanel() {
    const save = element('button', { type: 'button', className: 'quiet' }, 'Download CSV');
    save.addEventListener('click', () => this.#download());
    const { search, status, list } = this.#roster.parts;
    const only = element('label', { className: 'only' }, this.#onlyDue, ' Only those with something due');
    const choices = element('div', { className: 'choices' }, save);
    const heading = element('div', { className: 'heading' }, element('h2', {}, 'Balances'), choices);
    const tools = element('div', { className: 'tools' }, search, only, status);
    return element('section', { className: 'panel owner', ariaLabel: 'Balances' }, heading, tools, ...list);
  }

  /** @param {Answer} answer */
  #showPurses({ total, rows }) {
    if (!total.some(({ currency }) => currency === this.#currency)) this.#currency = commonest(rows) ?? total[0].currency;
    // The focus and what is chosen stay if nothing has changed.
    const drawn = JSON.stringify(total);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const isInside = this.#purses.contains(document.activeElement);
    const legend = element('legend', { className: 'unseen' }, 'Currency');
    this.#purses.replaceChildren(legend, ...total.map((each) => purse(each, each.currency === this.#currency)));
    const chosen = /** @type {HTMLInputElement} */ (this.#purses.querySelector(':checked'));
    if (isInside) chosen.focus({ preventScroll: true });
  }

  /** @param {string} currency */
  #choose(currency) {
    this.#currency = currency;
    this.#fill();
  }

  #read() {
    if (!this.#shown) return;
    const ask = (/** @type {string} */ nextToken) => this.#context.ask(asked(nextToken));
    this.#list.start(this.#shown.answer, 'balances', ask, () => this.#fill());
  }

  #fill() {
    if (!this.#shown) return;
    const { answer, view } = this.#shown;
    const currency = this.#currency;
    const { reading } = this.#list;
    const rows = reading.rows.flatMap((row) => inCurrency(row, currency));
    const columns = STATES.map(([name, title]) => amounts(name, title, currency));
    const total = answer.total.find((each) => each.currency === currency);
    const totals = total ? [['Total', ...STATES.map(([name]) => figure(total[name], currency))]] : [];
    const shown = this.#onlyDue.checked ? rows.filter(({ due }) => due > 0) : rows;
    this.#roster.show({ columns, rows: shown, totals }, reading, view);
    this.#payouts.show({ currency, rows, day: dateIn(new Date(), view.zone), state: reading.state });
  }

  #download() {
    if (!this.#shown) return;
    const day = dateIn(new Date(), this.#shown.view.zone);
    download(`balances-${this.#currency}-${day}.csv`, toCells(this.#roster.found));
  }
}

/**
 * @param {string | null} nextToken
 * @returns {Question}
 */
function asked(nextToken) {
  return { query: QUERY, variables: { nextToken }, pick: ({ balances }) => balances };
}

/**
 * The currency of the most balances.
 *
 * @param {Affiliate[]} rows
 */
function commonest(rows) {
  const groups = [...Map.groupBy(rows.flatMap(({ balances }) => balances), ({ currency }) => currency)];
  return groups.toSorted(([, one], [, other]) => other.length - one.length)[0]?.[0];
}

/**
 * The totals in a currency, as a card that can be chosen.
 *
 * @param {Balance} total
 * @param {boolean} isChosen
 */
function purse(total, isChosen) {
  const { currency } = total;
  const lines = STATES.map(([name, title, note]) =>
    element(
      'span',
      { className: `line ${name}` },
      element('span', { className: 'title' }, title),
      ' ',
      element('strong', {}, figure(total[name], currency)),
      ' ',
      element('span', { className: 'note' }, note),
    ),
  );
  const radio = element('input', { type: 'radio', name: 'currency', value: currency, checked: isChosen });
  const title = element('span', { className: 'name' }, currencyName(currency));
  return element('label', { className: 'card purse' }, radio, title, ' ', ...lines);
}

/**
 * @param {Affiliate} row
 * @param {string} currency
 * @returns {Row[]}
 */
function inCurrency({ affiliateId, name, balances }, currency) {
  return balances.filter((each) => each.currency === currency).map((each) => ({ affiliateId, name, ...each }));
}

/**
 * @param {'held' | 'due' | 'paid'} name
 * @param {string} title
 * @param {string} currency
 * @returns {Column<Row>}
 */
function amounts(name, title, currency) {
  return { title, kind: 'number', value: (row) => row[name], text: (row) => figure(row[name], currency) };
}

/**
 * @param {Row[]} rows
 * @returns {(string | number)[][]}
 */
function toCells(rows) {
  const lines = rows.map(({ affiliateId, name, currency, held, due, paid }) => [
    affiliateId,
    name ?? '',
    currency,
    held,
    due,
    paid,
  ]);
  return [['Affiliate', 'Name', 'Currency', 'Held', 'Due', 'Paid'], ...lines];
}

function makeEmpty() {
  return element(
    'section',
    { className: 'message', hidden: true },
    element('h2', {}, 'Nobody has earned anything yet'),
    element('p', {}, 'When someone follows an affiliate\u2019s link and buys, the commission is here in minutes.'),
  );
}
