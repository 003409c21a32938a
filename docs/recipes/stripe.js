/**
 * Turns webhooks of Stripe Checkout and Billing into orders and refunds, as a RudderStack transformation.
 *
 * How to set it up: https://docs.stripe.com/webhooks and README.md beside this file.
 */
const WEBSITE = 'www.example.com'; // change it to the website that sells
/** @type {string[]} */
const NOT_COUNTED = []; // ['subscription_cycle'], if affiliates earn nothing on renewals

const PROVIDER = 'stripe';
const API = 'https://api.stripe.com/v1';
const CREDENTIAL = 'stripe_api_key';
const HEADERS = { 'Stripe-Version': '2025-03-31.basil' }; // the oldest that finds the invoice of a payment
const ATTEMPTS = 3;

const SUBSCRIPTION = ['subscription_create', 'subscription_cycle', 'subscription_update'];
const AFFILIATE_REFERENCE = /^affiliate_(.+)$/;
// https://docs.stripe.com/currencies#minor-units. ISK and UGX have no decimals, but Stripe gives them two.
const WITHOUT_DECIMALS = [
  'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF',
];
const WITH_THREE_DECIMALS = ['BHD', 'JOD', 'KWD', 'OMR', 'TND'];

/** @param {any} event */
export async function transformEvent(event) {
  if (event.event !== 'webhook_source_event') return event; // another source's, which the destination has too
  const body = fields(event.properties);
  if (body.livemode !== true) return undefined; // test mode
  const about = fields(fields(body.data).object);
  switch (body.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return toTrack(event, await toOrder(fromSession(about), moment(body.created)));
    case 'invoice.paid':
      return toTrack(event, await toOrder(fromInvoice(about), moment(fields(about.status_transitions).paid_at)));
    case 'refund.created':
    case 'refund.updated':
      // The time is that of the request, since a refund that succeeded can be updated again.
      return toTrack(event, about.status === 'succeeded' ? await toRefund(about, moment(about.created)) : undefined);
    case 'charge.dispute.closed':
      return toTrack(event, about.status === 'lost' ? await toRefund(about, moment(body.created)) : undefined);
    default:
      return undefined;
  }
}

/**
 * @param {Sale | undefined} sale
 * @param {string} time
 * @returns {Promise<Found | undefined>}
 */
async function toOrder(sale, time) {
  if (!sale) return undefined;
  return {
    name: 'Order Completed',
    order_id: sale.id,
    time,
    amount: withoutTax(units(sale.paid), units(sale.total), sale.tax),
    ...money(sale.currency),
    ...(await credit(sale)),
  };
}

/**
 * A refund, or a dispute that was lost. Neither names the affiliate or the tax: the sale does.
 *
 * @param {Record<string, any>} refund
 * @param {string} time
 * @returns {Promise<Found | undefined>}
 */
async function toRefund(refund, time) {
  const sale = await saleOf(idOf(refund.payment_intent));
  if (!sale) return undefined;
  return {
    name: 'Order Refunded',
    order_id: sale.id,
    refund_id: text(refund.id),
    time,
    amount: withoutTax(units(refund.amount), units(sale.total), sale.tax),
    ...money(refund.currency),
    ...(await credit(sale)),
  };
}

/**
 * The sale that was paid by a payment intent; undefined if it is not a sale that counts.
 *
 * @param {string} payment
 */
async function saleOf(payment) {
  if (!isId(payment)) return undefined;
  const sessions = await lookUp(`checkout/sessions?payment_intent=${payment}`);
  const session = fields(fields(sessions.data)[0]);
  if (text(session.id)) return fromSession(session);
  const filter = `payment[type]=payment_intent&payment[payment_intent]=${payment}`;
  const payments = await lookUp(`invoice_payments?${filter}&expand[]=data.invoice`);
  return fromInvoice(fields(fields(fields(payments.data)[0]).invoice));
}

/**
 * A checkout that was paid. A subscription's is left out, since its first invoice is paid, too.
 *
 * @param {Record<string, any>} session
 * @returns {Sale | undefined}
 */
function fromSession(session) {
  if (session.mode !== 'payment' || session.payment_status !== 'paid') return undefined;
  const { amount_total: total, metadata, currency, discounts } = session;
  const reference = AFFILIATE_REFERENCE.exec(text(session.client_reference_id));
  return {
    id: idOf(session.payment_intent) || text(session.id),
    paid: total,
    total,
    tax: units(fields(session.total_details).amount_tax),
    currency,
    custom: { ...fields(metadata), affiliate_id: text(fields(metadata).affiliate_id) || reference?.[1] },
    discounts: Object.values(fields(discounts)),
  };
}

/**
 * A payment of a subscription. Other invoices are left out, since a checkout can make one, too.
 *
 * @param {Record<string, any>} invoice
 * @returns {Sale | undefined}
 */
function fromInvoice(invoice) {
  const reason = text(invoice.billing_reason);
  if (!SUBSCRIPTION.includes(reason) || NOT_COUNTED.includes(reason)) return undefined;
  if (units(invoice.amount_paid) === 0n) return undefined; // such as a trial, or credit for a smaller plan
  const { amount_paid: paid, total, total_excluding_tax: net, currency, discounts } = invoice;
  const [withTax, without] = [units(total), units(net)];
  const details = fields(invoice.parent).subscription_details ?? invoice.subscription_details; // the second until 2025
  return {
    id: text(invoice.id),
    paid,
    total,
    tax: withTax === undefined || without === undefined ? undefined : withTax - without,
    currency,
    custom: fields(fields(details).metadata),
    discounts: Object.values(fields(discounts)),
  };
}

/** @param {Sale} sale */
async function credit({ id, custom, discounts }) {
  const affiliate = text(custom.affiliate_id); // it wins over a code, which need not be looked up then
  const isByCode = !affiliate && discounts.length && getCredential(CREDENTIAL);
  const coupon = isByCode ? await codeOf(id, discounts) : '';
  return { affiliate_id: affiliate, affiliate_link: text(custom.affiliate_link), coupon };
}

/**
 * The promotion code that the customer typed. A webhook has its id at most.
 *
 * @param {string} id
 * @param {any[]} discounts
 */
async function codeOf(id, discounts) {
  const areIds = isId(id) && discounts.some((discount) => typeof discount === 'string'); // an invoice's
  const invoice = areIds ? await lookUp(`invoices/${id}?expand[]=discounts`) : { discounts };
  const promotions = Object.values(fields(invoice.discounts)).map((discount) => text(fields(discount).promotion_code));
  const promotion = promotions.find(isId);
  return promotion ? text((await lookUp(`promotion_codes/${promotion}`)).code) : '';
}

/** @param {any} given */
function money(given) {
  const currency = text(given).toUpperCase();
  const [zero, three] = [WITHOUT_DECIMALS.includes(currency), WITH_THREE_DECIMALS.includes(currency)];
  return { currency, decimals: zero ? 0 : three ? 3 : 2 };
}

/**
 * The id of an object that may be expanded.
 *
 * @param {any} value
 */
function idOf(value) {
  return text(value) || text(fields(value).id);
}

/**
 * A time from the seconds since 1970; empty if it is not one.
 *
 * @param {any} seconds
 */
function moment(seconds) {
  return Number.isSafeInteger(seconds) && Math.abs(seconds) < 1e11 ? new Date(seconds * 1000).toISOString() : '';
}

/**
 * @typedef {object} Sale
 * @property {string} id
 * @property {any} paid
 * @property {any} total
 * @property {bigint | undefined} tax
 * @property {any} currency
 * @property {Record<string, any>} custom
 * @property {any[]} discounts
 */

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
