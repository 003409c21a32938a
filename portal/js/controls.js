/**
 * The controls above the figures: they show the view, and report what the user changes.
 *
 * @import { Change, FilterName, View } from './view.js'
 */

import { INTERVAL_NAMES, WINDOW_NAMES, countryName, dateIn } from './formats.js';
import { element, named, part } from './page.js';
import { COMPARISONS, INTERVALS, WINDOWS, allowedIntervals } from './view.js';
import { parseZone, zoneLabel, zoneNames } from './zones.js';

/** @type {Record<View['compare'], string>} */
const COMPARISON_NAMES = { PreviousPeriod: 'vs. before', PreviousYear: 'vs. last year' };
/** @type {Record<FilterName, string>} */
const FILTER_NAMES = {
  website: 'Website',
  link: 'Link',
  page: 'Page',
  referrer: 'Referrer',
  campaign: 'Campaign',
  country: 'Country',
  device: 'Device',
};

/** The controls. `go` is called with what the user changes. */
export class Controls {
  #go;
  /** @type {View} */
  #view = /** @type {any} */ (null);

  /** @param {(change: Change) => void} go */
  constructor(go) {
    this.#go = go;
    select('window').append(...options(WINDOWS, WINDOW_NAMES));
    select('interval').append(...options(INTERVALS, INTERVAL_NAMES));
    select('compare').append(...options(COMPARISONS, COMPARISON_NAMES));
    part('controls').addEventListener('submit', (event) => event.preventDefault());
    part('controls').addEventListener('change', ({ target }) => this.#change(/** @type {HTMLInputElement} */ (target)));
    // The list of zones is long, so it is made when it is first needed.
    part('zone').addEventListener('focus', fillZones, { once: true });
    part('zone').addEventListener('change', () => this.#changeZone());
    part('filters').addEventListener('click', ({ target }) => {
      const button = target instanceof Element && target.closest('button');
      if (button) this.#remove(/** @type {FilterName} */ (button.value));
    });
  }

  /**
   * Show a view.
   *
   * @param {View} view
   * @param {string} today such as 2026-01-31
   */
  show(view, today) {
    this.#view = view;
    const allowed = allowedIntervals(view);
    for (const option of select('interval').options) option.disabled = !allowed.some((each) => each === option.value);
    select('window').value = view.window;
    select('interval').value = view.interval;
    select('compare').value = view.compare;
    part('dates').hidden = view.window !== 'Custom';
    for (const name of /** @type {const} */ (['from', 'to'])) {
      input(name).value = view[name];
      input(name).max = today;
    }
    input('zone').value = zoneLabel(view.zone);
    input('zone').setCustomValidity('');
    this.#showFilters(view);
  }

  /** @param {View} view */
  #showFilters({ filters }) {
    const entries = /** @type {[FilterName, string][]} */ (Object.entries(filters));
    part('filters').hidden = !entries.length;
    part('filters').replaceChildren(
      ...entries.map(([filter, value]) => {
        const text = value === '' ? 'none' : filter === 'country' ? countryName(value) : value;
        const remove = element('span', { ariaHidden: 'true' }, '×');
        const label = `Remove the filter ${FILTER_NAMES[filter]}: ${text}`;
        return element('button', { type: 'button', value: filter, title: label, ariaLabel: label }, `${FILTER_NAMES[filter]}: `, named(text), ' ', remove);
      }),
    );
  }

  /** @param {HTMLInputElement} target */
  #change({ name, value }) {
    if (name === 'window' && value === 'Custom') return this.#openDates();
    if (name !== 'from' && name !== 'to') return this.#go({ [name]: value, ...(name === 'window' ? { from: '', to: '' } : {}) });
    const [from, to] = [input('from').value, input('to').value];
    if (!from || !to) return undefined; // the user is still typing
    // Two dates in the wrong order are meant in the right one.
    return this.#go({ window: 'Custom', from: from < to ? from : to, to: from < to ? to : from });
  }

  /** Let the user choose dates, beginning with this month's. */
  #openDates() {
    const today = dateIn(new Date(), this.#view.zone);
    this.#go({ window: 'Custom', from: `${today.slice(0, 8)}01`, to: today });
    input('from').focus();
  }

  #changeZone() {
    const field = input('zone');
    const zone = parseZone(field.value);
    field.setCustomValidity(zone ? '' : 'Choose a time zone from the list, such as Europe/Paris.');
    if (zone) this.#go({ zone });
    else field.reportValidity();
  }

  /** @param {FilterName} filter */
  #remove(filter) {
    this.#go({ filters: Object.fromEntries(Object.entries(this.#view.filters).filter(([name]) => name !== filter)) });
    // The button is gone, so the keyboard focus needs another place.
    part('main').focus();
  }
}

function fillZones() {
  part('zones').append(...zoneNames().map((name) => element('option', { value: zoneLabel(name) })));
}

/**
 * @template {string} T
 * @param {T[]} values
 * @param {Record<T, string>} names
 */
function options(values, names) {
  return values.map((value) => new Option(names[value], value));
}

/** @param {string} id */
function select(id) {
  return /** @type {HTMLSelectElement} */ (part(id));
}

/** @param {string} id */
function input(id) {
  return /** @type {HTMLInputElement} */ (part(id));
}
