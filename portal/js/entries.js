/**
 * Sales and refunds: asked for page by page, and shown as a table.
 *
 * @import { Context } from './main.js'
 * @import { View } from './view.js'
 *
 * @typedef {object} Entry
 * @property {string} time
 * @property {string} orderId
 * @property {string} website
 * @property {string | null} link
 * @property {string | null} coupon
 * @property {'Sale' | 'Reversal'} kind
 * @property {number} amount
 * @property {string} currency
 * @property {State} state
 *
 * @typedef {'Held' | 'Due' | 'Reversed'} State
 * @typedef {{entries: Entry[], nextToken: string | null, from: string, to: string, timeZone: string}} EntryPage
 */

import { ofAffiliate } from './api.js';
import { figure, momentName } from './formats.js';
import { element, named } from './page.js';
import { StackedTable } from './tables/stacked.js';
import { isOfOrders } from './view.js';

/** The most entries that the API returns at once. */
export const LARGEST_PAGE = 500;

/** The field for the newest entries. The question needs `entryVariables`. */
export const ENTRIES = `entries(timeWindow: $window, timeZone: $zone, from: $from, to: $to, filter: $orders, limit: $limit, nextToken: $after) {
    entries { time orderId website link coupon kind amount currency state } nextToken from to timeZone
  }`;

/** The types of the variables of ENTRIES that a view does not have. */
export const ENTRY_TYPES = { orders: 'Filter', limit: 'Int', after: 'String' };

/**
 * The values of the variables of ENTRIES that a view does not have. Filters that orders do not know are left out.
 *
 * @param {View} view
 * @param {number} limit
 * @param {string | null} after the token of the page before
 */
export function entryVariables({ filters }, limit, after = null) {
  const known = Object.entries(filters).filter(([name]) => isOfOrders(name));
  return { orders: Object.fromEntries(known), limit, after };
}

/**
 * The question for entries alone.
 *
 * @param {View} view
 * @param {number} limit
 * @param {string | null} [after]
 */
export function askEntries(view, limit, after) {
  return ofAffiliate(view, ENTRIES, entryVariables(view, limit, after), ENTRY_TYPES);
}

/**
 * The entries after a page, as many as there are up to `most`.
 *
 * @param {Context} context
 * @param {View} view
 * @param {string | null} token of the page before
 * @param {number} most
 * @param {(count: number) => void} onProgress called with the number that have come
 * @returns {Promise<{entries: Entry[], isAll: boolean}>}
 */
export async function entriesAfter({ ask }, view, token, most, onProgress) {
  /** @type {Entry[]} */
  const entries = [];
  let after = token;
  while (after && entries.length < most) {
    const limit = Math.min(LARGEST_PAGE, most - entries.length);
    /** @type {EntryPage} */
    const page = (await ask(askEntries(view, limit, after))).entries;
    entries.push(...page.entries);
    after = page.nextToken;
    onProgress(entries.length);
  }
  return { entries, isAll: !after };
}

/**
 * A table for entries: give their `entryCells` to it.
 *
 * @param {string} label
 */
export function entryTable(label) {
  return new StackedTable(COLUMNS, { className: 'entries', ariaLabel: label });
}

/**
 * The cells of a row of `entryTable`.
 *
 * @param {Entry} entry
 */
export function entryCells(entry) {
  return COLUMNS.map(({ cell }) => cell(entry));
}

/** What the states mean, as a list. */
export function stateLegend() {
  const lines = Object.entries(STATES).flatMap(([state, { about }]) => [
    element('dt', {}, stateMark(/** @type {State} */ (state))),
    element('dd', {}, about),
  ]);
  return element('dl', { className: 'states' }, ...lines);
}

/**
 * Entries as rows of a spreadsheet, with headings.
 *
 * @param {Entry[]} entries
 */
export function toRows(entries) {
  const headings = ['time', 'order', 'website', 'link', 'code', 'kind', 'state', 'amount', 'currency'];
  const rows = entries.map((each) => [
    each.time,
    each.orderId,
    each.website,
    each.link ?? '',
    each.coupon ?? '',
    KINDS[each.kind],
    each.state,
    each.amount,
    each.currency,
  ]);
  return [headings, ...rows];
}

/** @type {Record<Entry['kind'], string>} */
const KINDS = { Sale: 'Sale', Reversal: 'Refund' };

/**
 * The sign of each state tells it without its colour.
 *
 * @type {Record<State, {sign: string, about: string}>}
 */
const STATES = {
  Held: { sign: '\u25cb', about: 'The sale is young and may still be refunded, so you are not paid for it yet.' },
  Due: { sign: '\u25cf', about: 'You have earned it. It is paid with your next payout, or was paid with an earlier one.' },
  Reversed: { sign: '\u00d7', about: 'The order was refunded or cancelled, so its commission was taken back.' },
};

/** @type {{name: string, title: string, cell: (entry: Entry) => Node | string}[]} */
const COLUMNS = [
  { name: 'time', title: 'Time', cell: ({ time }) => element('time', { dateTime: time }, momentName(time)) },
  { name: 'order', title: 'Order', cell: ({ orderId }) => named(orderId) },
  { name: 'website', title: 'Website', cell: ({ website }) => named(website) },
  { name: 'link', title: 'Link', cell: ({ link }) => orDash(link) },
  { name: 'code', title: 'Code', cell: ({ coupon }) => orDash(coupon) },
  { name: 'kind', title: 'Kind', cell: ({ kind }) => KINDS[kind] },
  { name: 'state', title: 'State', cell: ({ state }) => stateMark(state) },
  { name: 'amount', title: 'Commission', cell: ({ amount, currency }) => figure(amount, currency) },
];

/** @param {State} state */
function stateMark(state) {
  const sign = element('span', { className: 'sign', ariaHidden: 'true' }, STATES[state].sign);
  return element('span', { className: `state ${state.toLowerCase()}` }, sign, ` ${state}`);
}

/**
 * A name in any script and direction, or a dash in the place of null.
 *
 * @param {string | null} text
 */
function orDash(text) {
  return text ? named(text) : element('span', { className: 'none' }, '\u2013');
}
