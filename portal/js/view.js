/** What the reader chose to see, and how the page's address says it. */

export const METRICS = ['PageViews', 'Visitors', 'Commissions'];
export const WINDOWS = ['Last24Hours', 'Last7Days', 'Last30Days', 'Last90Days', 'Last365Days'];
export const INTERVALS = ['Hour', 'Day', 'Week', 'Month'];

const TOO_LONG_FOR_HOURS = ['Last90Days', 'Last365Days'];

/** The intervals that the API takes for `window`: an answer has at most 800 bins. */
export function allowedIntervals(window) {
  return INTERVALS.filter((interval) => interval !== 'Hour' || !TOO_LONG_FOR_HOURS.includes(window));
}

/**
 * The view `{metric, window, interval, zone}` that a query string stands for. What it does not say, or says wrongly, is
 * as the API has it, in the zone `ownZone`.
 */
export function toView(search, ownZone) {
  const given = new URLSearchParams(search);
  const metric = oneOf(METRICS, given.get('metric'), 'PageViews');
  const window = oneOf(WINDOWS, given.get('window'), 'Last30Days');
  const interval = oneOf(allowedIntervals(window), given.get('interval'), window === 'Last24Hours' ? 'Hour' : 'Day');
  const zone = isZone(given.get('zone')) ? given.get('zone') : ownZone;
  return { metric, window, interval, zone };
}

/** The query string of a view; the other way round from `toView`. */
export function toSearch({ metric, window, interval, zone }) {
  // A slash needs no escape in a query, and a zone reads better with it.
  return `?${new URLSearchParams({ metric, window, interval, zone })}`.replaceAll('%2F', '/');
}

/** `view` with `change` made to it. The interval goes back to the window's own where it no longer fits. */
export function changed(view, change) {
  const next = { ...view, ...change };
  const isOtherWindow = next.window !== view.window;
  const wasUsual = view.interval === toView(`?window=${view.window}`, view.zone).interval;
  if (isOtherWindow && wasUsual) delete next.interval;
  return toView(new URLSearchParams(next), view.zone);
}

/** The browser's time zone, a name of the IANA database. */
export function readersZone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isZone(timeZone) ? timeZone : 'UTC';
}

function oneOf(allowed, given, otherwise) {
  return allowed.includes(given) ? given : otherwise;
}

function isZone(name) {
  // Offsets such as +02:00 are zones to a browser, and none to the API.
  if (!name || !/^[A-Z]/i.test(name) || name === 'Etc/Unknown') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
