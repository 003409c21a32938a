/** The type of the global that chart.umd.min.js defines. */
declare global {
  var Chart: typeof import('chart.js').Chart;
}
export {};
