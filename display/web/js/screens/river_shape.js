// The outline of the river: how high it stands at each stage, and where it has run dry. Pure.

export const WIDTH = 1200;
export const HEIGHT = 72;
const LEAST = 3 / HEIGHT;
const BEND = 34;

/**
 * [{height, isDry}] by stage, heights 0 … 1 of the highest. A stage of which nothing is recorded though a later one has
 * been reached is dry: the water is known to have passed there, not how much; its bed is drawn as high as what comes next.
 */
export function levels(counts) {
  const top = Math.max(1, ...counts);
  const dry = (i) => counts[i] === 0 && counts.slice(i + 1).some((count) => count > 0);
  return counts.map((count, i) => {
    if (!dry(i)) return { height: Math.max(LEAST, count / top), isDry: false };
    return { height: counts.slice(i + 1).find((later) => later > 0) / top, isDry: true };
  });
}

/** The surface as an SVG path over the whole width. */
export function surface(heights) {
  const step = WIDTH / heights.length;
  const y = (height) => (HEIGHT * (1 - height)).toFixed(1);
  return heights.reduce((path, height, i) => {
    const end = (i + 1) * step;
    const next = heights[i + 1];
    const flat = `${path}${i ? "" : `M0 ${y(height)}`} L${next === undefined ? end : end - BEND} ${y(height)}`;
    return next === undefined ? flat : `${flat} C${end} ${y(height)} ${end} ${y(next)} ${end + BEND} ${y(next)}`;
  }, "");
}
