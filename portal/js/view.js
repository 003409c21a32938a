/**
 * The view that the user chose, and its form in the page's address.
 *
 * @typedef {'PageViews' | 'Visitors' | 'Commissions'} Metric
 * @typedef {'Last24Hours' | 'Last7Days' | 'Last30Days' | 'Last90Days' | 'Last365Days'} TimeWindow
 * @typedef {'Hour' | 'Day' | 'Week' | 'Month'} Interval
 * @typedef {{metric: Metric, window: TimeWindow, interval: Interval, zone: string}} View
 * @typedef {Partial<Record<keyof View, string>>} Change
 */

/** @type {Metric[]} */
export const METRICS = ['PageViews', 'Visitors', 'Commissions'];
/** @type {TimeWindow[]} */
export const WINDOWS = ['Last24Hours', 'Last7Days', 'Last30Days', 'Last90Days', 'Last365Days'];
/** @type {Interval[]} */
export const INTERVALS = ['Hour', 'Day', 'Week', 'Month'];

/** @type {TimeWindow[]} */
const TOO_LONG_FOR_HOURS = ['Last90Days', 'Last365Days'];

/**
 * The intervals that the API accepts for a window: an answer has at most 800 bins.
 *
 * @param {TimeWindow} window
 */
export function allowedIntervals(window) {
  return INTERVALS.filter((interval) => interval !== 'Hour' || !TOO_LONG_FOR_HOURS.includes(window));
}

/**
 * The view that a query string stands for. Missing and invalid values get defaults: those of the API, and `ownZone`.
 *
 * @param {string | URLSearchParams} search
 * @param {string} ownZone
 * @returns {View}
 */
export function toView(search, ownZone) {
  const given = new URLSearchParams(search);
  const metric = oneOf(METRICS, given.get('metric'), 'PageViews');
  const window = oneOf(WINDOWS, given.get('window'), 'Last30Days');
  const interval = oneOf(allowedIntervals(window), given.get('interval'), window === 'Last24Hours' ? 'Hour' : 'Day');
  const zone = given.get('zone');
  return { metric, window, interval, zone: zone && isZone(zone) ? zone : ownZone };
}

/**
 * The query string of a view: the inverse of `toView`.
 *
 * @param {View} view
 */
export function toSearch({ metric, window, interval, zone }) {
  // A slash is allowed in a query, and keeps the zone readable.
  return `?${new URLSearchParams({ metric, window, interval, zone })}`.replaceAll('%2F', '/');
}

/**
 * A copy of `view` with some values changed. An interval that does not fit the new window becomes its default, and so
 * does an interval that was the default of the old window.
 *
 * @param {View} view
 * @param {Change} change
 */
export function changed(view, change) {
  /** @type {Record<string, string>} */
  const next = { ...view, ...change };
  const isOtherWindow = next.window !== view.window;
  const wasUsual = view.interval === toView(`?window=${view.window}`, view.zone).interval;
  if (isOtherWindow && wasUsual) delete next.interval;
  return toView(new URLSearchParams(next), view.zone);
}

/** The browser's time zone, as an IANA name. */
export function readersZone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isZone(timeZone) ? timeZone : 'UTC';
}

/**
 * @template {string} T
 * @param {T[]} allowed
 * @param {string | null} given
 * @param {T} otherwise
 */
function oneOf(allowed, given, otherwise) {
  return allowed.find((each) => each === given) ?? otherwise;
}

/** @param {string} name */
function isZone(name) {
  // Browsers accept offsets such as +02:00 as zones. The API does not.
  if (!/^[A-Z]/i.test(name) || name === 'Etc/Unknown') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
