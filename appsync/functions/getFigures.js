/**
 * Asks the REST API for the figures that the resolver allowed, and turns failures into errors for the client.
 *
 * The pipelines of all fields share this function. Input: `ctx.stash.route`, `ctx.stash.affiliateId` for a route of one
 * affiliate, and the field's arguments. Output: the answer of the route, or one of the errors below. The client sees no text of the API except the
 * message of a 400, which is written for the client.
 */
import { util } from '@aws-appsync/utils';

/** @type {Record<string, string>} */
const MESSAGES = {
  Throttled: 'Too many requests. Try again in a moment.',
  Unavailable: 'The figures are not available at the moment. Try again later.',
  UpstreamError: 'The figures could not be read. Trying again will not help.',
};

/** GraphQL's integers are below this. */
const INTEGERS = 2 ** 31;

const COUNT = { value: 'number', currency: 'string?' };
const TOTAL = { ...COUNT, series: 'string' };
const WINDOW = { from: 'string', to: 'string', timeZone: 'string' };
const FIGURES = {
  pageViews: 'integer',
  visitors: 'integer',
  clicks: 'integer',
  orders: 'integer?',
  conversionRate: 'number?',
  money: 'list?',
};
const OWNERS_FIGURES = { ...FIGURES, orders: 'integer', refundRate: 'number?', money: 'list' };
const BALANCE = { currency: 'string', held: 'number', due: 'number', paid: 'number' };
const MONEY = { currency: 'string', commissions: 'number', revenue: 'number', earningsPerClick: 'number?' };

/**
 * The fields of each route's answer, by their path, with the types of the schema. A type with `?` can be null, and one
 * with `|` lists all values. Without this check, the client could get an error of AppSync's own, which has no type.
 *
 * @type {Record<string, Record<string, Record<string, string>>>}
 */
const SHAPES = {
  metrics: {
    '': { ...WINDOW, interval: 'Hour|Day|Week|Month', dataset: 'list', totals: 'list', overall: 'list', comparison: 'object?' },
    dataset: { ...TOTAL, timestamp: 'string', partial: 'boolean' },
    totals: TOTAL,
    overall: COUNT,
    comparison: { from: 'string', to: 'string', totals: 'list', overall: 'list' },
    'comparison.totals': TOTAL,
    'comparison.overall': { ...COUNT, change: 'number?' },
  },
  breakdown: {
    '': { ...WINDOW, rows: 'list', more: 'integer', total: 'object' },
    rows: { ...FIGURES, name: 'string?' },
    'rows.money': MONEY,
    total: FIGURES,
    'total.money': MONEY,
  },
  entries: {
    '': { ...WINDOW, entries: 'list', nextToken: 'string?' },
    entries: {
      time: 'string',
      orderId: 'string',
      website: 'string',
      link: 'string?',
      coupon: 'string?',
      kind: 'Sale|Reversal',
      amount: 'number',
      currency: 'string',
      state: 'Held|Due|Reversed',
    },
  },
  balance: {
    '': { balances: 'list' },
    balances: BALANCE,
  },
  affiliates: {
    '': { ...WINDOW, rows: 'list', total: 'object', affiliates: 'integer', nextToken: 'string?' },
    rows: { ...OWNERS_FIGURES, affiliateId: 'string', name: 'string?', lastSeen: 'string?' },
    'rows.money': MONEY,
    total: OWNERS_FIGURES,
    'total.money': MONEY,
  },
  balances: {
    '': { rows: 'list', total: 'list', affiliates: 'integer', nextToken: 'string?' },
    rows: { affiliateId: 'string', name: 'string?', balances: 'list' },
    'rows.balances': BALANCE,
    total: BALANCE,
  },
};

/** The routes about all affiliates. Every other route needs an id: none of them answers for all without one. */
const OF_EVERYONE = ['affiliates', 'balances'];

