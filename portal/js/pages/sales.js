/**
 * The page "Sales and refunds": what was sold and refunded in the time window, newest first.
 *
 * @import { Context, Page } from '../main.js'
 * @import { View } from '../view.js'
 * @import { Entry, EntryPage } from '../entries.js'
 */

import {
  LARGEST_PAGE,
  askEntries,
  entriesAfter,
  entryCells,
  entryTable,
  stateLegend,
  toRows,
} from '../entries.js';
import { toAdvice } from '../failures.js';
import { WINDOW_NAMES, countOf, dateIn, rangeName } from '../formats.js';
import { isAbort } from '../network.js';
import { announce, element, loadStyles } from '../page.js';
import { download } from '../tables/spreadsheet.js';
import { areOfOrders } from '../view.js';
import { zoneLabel } from '../zones.js';

await loadStyles('css/pages.css');

const FIRST_PAGE = 50;

/** The most entries in a CSV file: twenty questions to the database. */
const MOST_SAVED = 10_000;

/**
 * @param {HTMLElement} place
 * @param {Context} context
 * @returns {Page}
 */
export function makePage(place, context) {
  return new Sales(place, context);
}

/** The list of entries, as far as the user has opened it. */
class Sales {
  #context;
  #table = entryTable('Sales and refunds, newest first');
  #range = element('p', { className: 'range' });
  #note = element('p', { className: 'note', hidden: true });
  #empty = element('div', { className: 'message', hidden: true });
  #count = element('p', { className: 'number' });
  #problem = element('p', { className: 'problem', hidden: true, role: 'alert' });
  #more = element('button', { type: 'button', className: 'quiet', hidden: true }, 'Show more');
  #save = element('button', { type: 'button', className: 'quiet' }, 'Download CSV');
  #list = element('div', { className: 'list' }, stateLegend(), this.#table.table);

  /** @type {View | null} of the entries that are shown */
  #view = null;
  /** @type {Entry[]} */
  #entries = [];
  /** @type {string | null} the token of the page after the entries */
  #next = null;

