/**
 * The colours of charts: those of the websites, and those of the axes. They come from css/charts.css.
 *
 * @typedef {ReturnType<typeof readTheme>} Theme
 */

import { element } from '../page.js';

/** The number of colours for websites: `--series-1` and so on. */
const COLOURS = 12;

/** The colours of websites. A website keeps its colour as long as the page is open. */
export class Palette {
  /** @type {Map<string, number>} the longest known first */
  #known = new Map();

  /**
   * The CSS colours of the websites that are drawn. Two websites in one chart have different colours.
   *
   * A website's name decides its colour. If another website has that colour already, it is the next free one. So a new
   * website changes no other.
   *
   * @param {string[][]} charts the websites in each chart, at most `COLOURS` in one
   * @param {string[]} websites all websites of the answer
   * @returns {Map<string, string>}
   */
  colours(charts, websites) {
    const drawn = charts.flat();
    // If all have a colour of their own, it is the same whatever is drawn first.
    const added = new Set(websites.length > COLOURS ? drawn : [...drawn, ...websites]);
    for (const name of [...added].sort()) {
      if (!this.#known.has(name)) this.#known.set(name, free(name, [...this.#known.values()]));
    }
    for (const names of charts) this.#separate(names);
    return new Map(drawn.map((name) => [name, `var(--series-${this.#known.get(name)})`]));
  }

  /**
   * Give those websites of a chart another colour that share one. There can be some if more websites are known than
   * there are colours.
   *
   * @param {string[]} names
   */
  #separate(names) {
    const members = [...this.#known].filter(([name]) => names.includes(name));
    const taken = members.map(([, colour]) => colour);
    members.forEach(([name, colour], index) => {
      if (!taken.slice(0, index).includes(colour)) return;
      taken[index] = free(name, taken);
      this.#known.set(name, taken[index]);
    });
  }
}

/**
 * The colour for a name: the first one that is not taken, beginning with the name's own.
 *
 * @param {string} name
 * @param {number[]} taken
 */
function free(name, taken) {
  const own = hash(name) % COLOURS;
  const choices = Array.from({ length: COLOURS }, (_, step) => ((own + step) % COLOURS) + 1);
  return choices.find((choice) => !taken.includes(choice)) ?? choices[0];
}

/**
 * A number that is always the same for a text: FNV-1a with 32 bits.
 *
 * @param {string} text
 */
function hash(text) {
  const bytes = new TextEncoder().encode(text);
  return bytes.reduce((mixed, byte) => Math.imul(mixed ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
}

/**
 * The colours and letters for a canvas in the element `place`. A canvas follows no CSS by itself: neither variables, nor
 * dark mode, nor the colours of the system, nor the size of text.
 *
 * @param {HTMLElement} place
 */
export function readTheme(place) {
  const size = rootSize();
  return {
    rem: size,
    font: { family: getComputedStyle(place).fontFamily, size: 0.75 * size },
    text: resolved('var(--axis-text)', place),
    line: resolved('var(--axis-line)', place),
    zero: resolved('var(--axis-zero)', place),
    before: resolved('var(--before)', place),
    back: resolved('var(--back)', place),
  };
}

/** The size of the page's text in pixels: 16, unless the user has chosen another. */
export function rootSize() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/**
 * A CSS colour as it is in the element `place`, without variables.
 *
 * @param {string} colour
 * @param {HTMLElement} place
 */
export function resolved(colour, place) {
  const probe = element('i', { className: 'probe' });
  probe.style.color = colour;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
