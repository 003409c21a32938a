/**
 * Turns webhooks of Lemon Squeezy into orders and refunds, as a RudderStack transformation.
 *
 * How to set it up: https://docs.lemonsqueezy.com/help/webhooks and README.md beside this file.
 */
const WEBSITE = 'www.example.com'; // change it to the website that sells
/** @type {string[]} */
const NOT_COUNTED = []; // ['renewal'], if affiliates earn nothing on renewals

const PROVIDER = 'lemon-squeezy';
const API = 'https://api.lemonsqueezy.com/v1';
const CREDENTIAL = 'lemon_squeezy_api_key';
const HEADERS = { Accept: 'application/vnd.api+json' };
const ATTEMPTS = 3;

const WITHOUT_DECIMALS = ['CLP', 'ISK', 'JPY', 'KRW', 'PYG', 'UGX', 'VND', 'XAF', 'XOF'];

/** @param {any} event */
export async function transformEvent(event) {
  if (event.event !== 'webhook_source_event') return event; // another source's, which the destination has too
  const body = fields(event.properties);
  const [meta, data] = [fields(body.meta), fields(body.data)];
  const sale = fields(data.attributes);
  if (meta.test_mode || sale.test_mode || NOT_COUNTED.includes(sale.billing_reason)) return undefined;
  switch (meta.event_name) {
    case 'order_created':
      return toTrack(event, sale.status === 'paid' ? await toOrder(data, sale, meta) : undefined);
    case 'order_refunded':
      return toTrack(event, await toRefund(data, sale, meta));
    case 'subscription_payment_success':
      return toTrack(event, isFirst(sale) ? undefined : await toOrder(data, sale, meta));
    case 'subscription_payment_refunded':
      return toTrack(event, isFirst(sale) ? undefined : await toRefund(data, sale, meta));
    default:
      return undefined;
  }
}

/**
 * Whether it is a subscription's first payment, which is an order, too.
 *
 * @param {Record<string, any>} invoice
 */
function isFirst(invoice) {
  return invoice.billing_reason === 'initial';
}

/**
 * @param {Record<string, any>} data
 * @param {Record<string, any>} sale
 * @param {Record<string, any>} meta
 * @returns {Promise<Found>}
 */
async function toOrder(data, sale, meta) {
  return {
    name: 'Order Completed',
    order_id: orderId(data),
    time: text(sale.created_at),
    amount: withoutTax(units(sale.total), units(sale.total), units(sale.tax)),
    ...money(sale),
    ...(await credit(data, sale, meta)),
  };
}

/**
 * The refund of all that was refunded so far: Lemon Squeezy says no more. Its id has the amount, since the same
 * order can be refunded again.
 *
 * @param {Record<string, any>} data
 * @param {Record<string, any>} sale
 * @param {Record<string, any>} meta
 * @returns {Promise<Found>}
 */
async function toRefund(data, sale, meta) {
  const refunded = sale.refunded_amount ?? (sale.refunded === true ? sale.total : undefined);
  return {
    name: 'Order Refunded',
    order_id: orderId(data),
    refund_id: `${orderId(data)}-${text(refunded)}`,
    time: text(sale.refunded_at) || text(sale.updated_at),
    amount: withoutTax(units(refunded), units(sale.total), units(sale.tax)),
    ...money(sale),
    ...(await credit(data, sale, meta)),
  };
}

/**
 * Orders and invoices are counted separately, so that both have a number 1.
 *
 * @param {Record<string, any>} data
 */
function orderId(data) {
  const id = text(data.id);
  return id && data.type === 'subscription-invoices' ? `invoice-${id}` : id;
}

/**
 * @param {Record<string, any>} data
 * @param {Record<string, any>} sale
 * @param {Record<string, any>} meta
 */
async function credit(data, sale, meta) {
  const { affiliate_id: id, affiliate_link: link } = fields(meta.custom_data);
  const affiliate = text(id); // it wins over a code, which need not be looked up then
  const isDiscounted = data.type === 'orders' && units(sale.discount_total);
  const coupon = !affiliate && isDiscounted && getCredential(CREDENTIAL) ? await codeOf(text(data.id)) : '';
  return { affiliate_id: affiliate, affiliate_link: text(link), coupon };
}

/**
 * The code that the customer used. A webhook does not have it.
 *
 * @param {string} order
 */
async function codeOf(order) {
  const { data } = isId(order) ? await lookUp(`orders/${order}/discount-redemptions`) : fields(undefined);
  return text(fields(fields(fields(data)[0]).attributes).discount_code);
}

/**
 * The currency, and its decimals. Everything is in hundredths, says Lemon Squeezy. If it means whole yen after all,
 * the amount has the same digits as the one for people to read.
 *
 * @param {Record<string, any>} sale
 */
function money(sale) {
  const currency = text(sale.currency);
  const isWhole = text(sale.total_formatted).replace(/\D/g, '') === text(sale.total);
  return { currency, decimals: WITHOUT_DECIMALS.includes(currency) && isWhole ? 0 : 2 };
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
