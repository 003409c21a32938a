/** The controls above the figures: they show a view, and tell of changes to it. */

import { INTERVAL_NAMES, METRIC_NAMES, WINDOW_NAMES } from './formats.js';
import { choice, element, part } from './page.js';
import { INTERVALS, METRICS, WINDOWS, allowedIntervals } from './view.js';

const CONTROLS = ['metric', 'window', 'interval', 'zone'];

/** Fill the controls, and call `onChange({name: value})` when the reader uses one. */
export function makeControls(readersZone, onChange) {
  part('windows').append(...WINDOWS.map((each) => segment('window', each, WINDOW_NAMES[each])));
  part('intervals').append(...INTERVALS.map((each) => segment('interval', each, INTERVAL_NAMES[each])));
  part('cards').append(...METRICS.map(card));
  part('zone').append(...zoneOptions(readersZone));
  part('controls').addEventListener('submit', (event) => event.preventDefault());
  // The cards are the form's, but not within it.
  document.addEventListener('change', (event) => {
    const target = /** @type {HTMLInputElement} */ (event.target);
    if (CONTROLS.includes(target.name)) onChange({ [target.name]: target.value });
  });
}

/** Have the controls say what `view` is. */
export function showControls(view) {
  const zones = part('zone');
  if (![...zones.options].some(({ value }) => value === view.zone)) zones.prepend(zoneOption(view.zone));
  zones.value = view.zone;
  for (const name of ['metric', 'window', 'interval']) {
    for (const radio of radios(name)) radio.checked = radio.value === view[name];
  }
  const allowed = allowedIntervals(view.window);
  for (const radio of radios('interval')) radio.disabled = !allowed.includes(radio.value);
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

function segment(name, value, text) {
  return choice(name, value, element('span', {}, text));
}

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

const NOTES = {
  PageViews: 'by visitors from your links',
  Visitors: 'each counted once per website',
  Commissions: 'after refunds',
};

function zoneOptions(readersZone) {
  const names = Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC' && name !== readersZone);
  const first = new Set([readersZone, 'UTC']);
  return [...[...first].map(zoneOption), element('hr'), ...names.map(zoneOption)];
}

function zoneOption(name) {
  return new Option(name.replaceAll('_', ' '), name);
}
