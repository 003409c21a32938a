/**
 * Turns webhooks of Paddle Billing into orders and refunds, as a RudderStack transformation.
 *
 * How to set it up: https://developer.paddle.com/webhooks/overview and README.md beside this file.
 */
const WEBSITE = 'www.example.com'; // change it to the website that sells
/** @type {string[]} */
const NOT_COUNTED = []; // ['subscription_recurring'], if affiliates earn nothing on renewals

const PROVIDER = 'paddle';
const API = 'https://api.paddle.com';
const CREDENTIAL = 'paddle_api_key';
const HEADERS = { 'Paddle-Version': '1' };
const ATTEMPTS = 3;

const ACTIONS = new Map([
  ['refund', 'Order Refunded'],
  ['chargeback', 'Order Refunded'],
  ['chargeback_reverse', 'Order Completed'], // the money comes back
]);
const WITHOUT_DECIMALS = ['CLP', 'ISK', 'JPY', 'KRW', 'PYG', 'UGX', 'VND', 'XAF', 'XOF'];
const SIMULATED = 'ntfsimevt_';

/** @param {any} event */
export async function transformEvent(event) {
  if (event.event !== 'webhook_source_event') return event; // another source's, which the destination has too
  const body = fields(event.properties);
  if (text(body.event_id).startsWith(SIMULATED)) return undefined;
  switch (body.event_type) {
    case 'transaction.completed':
      return toTrack(event, await toOrder(fields(body.data)));
    case 'adjustment.created':
    case 'adjustment.updated':
      return toTrack(event, await toAdjustment(fields(body.data)));
    default:
      return undefined;
  }
}

/**
 * @param {Record<string, any>} transaction
 * @returns {Promise<Found | undefined>}
 */
async function toOrder(transaction) {
  if (NOT_COUNTED.includes(transaction.origin)) return undefined;
  const id = text(transaction.id);
  // An affiliate wins over a code, which need not be looked up then.
  const isByCode = !credit(transaction).affiliate_id && text(transaction.discount_id) && getCredential(CREDENTIAL);
  const { total, tax, grand_total: paid } = fields(fields(transaction.details).totals);
  return {
    name: 'Order Completed',
    order_id: id,
    time: paidAt(transaction),
    // What is paid from the customer's credit was counted when the credit was paid.
    amount: withoutTax(units(paid), units(total), units(tax)),
    ...money(transaction),
    ...credit(isByCode ? await transactionOf(id) : transaction),
  };
}

/**
 * @param {Record<string, any>} adjustment
 * @returns {Promise<Found | undefined>}
 */
async function toAdjustment(adjustment) {
  const name = ACTIONS.get(adjustment.action);
  if (!name || adjustment.status !== 'approved') return undefined;
  const transaction = await transactionOf(text(adjustment.transaction_id));
  if (NOT_COUNTED.includes(transaction.origin)) return undefined;
  const id = text(adjustment.id);
  const { total, tax } = fields(adjustment.totals);
  return {
    name,
    ...(name === 'Order Refunded' ? { order_id: text(adjustment.transaction_id), refund_id: id } : { order_id: id }),
    time: text(adjustment.updated_at) || text(adjustment.created_at),
    amount: withoutTax(units(total), units(total), units(tax)),
    ...money(adjustment),
    ...credit(transaction),
  };
}

/**
 * The transaction with its discount. An adjustment does not name the affiliate, and no webhook the discount's code.
 *
 * @param {string} id
 */
async function transactionOf(id) {
  return isId(id) ? fields((await lookUp(`transactions/${id}?include=discount`)).data) : {};
}

/** @param {Record<string, any>} transaction */
function credit(transaction) {
  const { affiliate_id: affiliate, affiliate_link: link } = fields(transaction.custom_data);
  return { affiliate_id: text(affiliate), affiliate_link: text(link), coupon: text(fields(transaction.discount).code) };
}

/** @param {Record<string, any>} entity */
function money(entity) {
  const currency = text(entity.currency_code);
  return { currency, decimals: WITHOUT_DECIMALS.includes(currency) ? 0 : 2 };
}

