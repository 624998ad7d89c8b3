// The map: points on a canvas. What is drawn arrives as bytes (charts/canvas.py says how they are
// laid out); which part is in sight, what is selected and which row is opened goes back. Names enter
// by textContent only.

import { Points } from "./points.js";
import { View } from "./view.js";
import { Raster } from "./raster.js";
import { draw } from "./drawing.js";
import { listen } from "./hands.js";
import { furnish, showLegend, hideTip, showTools } from "./furniture.js";
import { decode } from "./selection.js";
import { edgesOf, showThemes } from "./themes.js";
import { showTime, stop } from "./time.js";

const SETTLED = 250; // milliseconds without a movement
const instances = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  const map = instances.get(root) ?? start(root);
  instances.set(root, map);
  map.component = component;
  update(map, component.data);
  return () => map.stop();
}

function start(root) {
  const map = {
    root,
    canvas: root.querySelector("canvas"),
    view: new View(), raster: new Raster(),
    points: new Points(), detail: null, detailEdges: [0, 0, 0, 0],
    tool: "move", mode: "new", press: null, fingers: new Map(),
    outlines: [], sketch: null, // in the map's coordinates; one being drawn, in pixels
    lit: [], muted: new Set(), focus: null, span: null, hovered: null,
    counts: new Int32Array(65536), themeWeights: new Float32Array(65536),
    said: {}, heard: {}, // what was last told to the server and by it
  };
  map.redraw = () => {
    if (!map.waiting) map.waiting = requestAnimationFrame(() => { map.waiting = 0; draw(map); settle(map); });
  };
  map.dress = () => { if (map.points.header) { showLegend(map); map.redraw(); } };
  map.tell = (name, value) => { map.said[name] = value; map.component.setStateValue(name, value); };
  map.ask = (name, value) => map.component.setTriggerValue(name, value);
  map.setFocus = (theme) => { focusOn(map, theme); map.tell("focus", theme === null ? "" : String(theme)); };
  furnish(map);
  const ends = listen(map);
  const onNote = (event) => (event.detail instanceof Uint8Array ? detail(map, event.detail) : note(map, event.detail));
  document.addEventListener("northlight:note", onNote);
  map.stop = () => {
    document.removeEventListener("northlight:note", onNote);
    ends.forEach((end) => end());
    stop(map);
    clearTimeout(map.settling);
    instances.delete(root);
  };
  return map;
}

function update(map, data) {
  if (!(data instanceof Uint8Array)) return;
  if (data === map.bytes) { map.dress(); return; }
  map.bytes = data;
  const before = map.points.header;
  map.points.read(data);
  map.detail = null;
  map.muted.clear();
  map.hovered = null;
  hideTip(map);
  showTime(map);
  showLegend(map);
  if (before && before.run !== map.points.header.run) map.view.home();
  obey(map);
  document.dispatchEvent(new CustomEvent("northlight:ready"));
  map.redraw();
}

// A little after the last movement: the list beside the map, and the place in the address.
function settle(map) {
  clearTimeout(map.settling);
  map.settling = setTimeout(() => {
    showThemes(map);
    const view = map.view.told(map.points);
    if (view !== (map.said.view ?? map.heard.view ?? "")) map.tell("view", view);
  }, SETTLED);
}

function focusOn(map, theme) {
  map.focus = theme;
  const edges = theme === null ? null : edgesOf(map, theme);
  if (edges) map.view.show(edges);
  showThemes(map);
  map.redraw();
}

// The note: rows to light up, and what the address says, which may be a link somebody followed.
function note(map, told) {
  map.told = told;
  if (map.points.header) obey(map);
}

function obey(map) {
  const told = map.told;
  if (!told) return;
  map.lit = told.lit.map(([x, y, one]) => ({ place: map.points.fromMap([x, y]), one }));
  const news = (name) => told[name] !== map.heard[name] && told[name] !== map.said[name];
  if (news("focus")) focusOn(map, told.focus ? Number(told.focus) : null);
  if (news("view")) map.view.obey(told.view || "1", map.points);
  if (news("selection")) { map.outlines = decode(told.selection); showTools(map); }
  for (const name of ["focus", "view", "selection"]) {
    if (news(name)) map.said[name] = told[name];
    map.heard[name] = told[name];
  }
  map.redraw();
}

// More points of the part in sight, where the whole map is only a sample.
function detail(map, bytes) {
  if (!map.points.header) return;
  const points = new Points();
  points.read(bytes);
  const { x0, x1, y0, y1 } = points.header.corners;
  const [u0, v1] = map.points.fromMap([x0, y0]), [u1, v0] = map.points.fromMap([x1, y1]);
  // In the whole map's places: they are drawn by one rule, but told on a finer grid.
  map.detail = onWholeMap(points, map.points.header);
  map.detailEdges = [u0, u1, v0, v1];
  map.redraw();
}

function onWholeMap(points, header) {
  const { x0, x1, y0, y1 } = points.header.corners, whole = header.corners;
  const place = (from, low, high, least, most) => Float64Array.from(from, (value) =>
    (65535 * (low + (value / 65535) * (high - low) - least)) / (most - least));
  points.x = place(points.x, x0, x1, whole.x0, whole.x1);
  points.y = place(points.y, y0, y1, whole.y0, whole.y1);
  return points;
}