  /**
   * @param {HTMLElement} place
   * @param {Context} context
   */
  constructor(place, context) {
    this.#context = context;
    const choices = element('div', { className: 'choices' }, this.#save);
    const heading = element('div', { className: 'heading' }, element('h2', {}, 'Sales and refunds'), this.#range, choices);
    const foot = element('div', { className: 'foot' }, this.#count, this.#more);
    place.classList.add('sales');
    place.replaceChildren(
      element('section', { className: 'panel' }, heading, this.#note, this.#problem, this.#empty, this.#list, foot),
    );
    this.#more.addEventListener('click', () => this.#busy(this.#more, () => this.#showMore()));
    this.#save.addEventListener('click', () => this.#busy(this.#save, () => this.#download()));
  }

  /** @param {View} view */
  question(view) {
    // A refresh asks again for all that is shown: what was held may be due by now.
    const shown = isSameList(view, this.#view) ? this.#entries.length : 0;
    return askEntries(view, Math.min(Math.max(shown, FIRST_PAGE), LARGEST_PAGE));
  }

  /**
   * @param {{entries: EntryPage}} answer
   * @param {View} view
   */
  show({ entries: page }, view) {
    const { entries, next } = isSameList(view, this.#view) ? this.#merged(page) : { entries: page.entries, next: page.nextToken };
    const isSame = isSameList(view, this.#view) && JSON.stringify(entries) === JSON.stringify(this.#entries);
    this.#view = view;
    this.#range.textContent = `${rangeName(page.from, page.to, 'Day', page.timeZone)}, ${zoneLabel(page.timeZone)}`;
    this.#showNote(view);
    // Nothing moves under the user's eyes if the entries are the same.
    if (!isSame) this.#table.show(entries.map(entryCells));
    this.#set(entries, next);
    return `${WINDOW_NAMES[view.window]}: ${this.#count.textContent}`;
  }

  clear() {
    this.#view = null;
    this.#table.show([]);
    this.#set([], null);
    this.#range.textContent = '';
    this.#count.textContent = 'Loading \u2026';
    this.#empty.hidden = this.#note.hidden = this.#problem.hidden = true;
    this.#save.disabled = true;
  }

  /**
   * The newest entries that have come, followed by the older ones that are shown already.
   *
   * @param {EntryPage} page
   */
  #merged({ entries, nextToken }) {
    const last = JSON.stringify(identity(entries.at(-1)));
    const position = this.#entries.findLastIndex((each) => JSON.stringify(identity(each)) === last);
    if (!nextToken || position < 0) return { entries, next: nextToken };
    const older = this.#entries.slice(position + 1);
    return { entries: [...entries, ...older], next: older.length ? this.#next : nextToken };
  }

  /**
   * @param {Entry[]} entries
   * @param {string | null} next
   */
  #set(entries, next) {
    this.#entries = entries;
    this.#next = next;
    this.#more.hidden = !next;
    this.#list.hidden = !entries.length;
    this.#empty.hidden = entries.length > 0;
    this.#save.disabled = !entries.length;
    const count = countOf(entries.length, 'entry', 'entries');
    this.#count.textContent = next ? `The newest ${count}` : count;
    this.#empty.replaceChildren(element('h3', {}, 'No sales or refunds'), element('p', {}, EMPTY));
  }

  /** @param {View} view */
  #showNote({ filters }) {
    this.#note.hidden = areOfOrders(filters);
    this.#note.textContent = UNKNOWN_FILTERS;
  }

  async #showMore() {
    const view = this.#view;
    if (!view) return;
    const { entries: page } = await this.#context.ask(askEntries(view, Math.min(2 * this.#entries.length, LARGEST_PAGE), this.#next));
    if (view !== this.#view) return; // the user has gone on, or a refresh was quicker
    this.#table.append(page.entries.map(entryCells));
    this.#set([...this.#entries, ...page.entries], page.nextToken);
    announce(`${this.#count.textContent}`);
  }

  async #download() {
    const view = this.#view;
    if (!view) return;
    const shown = this.#entries;
    const onProgress = (count = 0) => {
      this.#save.textContent = `Loading ${countOf(shown.length + count, 'entry', 'entries')} \u2026`;
    };
    onProgress();
    const rest = await entriesAfter(this.#context, view, this.#next, MOST_SAVED - shown.length, onProgress);
    download(fileName(view), toRows([...shown, ...rest.entries]));
    if (!rest.isAll) this.#say(`The file has the newest ${countOf(MOST_SAVED, 'entry', 'entries')}. Choose a shorter time for the others.`);
  }

  /**
   * Do something that takes a while after a click on a button. Meanwhile the button does nothing.
   *
   * @param {HTMLButtonElement} button
   * @param {() => Promise<void>} work
   */
  async #busy(button, work) {
    if (button.ariaDisabled === 'true') return;
    const label = button.textContent;
    button.ariaDisabled = 'true'; // `disabled` would take the focus away
    this.#problem.hidden = true;
    try {
      await work();
    } catch (error) {
      if (isAbort(error)) return; // the user has gone on to another view
      const { title, text } = toAdvice(error);
      this.#say(`${title}. ${text}`);
    } finally {
      button.textContent = label;
      button.ariaDisabled = null;
    }
  }

  /** @param {string} text */
  #say(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = false;
  }
}

const EMPTY = 'Nothing was sold or refunded through your links in this time. Choose a longer time to see more.';
const UNKNOWN_FILTERS = 'These are the orders of all visitors: an order knows only its website and link, so the other filters do not apply here.';

/**
 * Whether two views have the same entries.
 *
 * @param {View} view
 * @param {View | null} other
 */
function isSameList(view, other) {
  return other !== null && JSON.stringify(listOf(view)) === JSON.stringify(listOf(other));
}

/** @param {View} view */
function listOf({ affiliate, window, from, to, zone, filters }) {
  return [affiliate, window, from, to, zone, filters.website, filters.link];
}

/** @param {Entry | undefined} entry */
function identity(entry) {
  return [entry?.time, entry?.orderId, entry?.website, entry?.currency, entry?.kind, entry?.amount];
}

/** @param {View} view */
function fileName({ window, from, to, zone }) {
  const time = window === 'Custom' ? `${from}-${to}` : WINDOW_NAMES[window];
  return `sales-${time}-${zone}-${dateIn(new Date(), zone)}.csv`.toLowerCase().replace(/[^\w.-]+/g, '-');
}
