/** Which bins have their name written at the axis. */

import { wallClock } from './formats.js';

/** The indexes of the bins to name, `room` at most where that is possible; rounder times where it is tight. */
export function tickIndexes(bins, interval, room) {
  const walls = bins.map(({ timestamp }) => wallClock(timestamp));
  const choices = CHOICES[interval].map((isTick) =>
    [...bins.keys()].filter((index) => isTick(walls[index], bins.length - 1 - index)),
  );
  return choices.find((choice) => choice.length <= room) ?? choices.at(-1);
}

const DAY = 24 * 60 * 60 * 1000;

/** Of what the clocks show at a bin's start, and of how many bins there are after it. */
const fromTheEnd = (step) => (_, after) => after % step === 0;
const hours = (step) => (wall) => wall.getUTCHours() % step === 0 && wall.getUTCMinutes() === 0;
const midnights = (step) => (wall) => hours(24)(wall) && Math.floor(wall / DAY) % step === 0;
const mondays = (wall) => wall.getUTCDay() === 1;
const firsts = (step) => (wall) => wall.getUTCDate() === 1 && wall.getUTCMonth() % step === 0;

/** From the most to the fewest. */
const CHOICES = {
  Hour: [...[1, 2, 3, 6, 12].map(hours), ...[1, 2, 3, 7].map(midnights)],
  Day: [...[1, 2, 3].map(fromTheEnd), mondays, fromTheEnd(14), ...[1, 2, 3, 6].map(firsts)],
  Week: [1, 2, 4, 8, 13, 26].map(fromTheEnd),
  Month: [1, 2, 3, 6].map(fromTheEnd),
};
