/** Small things done with the page's elements. */

/**
 * The element of index.html with this id.
 *
 * @param {string} id
 * @returns {any} of whatever kind it is there
 */
export function part(id) {
  return document.getElementById(id);
}

/** A new element with these properties and children (elements or texts). Text stays text, whatever is in it. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A radio button and what is read beside it. */
export function choice(name, value, ...label) {
  return element('label', {}, element('input', { type: 'radio', name, value }), ...label);
}

/** Have a screen reader say `text`. */
export function announce(text) {
  part('announcement').textContent = text;
}

/** Have `button` read `text` for two seconds, and a screen reader say it. */
export function flash(button, text) {
  button.dataset.label ??= button.textContent;
  button.textContent = text;
  announce(text);
  setTimeout(() => (button.textContent = button.dataset.label), 2000);
}
