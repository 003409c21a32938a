// Turns QuickJS into APPSYNC_JS: removes what AppSync does not have, adds what AppSync adds, and returns `run`.
//
// Sources: AppSync's developer guide ("Supported runtime features", "Built-in utilities", "Runtime utilities"), the
// types of @aws-appsync/utils, and the methods that @aws-appsync/eslint-plugin forbids. A function is an error here if
// AppSync's documentation describes it in two ways, or if it differs from JavaScript: code that runs here runs on AWS.
(() => {
  'use strict';

  // Saved for the code below. A resolver cannot reach these.
  /** @type {any} */
  const globalObject = globalThis;
  const { BigInt, Error, RegExp, atob, btoa, escape, unescape } = globalObject;
  const { defineProperty, freeze, fromEntries, getOwnPropertyNames } = Object;
  const { from } = Array;
  const { floor, max, min, random, round } = Math;
  const unbound = (/** @type {Function} */ method) => Function.prototype.call.bind(method);
  const replace = unbound(String.prototype.replace);
  const charCodeAt = unbound(String.prototype.charCodeAt);

  /** @type {{logs: string[], errors: object[], headers: Record<string, string>}} */
  const said = { logs: [], errors: [], headers: {} };

  class Signal {
    /**
     * @param {string} kind
     * @param {unknown} value
     */
    constructor(kind, value) {
      this.kind = kind;
      this.value = value;
    }
  }

  /**
   * @param {string} kind
   * @param {unknown} [value]
   * @returns {never}
   */
  const signal = (kind, value) => {
    throw new Signal(kind, value);
  };

  /**
   * @param {string} name
   * @returns {() => never}
   */
  const lacking = (name, why = 'is not part of the local AppSync') => () => {
    throw new Error(`${name} ${why}`);
  };

  /** @param {[message?: string, errorType?: string | null, data?: any, errorInfo?: any]} described */
  const errorOf = (...[message, errorType = null, data = null, errorInfo = null]) => ({
    message,
    errorType,
    data,
    errorInfo,
  });

  /**
   * @param {string} alphabet
   * @param {number} count
   */
  const digits = (alphabet, count) =>
    from({ length: count }, () => alphabet[floor(random() * alphabet.length)]).join('');

  /**
   * @param {string} alphabet
   * @param {number | string} number
   * @param {number} count
   */
  const inBase = (alphabet, number, count) => {
    const base = BigInt(alphabet.length);
    let text = '';
    for (let rest = BigInt(number); text.length < count; rest /= base) text = alphabet[Number(rest % base)] + text;
    return text;
  };

  const HEXADECIMAL = '0123456789abcdef';
  const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const KSUID_EPOCH = 1400000000;
  const RESTRICTED = ['host', 'connection', 'user-agent', 'expectation', 'transfer-encoding', 'content-length'];

  const percentEncode = (/** @type {string} */ sign) => `%${charCodeAt(sign, 0).toString(16).toUpperCase()}`;
  const now = () => new Date();
  const seconds = (/** @type {number} */ milliseconds) => floor(milliseconds / 1000);

  /** @satisfies {Omit<import('@aws-appsync/utils').Util, 'dynamodb' | 'rds' | 'transform' | 'xml'>} */
  const util = {
    error: (...described) => signal('error', errorOf(...described)),
    appendError: (...described) => void said.errors.push(errorOf(...described)),
    unauthorized: () => signal('unauthorized'),
    authType: () => 'User Pool Authorization',
    autoId: () =>
      [digits(HEXADECIMAL, 8), digits(HEXADECIMAL, 4), `4${digits(HEXADECIMAL, 3)}`]
        .concat(digits('89ab', 1) + digits(HEXADECIMAL, 3), digits(HEXADECIMAL, 12))
        .join('-'),
    autoUlid: () => inBase(CROCKFORD, now().getTime(), 10) + digits(CROCKFORD, 16),
    autoKsuid: () =>
      inBase(BASE62, `0x${(seconds(now().getTime()) - KSUID_EPOCH).toString(16)}${digits(HEXADECIMAL, 32)}`, 27),
    matches: (pattern, value) => {
      if (!pattern.startsWith('^') || !pattern.endsWith('$')) {
        lacking('util.matches', 'is documented in two ways, to match the whole value and a part of it: write ^...$')();
      }
      return new RegExp(pattern, 'u').test(value);
    },
    urlEncode: (value) =>
      replace(replace(encodeURIComponent(value), /[!'()~]/g, percentEncode), /%20/g, '+'),
    urlDecode: (value) => decodeURIComponent(replace(value, /\+/g, ' ')),
    base64Encode: (value) => btoa(unescape(encodeURIComponent(value))),
    base64Decode: (value) => decodeURIComponent(escape(atob(value))),
    escapeJavaScript: lacking('util.escapeJavaScript'),
    time: {
      nowISO8601: () => now().toISOString(),
      nowEpochSeconds: () => seconds(now().getTime()),
      nowEpochMilliSeconds: () => now().getTime(),
      parseISO8601ToEpochMilliSeconds: (text) => Date.parse(text),
      epochMilliSecondsToSeconds: seconds,
      epochMilliSecondsToISO8601: (milliseconds) => new Date(milliseconds).toISOString(),
      nowFormatted: lacking('util.time.nowFormatted'),
      epochMilliSecondsToFormatted: lacking('util.time.epochMilliSecondsToFormatted'),
      parseFormattedToEpochMilliSeconds: lacking('util.time.parseFormattedToEpochMilliSeconds'),
    },
    http: {
      copyHeaders: (headers) =>
        fromEntries(Object.entries(headers).filter(([name]) => !RESTRICTED.includes(name.toLowerCase()))),
      addResponseHeader: (name, value) => {
        said.headers[name] = typeof value === 'string' ? value : JSON.stringify(value);
      },
      addResponseHeaders: (headers) => {
        for (const [name, value] of Object.entries(headers)) util.http.addResponseHeader(name, value);
      },
    },
    math: {
      roundNum: round,
      minVal: min,
      maxVal: max,
      randomDouble: random,
      randomWithinRange: (start, end) => start + floor(random() * (end - start)),
    },
    str: { normalize: (value, form) => value.normalize(form.toUpperCase()) },
  };
  for (const name of ['dynamodb', 'rds', 'transform', 'xml']) {
    defineProperty(util, name, { get: lacking(`util.${name}`) });
  }

  const runtime = {
    /**
     * @param {unknown} value
     * @param {{skipTo?: string}} options
     */
    earlyReturn: (value = null, options = {}) => signal('return', { value, skipTo: options.skipTo ?? 'NEXT' }),
  };

  /** @type {Record<string, () => never>} */
  const extensions = {};
  for (const name of ['evictFromApiCache', 'setSubscriptionFilter']) {
    extensions[name] = lacking(`extensions.${name}`, 'needs a cache or a subscription, which the local AppSync does not have');
  }
  extensions.setSubscriptionInvalidationFilter = extensions.setSubscriptionFilter;
  extensions.invalidateSubscriptions = extensions.setSubscriptionFilter;

  const log = (/** @type {unknown[]} */ ...values) => {
    const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
    said.logs.push(texts.join(' '));
  };

  /** @type {Record<string, (ctx: object) => unknown>} */
  const handlers = {};

  /**
   * @param {string} name of the handler
   * @param {string} given its context, as JSON
   */
  const run = (name, given) => {
    const ctx = JSON.parse(given);
    const { stash } = ctx;
    ctx.args = ctx.arguments;
    let kind = 'value';
    let value;
    try {
      value = handlers[name](freeze(ctx));
    } catch (error) {
      const thrown = /** @type {any} */ (error);
      const isSignal = thrown instanceof Signal;
      kind = isSignal ? thrown.kind : 'fault';
      value = isSignal ? thrown.value : `${thrown}\n${thrown.stack}`;
    }
    return JSON.stringify({ kind, value, stash, ...said });
  };

  const words = (/** @type {string[]} */ lines) => lines.join(' ').split(' ');
  const lose = (/** @type {any} */ owner, /** @type {string[]} */ ...lines) => {
    for (const name of words(lines)) delete owner[name];
  };
  const keep = (/** @type {any} */ owner, /** @type {string[]} */ ...lines) => {
    const kept = words(lines);
    lose(owner, ...getOwnPropertyNames(owner).filter((name) => !kept.includes(name)));
  };

  keep(Object, 'prototype name length assign entries hasOwn keys values');
  keep(Array, 'prototype name length isArray');
  keep(String, 'prototype name length');
  keep(
    Array.prototype,
    'length toString concat every fill filter find findIndex findLast findLastIndex flat flatMap forEach includes',
    'indexOf join lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice unshift',
  );
  // On AWS, the first argument of these is a Java regular expression.
  lose(String.prototype, 'match matchAll replace replaceAll search');
  lose(String.prototype, 'charCodeAt localeCompare padEnd padStart repeat toLocaleLowerCase toLocaleUpperCase');
  lose(Function.prototype, 'apply bind call constructor');
  lose(Math, 'random');
  lose(
    Date.prototype,
    'setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setTime setYear',
    'setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds',
    'toGMTString toLocaleDateString toLocaleString toLocaleTimeString',
  );
  keep(
    globalObject,
    'Array Boolean Date Infinity JSON Math NaN Number Object String decodeURI decodeURIComponent encodeURI',
    'encodeURIComponent isFinite isNaN parseFloat parseInt undefined',
  );
  Object.assign(globalObject, { console: { log, error: log }, extensions, runtime, util });
  // The loader calls this at the end of a resolver's code.
  /** @type {(...pair: (typeof handlers)[string][]) => void} */
  globalObject.$install = (request, response) => {
    Object.assign(handlers, { request, response });
    delete globalObject.$install;
  };
  return run;
})();
