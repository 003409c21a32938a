/**
 * What a chart has besides its bars and lines: the hatching of incomplete bins, and the line at zero.
 *
 * @import { Chart as AnyChart, Element, Plugin } from 'chart.js'
 * @import { Picture } from './bars.js'
 *
 * @typedef {{picture: Picture | null}} Marked what a chart shows now
 * @typedef {{x: number, y: number, base: number, width: number}} Place of a bar
 */

/**
 * A plugin of Chart.js that adds the marks.
 *
 * A pattern as the colour of some bars would do, too, but then Chart.js looks up the options of each bar by itself. That
 * is slow.
 *
 * @param {Marked} marked
 * @returns {Plugin}
 */
export function marking(marked) {
  return {
    id: 'marks',
    afterDatasetDraw(chart, { meta }) {
      if (!marked.picture || meta.type !== 'bar') return;
      const { bins, theme } = marked.picture;
      bins.forEach(({ partial }, index) => partial && hatch(chart, meta.data[index], theme.back));
    },
    afterDatasetsDraw(chart) {
      if (!marked.picture) return;
      const { stack, theme } = marked.picture;
      if (stack.some(({ values }) => values.some((value) => value < 0))) drawZero(chart, theme.zero);
    },
  };
}

/**
 * Cover a bar with stripes in the colour behind it.
 *
 * @param {AnyChart} chart
 * @param {Element | undefined} bar
 * @param {string} back
 */
function hatch({ ctx }, bar, back) {
  if (!bar) return;
  const { x, y, base, width } = /** @type {Place} */ (/** @type {unknown} */ (bar));
  ctx.save();
  ctx.beginPath();
  // The bar keeps an edge, if it is wide enough.
  const edge = Math.min(1, width / 4);
  ctx.rect(x - width / 2 + edge, Math.min(y, base) + edge, width - 2 * edge, Math.abs(base - y) - 2 * edge);
  ctx.clip();
  ctx.globalAlpha = 0.75;
  ctx.fillStyle = stripes(ctx, back);
  ctx.fill();
  ctx.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 */
function stripes(context, colour) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const painter = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
  painter.strokeStyle = colour;
  painter.lineWidth = 3.5;
  painter.beginPath();
  for (const start of [-8, 0, 8]) {
    painter.moveTo(start - 1, 9);
    painter.lineTo(start + 9, -1);
  }
  painter.stroke();
  return /** @type {CanvasPattern} */ (context.createPattern(tile, 'repeat'));
}

/**
 * @param {AnyChart} chart
 * @param {string} colour
 */
function drawZero({ ctx, chartArea, scales }, colour) {
  const y = Math.round(scales.y.getPixelForValue(0)) - 0.5;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(chartArea.left, y);
  ctx.lineTo(chartArea.right, y);
  ctx.stroke();
  ctx.restore();
}