/** @param {import('@aws-appsync/utils').Context} ctx */
export function request(ctx) {
  const { affiliateId, route } = ctx.stash;
  const isOfEveryone = OF_EVERYONE.includes(route);
  if (!isOfEveryone && (!isString(affiliateId) || affiliateId === '')) {
    util.error('affiliateId: must not be empty', 'BadRequest');
  }
  return {
    method: 'GET',
    resourcePath: `/${ctx.env.API_STAGE}/${route}`,
    params: {
      // The id comes last, so that no argument can take its place.
      query: { ...toQuery(ctx.args), ...toQuery(ctx.args.filter ?? {}), ...(isOfEveryone ? {} : { affiliateId }) },
      headers: { 'Content-Type': 'application/json' },
    },
  };
}

/** @param {import('@aws-appsync/utils').Context} ctx */
export function response(ctx) {
  const { route } = ctx.stash;
  // ctx.error is a transport error. An answer is a result, whatever its status is.
  if (ctx.error) fail(route, 'Unavailable', ctx.error.message);
  const { statusCode, body } = ctx.result;
  const answer = statusCode === 200 || statusCode === 400 ? parseObject(body) : null;
  if (statusCode === 200 && answer !== null && isComplete(route, answer)) return answer;
  if (statusCode === 400 && isOurs(answer)) util.error(answer.Message, 'BadRequest');
  return fail(route, failureOf(statusCode), `status ${statusCode}`);
}

/**
 * The texts and numbers of `values`, as texts: AppSync sends nothing else in a query string.
 *
 * @param {Record<string, unknown>} values
 */
function toQuery(values) {
  /** @type {Record<string, string>} */
  const query = {};
  for (const [name, value] of Object.entries(values)) {
    if (isString(value) || typeof value === 'number') query[name] = `${value}`;
  }
  return query;
}

/**
 * Tell the client the type of the error only. The reason goes to the log.
 *
 * @param {string} route
 * @param {string} errorType
 * @param {string} reason
 * @returns {never}
 */
function fail(route, errorType, reason) {
  // An alarm counts these lines by their first words.
  console.error(`No figures from GET /${route}: ${errorType}: ${reason}`);
  util.error(MESSAGES[errorType], errorType);
}

/** @param {number} statusCode */
function failureOf(statusCode) {
  if (statusCode === 429) return 'Throttled';
  return statusCode >= 500 ? 'Unavailable' : 'UpstreamError';
}

/**
 * The JSON object in `body`, or null. APPSYNC_JS cannot catch the error that JSON.parse throws for other texts.
 *
 * @param {unknown} body
 */
function parseObject(body) {
  const text = isString(body) ? body.trim() : '';
  return text.startsWith('{') && text.endsWith('}') ? JSON.parse(text) : null;
}

/**
 * Whether Chalice made this error. API Gateway's own errors have no code: {"message"} or {"Message"}.
 *
 * @param {any} answer
 */
function isOurs(answer) {
  return answer?.Code === 'BadRequestError' && isString(answer.Message);
}

/**
 * Whether the answer of a route has all its fields.
 *
 * @param {string} route
 * @param {any} answer
 */
function isComplete(route, answer) {
  return Object.entries(SHAPES[route]).every(([path, shape]) => {
    const fields = Object.entries(shape);
    return at(path, answer).every((each) => fields.every(([name, type]) => isOfType(type, each?.[name] ?? null)));
  });
}

/**
 * The objects at a path, those of all lists on the way. None where there is null.
 *
 * @param {string} path
 * @param {any} answer
 */
function at(path, answer) {
  const steps = path === '' ? [] : path.split('.');
  return steps.reduce((found, step) => found.flatMap((each) => each?.[step] ?? []), [answer]);
}

/**
 * @param {string} type
 * @param {any} value
 */
function isOfType(type, value) {
  if (value === null) return type.endsWith('?');
  if (type.includes('|')) return type.split('|').includes(value);
  const [name] = type.split('?');
  if (name === 'list') return Array.isArray(value);
  if (name === 'integer') return Math.floor(value) === value && value < INTEGERS;
  return typeof value === name && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isString(value) {
  return typeof value === 'string';
}
