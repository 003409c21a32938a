/**
 * Remembers which affiliate sent the visitor: the one whose link was clicked last, for 30 days after the click.
 *
 * The affiliate's id is kept in a cookie of your own site. Your server reads it when the visitor buys.
 */
const COOKIE = 'affiliate';
const DAYS = 30;
const PARAMETERS = ['ref', 'aff', 'via']; // in this order, as in the setting AFFILIATE_PARAMETERS
const AFFILIATE_ID = /^(?: |[^\p{C}\p{Z}\uFFFD]){1,128}$/u; // printable; U+FFFD stands for bytes that are not UTF-8
const PLACEHOLDER =
  /^(?:undefined|null|NULL|None|NaN|\(null\)|\{.*\}|\[.*\]|<.*>|%.*%|\$\{?\w+\}?)$/; // a template without its value

/** The affiliate's id, or undefined. Call this on every page, because a link may lead to any of them. */
export function affiliateId() {
  const clicked = affiliateInAddress(location);
  if (clicked) remember(clicked);
  return clicked ?? remembered();
}

/** @param {Location} address */
function affiliateInAddress({ search, hash }) {
  // Websites that route by hash have a query in the hash: /#/pricing?ref=alice
  const queries = [search, hash.includes('?') ? hash.slice(hash.indexOf('?')) : ''];
  return queries
    .map((query) => new URLSearchParams(query))
    .flatMap((query) => PARAMETERS.flatMap((name) => query.getAll(name)))
    .map(trimmed)
    .find(isAffiliateId);
}

/**
 * A value without the white space and slashes that links often have at their ends.
 *
 * @param {string} value
 */
function trimmed(value) {
  const id = value.trim();
  let end = id.length;
  while (end && '/ '.includes(id[end - 1])) end -= 1;
  return id.slice(0, end);
}

/** @param {string} text */
function isAffiliateId(text) {
  return AFFILIATE_ID.test(text) && !PLACEHOLDER.test(text);
}

/** @param {string} id */
function remember(id) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  const attributes = `Max-Age=${DAYS * 24 * 60 * 60}; Path=/; SameSite=Lax${secure}`;
  document.cookie = `${COOKIE}=${encodeURIComponent(id)}; ${attributes}`;
}

function remembered() {
  const cookie = document.cookie.split('; ').find((each) => each.startsWith(`${COOKIE}=`));
  const id = new URLSearchParams(cookie).get(COOKIE) ?? '';
  return isAffiliateId(id) ? id : undefined;
}
