/**
 * Calls GET /metrics for the affiliate that the resolver allowed, and turns failures into errors for the client.
 *
 * The pipelines of all fields share this function. Input: `ctx.stash.affiliateId` and the field's arguments. Output:
 * AnalyticsData, or one of the errors below. The client sees no text of the API except the message of a 400, which is
 * written for the client.
 */
import { util } from '@aws-appsync/utils';

const PARAMETERS = ['metricType', 'timeWindow', 'timeZone', 'interval'];

/** @type {Record<string, string>} */
const MESSAGES = {
  Throttled: 'Too many requests. Try again in a moment.',
  Unavailable: 'The figures are not available at the moment. Try again later.',
  UpstreamError: 'The figures could not be read. Trying again will not help.',
};

/** @param {import('@aws-appsync/utils').Context} ctx */
export function request(ctx) {
  /** @type {Record<string, string>} */
  const query = { affiliateId: ctx.stash.affiliateId };
  for (const name of PARAMETERS) {
    if (isString(ctx.args[name])) query[name] = ctx.args[name];
  }
  return {
    method: 'GET',
    resourcePath: `/${ctx.env.API_STAGE}/metrics`,
    params: { query, headers: { 'Content-Type': 'application/json' } },
  };
}

/** @param {import('@aws-appsync/utils').Context} ctx */
export function response(ctx) {
  // ctx.error is a transport error. An answer is a result, whatever its status is.
  if (ctx.error) fail('Unavailable', ctx.error.message);
  const { statusCode, body } = ctx.result;
  const answer = statusCode === 200 || statusCode === 400 ? parseObject(body) : null;
  if (statusCode === 200 && isAnalyticsData(answer)) return answer;
  if (statusCode === 400 && isOurs(answer)) util.error(answer.Message, 'BadRequest');
  return fail(failureOf(statusCode), `status ${statusCode}`);
}

/**
 * Tell the client the type of the error only. The reason goes to the log.
 *
 * @param {string} errorType
 * @param {string} reason
 * @returns {never}
 */
function fail(errorType, reason) {
  console.error(`GET /metrics: ${errorType}: ${reason}`);
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
 * Whether all non-null fields of the schema are there. Without this check, AppSync's own error has no type.
 *
 * @param {any} answer
 */
function isAnalyticsData(answer) {
  return (
    Array.isArray(answer?.dataset) &&
    Array.isArray(answer.totals) &&
    answer.dataset.every((/** @type {any} */ point) => isPoint(point)) &&
    answer.totals.every((/** @type {any} */ total) => isTotal(total)) &&
    [answer.from, answer.to, answer.timeZone, answer.interval].every((value) => isString(value))
  );
}

/** @param {any} point */
function isPoint(point) {
  return isTotal(point) && isString(point.timestamp) && typeof point.partial === 'boolean';
}

/** @param {any} total */
function isTotal(total) {
  return isString(total?.series) && typeof total.value === 'number';
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isString(value) {
  return typeof value === 'string';
}
