/**
 * The controls above the figures: they show the view, and report what the user changes.
 *
 * @import { Change, Metric, View } from './view.js'
 */

import { INTERVAL_NAMES, METRIC_NAMES, WINDOW_NAMES } from './formats.js';
import { choice, element, part } from './page.js';
import { INTERVALS, METRICS, WINDOWS, allowedIntervals } from './view.js';

/** @type {(keyof View)[]} */
const RADIOS = ['metric', 'window', 'interval'];
const CONTROLS = [...RADIOS, 'zone'];

/**
 * Fill the controls, and call `onChange` when the user changes one.
 *
 * @param {string} readersZone
 * @param {(change: Change) => void} onChange
 */
export function makeControls(readersZone, onChange) {
  part('windows').append(...WINDOWS.map((each) => segment('window', each, WINDOW_NAMES[each])));
  part('intervals').append(...INTERVALS.map((each) => segment('interval', each, INTERVAL_NAMES[each])));
  part('cards').append(...METRICS.map(card));
  part('zone').append(...zoneOptions(readersZone));
  part('controls').addEventListener('submit', (event) => event.preventDefault());
  // The cards belong to the form, but are not inside its element.
  document.addEventListener('change', (event) => {
    const target = /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target);
    if (CONTROLS.includes(target.name)) onChange({ [target.name]: target.value });
  });
}

/**
 * Show a view in the controls.
 *
 * @param {View} view
 */
export function showControls(view) {
  const zones = /** @type {HTMLSelectElement} */ (part('zone'));
  if (![...zones.options].some(({ value }) => value === view.zone)) zones.prepend(zoneOption(view.zone));
  zones.value = view.zone;
  for (const name of RADIOS) {
    for (const radio of radios(name)) radio.checked = radio.value === view[name];
  }
  const allowed = allowedIntervals(view.window);
  for (const radio of radios('interval')) radio.disabled = !allowed.some((each) => each === radio.value);
}

/**
 * The radio buttons of a control.
 *
 * @param {string} name
 * @returns {NodeListOf<HTMLInputElement>}
 */
function radios(name) {
  return document.querySelectorAll(`[name=${name}]`);
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} text
 */
function segment(name, value, text) {
  return choice(name, value, element('span', {}, text));
}

/** @param {Metric} metric */
function card(metric) {
  const made = choice(
    'metric',
    metric,
    element('span', { className: 'name' }, METRIC_NAMES[metric]),
    element('span', { className: 'sums', id: `sums-${metric}` }, '\u2013'),
    element('span', { className: 'note' }, NOTES[metric]),
  );
  made.className = 'card';
  return made;
}

/** @type {Record<Metric, string>} */
const NOTES = {
  PageViews: 'by visitors from your links',
  Visitors: 'each counted once per website',
  Commissions: 'after refunds',
};

/** @param {string} readersZone */
function zoneOptions(readersZone) {
  const names = Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC' && name !== readersZone);
  const first = new Set([readersZone, 'UTC']);
  return [...[...first].map(zoneOption), element('hr'), ...names.map(zoneOption)];
}

/** @param {string} name */
function zoneOption(name) {
  return new Option(name.replaceAll('_', ' '), name);
}
