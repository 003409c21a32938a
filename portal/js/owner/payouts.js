/**
 * The list of what is to be paid: due balances in one currency, in amounts that can be paid.
 *
 * @typedef {{affiliateId: string, name: string | null, due: number}} Owed
 * @typedef {object} Payout
 * @property {string} affiliateId
 * @property {string | null} name
 * @property {number} units the amount in the smallest units of the currency, such as cents
 */

/**
 * What to pay. An amount is rounded down to what the currency has, such as whole cents: the rest stays due.
 *
 * @param {Owed[]} rows
 * @param {string} currency
 * @param {number} smallest the smallest amount that is paid
 * @returns {Payout[]}
 */
export function toPayouts(rows, currency, smallest) {
  const digits = digitsOf(currency);
  return rows
    .filter(({ due }) => due >= smallest)
    .map(({ affiliateId, name, due }) => ({ affiliateId, name, units: toUnits(due, digits) }))
    .filter(({ units }) => units > 0);
}

/**
 * The sum of payouts, in whole units of the currency.
 *
 * @param {Payout[]} payouts
 * @param {string} currency
 */
export function sumOf(payouts, currency) {
  return Number(toText(payouts.reduce((sum, { units }) => sum + units, 0), digitsOf(currency)));
}

/**
 * Payouts as cells for a file. `python -m infra.payouts record` reads it.
 *
 * @param {Payout[]} payouts
 * @param {string} currency
 * @param {string} id of all these payouts
 * @returns {(string | number)[][]}
 */
export function toPayoutCells(payouts, currency, id) {
  const digits = digitsOf(currency);
  const lines = payouts.map(({ affiliateId, name, units }) => [
    id,
    affiliateId,
    name ?? '',
    currency,
    toText(units, digits),
  ]);
  return [['payout_id', 'affiliate_id', 'name', 'currency', 'amount'], ...lines];
}

/** @param {string} currency */
function digitsOf(currency) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/**
 * An amount in the smallest units of its currency, rounded down. By its decimal digits: 1.15 × 100 is not 115 for a
 * computer.
 *
 * @param {number} amount
 * @param {number} digits after the decimal point of the currency
 */
function toUnits(amount, digits) {
  const [whole, fraction = ''] = String(amount).split('.');
  return Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
}

/**
 * @param {number} units
 * @param {number} digits
 */
function toText(units, digits) {
  const text = String(units).padStart(digits + 1, '0');
  return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}
