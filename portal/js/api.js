/** Asks the GraphQL API. */

import { request } from './network.js';
import { METRICS } from './view.js';

// One statement to Timestream for each metric, and the data points of one only: an answer is at most 1 MB.
const QUERY = `
query Portal(
  $window: TimeWindow!, $zone: String, $interval: Interval,
  $PageViews: Boolean!, $Visitors: Boolean!, $Commissions: Boolean!
) {
  ${METRICS.map(field).join('')}
}
fragment Figures on AnalyticsData { totals { series value currency } from to timeZone interval }
fragment Points on AnalyticsData { dataset { series timestamp value partial currency } }
`;

function field(metric) {
  return `
  ${metric}: getAnalyticsData(metricType: ${metric}, timeWindow: $window, timeZone: $zone, interval: $interval) {
    ...Figures
    ...Points @include(if: $${metric})
  }`;
}

/** The API gave no figures. `kind` is one of `ADVICE`'s in failures.js; the message is for a developer. */
export class ApiError extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/**
 * An `AnalyticsData` of the schema by metric; that of `view.metric` has its dataset.
 *
 * Throws `ApiError`, `UnreachableError`, what the session throws, and an AbortError once `signal` says so.
 */
export async function askFigures(url, session, view, signal) {
  const variables = Object.fromEntries(METRICS.map((metric) => [metric, metric === view.metric]));
  const { window, zone, interval } = view;
  const body = JSON.stringify({ query: QUERY, variables: { ...variables, window, zone, interval } });
  const post = (token) => {
    const headers = { Authorization: token, 'Content-Type': 'application/json' };
    return request(url, { method: 'POST', headers, body, signal });
  };
  return toAnswer(await authorized(session, post));
}

async function authorized(session, post) {
  const response = await post(await session.token());
  return response.status === 401 ? post(await session.renew()) : response;
}

async function toAnswer(response) {
  if (response.status === 403 || response.status === 429) throw new ApiError('Throttled', `HTTP ${response.status}`);
  if (response.status === 401) throw new ApiError('Unauthorized', 'HTTP 401 for a new token');
  if (!response.ok) throw new ApiError('Unavailable', `HTTP ${response.status}`);
  const { data, errors } = await response.json();
  if (errors?.length) throw new ApiError(errors[0].errorType, errors[0].message);
  return data;
}
