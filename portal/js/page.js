/** Functions for the elements of the page. */

/**
 * The element of index.html with this id.
 *
 * @param {string} id
 */
export function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * A new element with these properties and children. A text is never read as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

/**
 * Stylesheets by their address.
 *
 * @type {Map<string, Promise<unknown>>}
 */
const styles = new Map();

/**
 * Load a stylesheet once. A page that needs it waits, so that it is never shown without. If it cannot be loaded, the
 * page is shown all the same.
 *
 * @param {string} href
 */
export function loadStyles(href) {
  const loading =
    styles.get(href) ??
    new Promise((resolve) => {
      document.head.append(element('link', { rel: 'stylesheet', href, onload: resolve, onerror: resolve }));
    });
  styles.set(href, loading);
  return loading;
}

/**
 * A radio button with its label.
 *
 * @param {string} name
 * @param {string} value
 * @param {...(Node | string)} label
 */
export function choice(name, value, ...label) {
  return element('label', {}, element('input', { type: 'radio', name, value }), ...label);
}

/**
 * A text that may be in any script, such as a website or a name. A long one breaks after a dot, a slash or a hyphen.
 *
 * @param {string} text
 */
export function named(text) {
  const pieces = text.split(/(?<=[./_-])(?=.)/);
  return element('bdi', {}, ...pieces.flatMap((piece, index) => (index ? [element('wbr'), piece] : [piece])));
}

/**
 * Make a screen reader say a text.
 *
 * @param {string} text
 */
export function announce(text) {
  part('announcement').textContent = text;
}

/**
 * Show a text on a button for two seconds, and make a screen reader say it.
 *
 * @param {HTMLElement} button
 * @param {string} text
 */
export function flash(button, text) {
  const label = (button.dataset.label ??= button.textContent ?? '');
  button.textContent = text;
  announce(text);
  setTimeout(() => (button.textContent = label), 2000);
}