/** @param {Record<string, any>} transaction */
function paidAt(transaction) {
  const payments = Array.isArray(transaction.payments) ? transaction.payments.map(fields) : [];
  const captured = payments.find((payment) => payment.status === 'captured');
  return text(captured?.captured_at) || text(transaction.billed_at);
}

// From here on, all recipes are the same.

/**
 * The event that is delivered instead of the webhook; undefined if it credits nobody or no money moved.
 *
 * An id, amount or time that cannot be read is passed on: `ingest` makes the event a dead letter, and an alarm rings.
 *
 * @param {any} event
 * @param {Found | undefined} found
 */
function toTrack(event, found) {
  if (!found || found.amount === 0n || !(found.affiliate_id || found.coupon)) return undefined;
  const { name, time, amount, decimals, currency, ...texts } = found;
  const [kind, id] = texts.refund_id === undefined ? ['order', texts.order_id] : ['refund', texts.refund_id];
  if (!id) texts.order_id = ''; // `ingest` refuses it: without an id, it could count again and again
  return {
    ...event,
    event: name,
    messageId: `${PROVIDER}-${kind}-${id}`,
    timestamp: time,
    context: {}, // RudderStack may put the webhook's headers and address here
    properties: {
      ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value)),
      currency: currency.toUpperCase() || 'unknown', // without a currency, `ingest` would take US dollars
      revenue: amount === undefined ? undefined : toDecimal(amount, decimals),
      website: WEBSITE,
    },
  };
}

/**
 * What the provider's API answers.
 *
 * Throws an error if there is no answer. RudderStack then reports the event as failed, and delivers the others.
 *
 * @param {string} path
 */
async function lookUp(path) {
  const key = getCredential(CREDENTIAL);
  if (!key) throw new Error(`The credential ${CREDENTIAL} is not set.`);
  const headers = { ...HEADERS, Authorization: `Bearer ${key}` };
  let problem;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      const { status, body } = await fetchV2(`${API}/${path}`, { headers });
      if (status === 200) return fields(body);
      problem = `it answers ${status}`;
    } catch {
      problem = 'it cannot be reached';
    }
  }
  throw new Error(`${API}/${path} was asked ${ATTEMPTS} times: ${problem}. Send the webhook again.`);
}

/**
 * The part of an amount that is not tax, if the sale was `total` with `tax`; rounded half up.
 *
 * @param {bigint | undefined} amount
 * @param {bigint | undefined} total
 * @param {bigint | undefined} tax
 */
function withoutTax(amount, total, tax) {
  if (amount === undefined || total === undefined || tax === undefined) return undefined;
  return total === 0n ? 0n : (2n * amount * (total - tax) + total) / (2n * total);
}

/**
 * Whole minor units as a decimal number: 1999 cents are 19.99. No amount is ever a float.
 *
 * @param {bigint} amount
 * @param {number} decimals
 */
function toDecimal(amount, decimals) {
  const digits = amount.toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return decimals ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
}

/**
 * Whether a text can be the id of something that a provider made.
 *
 * @param {string} id
 */
function isId(id) {
  return /^[\w-]+$/.test(id);
}

/**
 * Whole minor units; undefined if the value is not a whole number of at least 0.
 *
 * @param {any} value
 */
function units(value) {
  if (typeof value === 'string') return /^\d{1,15}$/.test(value) ? BigInt(value) : undefined;
  return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
}

/**
 * A text or a whole number as text; empty for anything else.
 *
 * @param {any} value
 */
function text(value) {
  return typeof value === 'string' ? value.trim() : Number.isSafeInteger(value) ? String(value) : '';
}

/**
 * An object's fields; none for anything else.
 *
 * @param {any} value
 * @returns {Record<string, any>}
 */
function fields(value) {
  return typeof value === 'object' && value !== null ? value : {};
}

/**
 * An event of ours, in the making. Empty texts are left out.
 *
 * @typedef {object} Found
 * @property {string} name
 * @property {string} time
 * @property {bigint | undefined} amount In minor units, without tax; undefined if it cannot be read.
 * @property {number} decimals The digits of the currency's minor unit.
 * @property {string} currency
 * @property {string} order_id
 * @property {string} [refund_id]
 * @property {string} affiliate_id
 * @property {string} affiliate_link
 * @property {string} coupon
 */
