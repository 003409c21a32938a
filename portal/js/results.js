/** Shows an answer: the cards, the charts, the table. */

import { Charts, MOST_SERIES } from './charts.js';
import { folded, toFigures, toSums } from './figures.js';
import { METRIC_NAMES, WINDOW_NAMES, binNames, figure, rangeName, timeOfDay } from './formats.js';
import { element, part } from './page.js';
import { Table, toSheet } from './table.js';
import { METRICS } from './view.js';

const EMPTY = {
  PageViews: 'When someone follows one of your links, you will see it here within minutes.',
  Visitors: 'When someone follows one of your links, you will see it here within minutes.',
  Commissions: 'When someone follows one of your links and buys, you will see it here within minutes.',
};

/** The part of the page below the controls. */
export class Results {
  #charts = new Charts(part('charts'));
  #table = new Table(document.querySelector('#table-panel table'));
  #shown;

  /** Show `answer` (see api.js), which is for `view`. */
  show(answer, view) {
    const chosen = answer[view.metric];
    const figures = toFigures(chosen);
    const isEmpty = !figures.bins.length;
    this.#showHeading(chosen, view);
    // Whoever reads along or points at something is left in peace.
    const shown = JSON.stringify([view, answer]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#showCards(answer);
    part('charts').hidden = part('table-panel').hidden = isEmpty;
    part('empty').hidden = !isEmpty;
    if (isEmpty) showEmpty(view);
    else this.#showFigures(figures, chosen, answer, view);
  }

  /** Show that figures are on their way, and none of those before. */
  clear() {
    this.#shown = undefined;
    for (const metric of METRICS) part(`sums-${metric}`).textContent = '\u2013';
    part('chart-title').textContent = 'Loading your figures \u2026';
    part('table-title').textContent = 'Data';
    part('range').textContent = part('freshness').textContent = '';
    part('charts').hidden = part('table-panel').hidden = false;
    part('empty').hidden = true;
    this.#charts.clear();
    this.#table.clear();
  }

  /** The table's cells: see `Table`. */
  get cells() {
    return this.#table.cells;
  }

  #showCards(answer) {
    for (const metric of METRICS) {
      const sums = toSums(answer[metric].totals).map(({ currency, value }) => figure(value, currency));
      part(`sums-${metric}`).replaceChildren(...sums.flatMap((text) => [element('span', {}, text), ' ']));
    }
  }

  #showHeading({ from, to, timeZone, interval }, { metric }) {
    const by = interval.toLowerCase();
    part('chart-title').textContent = `${METRIC_NAMES[metric]} by ${by}`;
    part('table-title').textContent = `Data by ${by}`;
    part('range').textContent = `${rangeName(from, to, interval)}, ${timeZone.replaceAll('_', ' ')}`;
    const now = new Date();
    const time = element('time', { dateTime: now.toISOString() }, timeOfDay(now, timeZone));
    part('freshness').replaceChildren('Updated ', time);
  }

  #showFigures({ bins, groups }, { interval }, answer, view) {
    const names = binNames(bins, interval);
    this.#charts.show({
      bins,
      names,
      interval,
      title: summary(view),
      groups: groups.map(({ currency, series }) => ({ currency, series: folded(series, MOST_SERIES) })),
      websites: [...new Set(METRICS.flatMap((metric) => answer[metric].totals.map(({ series }) => series)))].sort(),
    });
    this.#table.show(toSheet({ bins, groups }, names, `Last ${WINDOW_NAMES[view.window]}`));
  }
}

/** What a view is, in words: page views in the last 30 days. */
export function summary({ metric, window }) {
  return `${METRIC_NAMES[metric].toLowerCase()} in the last ${WINDOW_NAMES[window]}`;
}

/** What is to be read on the card of a metric. */
export function cardText(metric) {
  return part(`sums-${metric}`).textContent.trim();
}

function showEmpty({ metric, window }) {
  part('empty-title').textContent = `No ${METRIC_NAMES[metric].toLowerCase()} in the last ${WINDOW_NAMES[window]}`;
  part('empty-text').textContent = EMPTY[metric];
  part('longer').hidden = window === 'Last365Days';
}
