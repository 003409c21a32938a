/**
 * Which bins have a label on the x axis.
 *
 * @import { Bin } from '../figures.js'
 * @import { Interval } from '../view.js'
 *
 * @typedef {(wall: Date, after: number) => boolean} IsTick from the wall clock at a bin's start, and the number of bins
 * after it
 */

import { wallClock } from '../formats.js';

/**
 * The indexes of the bins to label: at most `room` if possible. The fewer fit, the rounder are their times.
 *
 * @param {Bin[]} bins
 * @param {Interval} interval
 * @param {number} room
 */
export function tickIndexes(bins, interval, room) {
  const walls = bins.map(({ timestamp }) => wallClock(timestamp));
  const choices = CHOICES[interval].map((isTick) =>
    [...bins.keys()].filter((index) => isTick(walls[index], bins.length - 1 - index)),
  );
  return choices.find((choice) => choice.length <= room) ?? choices[choices.length - 1];
}

const DAY = 24 * 60 * 60 * 1000;

/** @type {(step: number) => IsTick} */
const fromTheEnd = (step) => (_, after) => after % step === 0;
/** @type {(step: number) => (wall: Date) => boolean} */
const hours = (step) => (wall) => wall.getUTCHours() % step === 0 && wall.getUTCMinutes() === 0;
/** @type {(step: number) => IsTick} */
const midnights = (step) => (wall) => hours(24)(wall) && Math.floor(wall.getTime() / DAY) % step === 0;
/** @type {IsTick} */
const mondays = (wall) => wall.getUTCDay() === 1;
/** @type {(step: number) => IsTick} */
const firsts = (step) => (wall) => wall.getUTCDate() === 1 && wall.getUTCMonth() % step === 0;

/**
 * Rules for each interval, from the most labels to the fewest.
 *
 * @type {Record<Interval, IsTick[]>}
 */
const CHOICES = {
  Hour: [...[1, 2, 3, 6, 12].map(hours), ...[1, 2, 3, 7].map(midnights)],
  Day: [...[1, 2, 3].map(fromTheEnd), mondays, fromTheEnd(14), ...[1, 2, 3, 6].map(firsts)],
  Week: [1, 2, 4, 8, 13, 26].map(fromTheEnd),
  Month: [1, 2, 3, 6].map(fromTheEnd),
};
