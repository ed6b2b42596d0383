// A map with boundaries: only the operator's approved GeoJSON, and only with its 审图号. Else the grid's configured cells.
import { h, classes } from "../dom.js";
import { t, lasted } from "../i18n.js";
import { percent } from "../format.js";
import { go } from "../router.js";
import { marks } from "./county_grid.js";

const WIDTH = 1200;
const HEIGHT = 800;
const LABEL = 24;

let settings = null;

async function fetchJson(path) {
  const response = await fetch(path);
  return response.ok ? response.json() : null;
}

async function read() {
  const map = (await fetchJson("map.json")) ?? {};
  const isApproved = typeof map.approval === "string" && map.approval.trim() !== "";
  const boundaries = map.boundaries && isApproved ? await fetchJson("map.geojson") : null;
  return { cells: map.cells ?? {}, approval: map.approval ?? null, boundaries };
}

/** What map.json beside the page says; asked once, onReady when it came. */
export function mapSettings(onReady) {
  if (settings === null && onReady) {
    settings = { cells: {}, approval: null, boundaries: null };
    read().then(
      (found) => {
        settings = found;
        onReady();
      },
      () => {},
    ); // without it the grid stands in order of the codes
  }
  return settings ?? { cells: {}, approval: null, boundaries: null };
}

const rings = (geometry) =>
  geometry.type === "MultiPolygon"
    ? geometry.coordinates.flat()
    : geometry.type === "Polygon"
      ? geometry.coordinates
      : [];

/** Degrees to the drawing: equal scale both ways at the middle latitude. Pure. */
export function projection(features) {
  const points = features.flatMap((feature) => rings(feature.geometry).flat());
  const range = (axis) =>
    points.reduce(
      ([low, high], point) => [Math.min(low, point[axis]), Math.max(high, point[axis])],
      [Infinity, -Infinity],
    );
  const [west, east] = range(0);
  const [south, north] = range(1);
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min(WIDTH / ((east - west) * squeeze), HEIGHT / (north - south));
  const left = (WIDTH - (east - west) * squeeze * scale) / 2;
  const top = (HEIGHT - (north - south) * scale) / 2;
  return ([x, y]) => [left + (x - west) * squeeze * scale, top + (north - y) * scale];
}

const path = (feature, project) =>
  rings(feature.geometry)
    .map(
      (ring) =>
        `M${ring
          .map((point) =>
            project(point)
              .map((v) => v.toFixed(1))
              .join(" "),
          )
          .join("L")}Z`,
    )
    .join("");

/** The middle of the box of the longest ring: good enough for a name. */
function middle(feature, project) {
  const ring = rings(feature.geometry)
    .sort((a, b) => b.length - a.length)[0]
    .map(project);
  const span = (axis) => (Math.min(...ring.map((p) => p[axis])) + Math.max(...ring.map((p) => p[axis]))) / 2;
  return [span(0), span(1)];
}

function county(scene, feature, project) {
  const value = scene.figure.values.find((other) => other.unit === String(feature.properties.unit));
  if (!value) return h("g", { class: "step-none" }, h("path", { d: path(feature, project) }));
  const unit = scene.units.get(value.unit);
  const [x, y] = middle(feature, project);
  const name = unit?.name ?? value.unit;
  const open = () => go("county", value.unit);
  const tell = () => scene.onPoint(value.unit);
  return h(
    "g",
    {
      class: classes(marks(scene, value, unit).names),
      role: "link",
      tabindex: 0,
      "data-key": `cell-${value.unit}`,
      "aria-label": `${name} ${value.text}${scene.unit}`,
      onclick: open,
      onpointerenter: tell,
      onfocus: tell,
      onkeydown: (event) => event.key === "Enter" && open(),
    },
    h("path", { d: path(feature, project) }),
    h("text", { x, y: y - LABEL * 0.2, "font-size": LABEL }, name),
    h("text", { x, y: y + LABEL, "font-size": LABEL * 1.2 }, `${percent(value.text)}${scene.unit}`),
    unit?.isLost &&
      h("text", { x, y: y + LABEL * 2.4, "font-size": LABEL }, `× ${t("lost.for", lasted(unit.lostFor ?? 0))}`),
  );
}

export function drawnMap(scene, boundaries) {
  const features = boundaries.features.filter((feature) => feature.geometry);
  const project = projection(features);
  return h(
    "svg",
    { class: "drawn", viewBox: `0 0 ${WIDTH} ${HEIGHT}` },
    features.map((feature) => county(scene, feature, project)),
  );
}
