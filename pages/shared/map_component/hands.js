// Pointer, wheel and keys. Returns what undoes each listener.

import { radius } from "./drawing.js";
import { hideTip, note, showTools } from "./furniture.js";

const HOVER_MS = 120;
const CLICK_PIXELS = 4;
const MOST_CORNERS = 200;
const STEP = 60;

export function listen(map) {
  const ends = [];
  const on = (target, kind, act, options) => {
    target.addEventListener(kind, act, options);
    ends.push(() => target.removeEventListener(kind, act, options));
  };
  on(map.canvas, "pointerdown", (event) => press(map, event));
  on(map.canvas, "pointermove", (event) => moved(map, event));
  on(map.canvas, "pointerup", (event) => release(map, event));
  on(map.canvas, "pointercancel", () => { map.press = null; map.sketch = null; map.redraw(); });
  on(map.canvas, "pointerleave", () => { if (!map.press) leave(map); });
  on(map.canvas, "wheel", (event) => turn(map, event), { passive: false });
  on(map.canvas, "keydown", (event) => key(map, event));
  on(document, "northlight:note", (event) => note(map, event.detail));
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  on(scheme, "change", () => setTimeout(map.redraw, 300));
  const size = new ResizeObserver(() => measure(map));
  size.observe(map.canvas.parentElement);
  ends.push(() => size.disconnect());
  return ends;
}

function measure(map) {
  const { clientWidth, clientHeight } = map.canvas.parentElement;
  map.view.width = clientWidth;
  map.view.height = clientHeight;
  map.redraw();
}

function place(map, event) {
  const box = map.canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function press(map, event) {
  if (event.button !== 0) return;
  const [px, py] = place(map, event);
  map.canvas.setPointerCapture(event.pointerId);
  map.press = { px, py, lastX: px, lastY: py, far: false };
  if (map.tool !== "move") map.sketch = [[px, py]];
  leave(map);
}

function moved(map, event) {
  const [px, py] = place(map, event);
  if (!map.press) { point(map, px, py); return; }
  const { press } = map;
  press.far ||= Math.hypot(px - press.px, py - press.py) > CLICK_PIXELS;
  if (map.tool === "move") map.view.move(px - press.lastX, py - press.lastY);
  else if (map.tool === "lasso") map.sketch.push([px, py]);
  else map.sketch = [[press.px, press.py], [px, press.py], [px, py], [press.px, py]];
  press.lastX = px;
  press.lastY = py;
  map.redraw();
}

function release(map, event) {
  const { press, sketch } = map;
  if (!press) return;
  map.press = null;
  map.sketch = null;
  if (!press.far) open(map, ...place(map, event));
  else if (sketch && sketch.length > 2) outline(map, thinned(sketch));
  map.redraw();
}

function outline(map, corners) {
  map.outline = corners.map((corner) => map.points.toMap(map.view.toShares(corner)));
  map.tool = "move";
  showTools(map);
  map.say("outline", map.outline);
}

export function dropOutline(map) {
  if (!map.outline) return;
  map.outline = null;
  showTools(map);
  map.say("outline", null);
  map.redraw();
}

// Every n-th corner: the outline of a hand needs no more than two hundred.
function thinned(corners) {
  const every = Math.ceil(corners.length / MOST_CORNERS);
  return corners.filter((_, index) => index % every === 0);
}

function find(map, px, py) {
  const reach = radius(map) + 5;
  const { view, points } = map;
  return points.nearest(...view.toShares([px, py]), reach / (view.zoom * view.width),
    reach / (view.zoom * view.height), (index) => !map.muted.has(points.classes[index]));
}

function point(map, px, py) {
  const found = map.points.count ? find(map, px, py) : -1;
  if (found === map.hovered) return;
  leave(map);
  map.hovered = found;
  map.redraw();
  if (found >= 0) map.asking = setTimeout(() => map.ask("hovered", found), HOVER_MS);
}

function open(map, px, py) {
  const found = find(map, px, py);
  if (found >= 0) map.ask("opened", found);
}

function leave(map) {
  clearTimeout(map.asking);
  if (map.hovered < 0) return;
  map.hovered = -1;
  hideTip(map);
  map.redraw();
}

function turn(map, event) {
  event.preventDefault();
  map.view.zoomAt(...place(map, event), Math.exp(-event.deltaY * 0.0016));
  leave(map);
  map.redraw();
}

export function zoom(map, factor) {
  map.view.zoomAt(map.view.width / 2, map.view.height / 2, factor);
  map.redraw();
}

const KEYS = {
  ArrowLeft: (map) => map.view.move(STEP, 0),
  ArrowRight: (map) => map.view.move(-STEP, 0),
  ArrowUp: (map) => map.view.move(0, STEP),
  ArrowDown: (map) => map.view.move(0, -STEP),
  "+": (map) => zoom(map, 1.4),
  "=": (map) => zoom(map, 1.4),
  "-": (map) => zoom(map, 1 / 1.4),
  0: (map) => map.view.home(),
  Enter: (map) => openMiddle(map),
  Escape: (map) => dropOutline(map),
};

function key(map, event) {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(map);
  map.redraw();
}

function openMiddle(map) {
  const { view, points } = map;
  const found = points.nearest(view.u, view.v, 0.5 / view.zoom, 0.5 / view.zoom,
    (index) => !map.muted.has(points.classes[index]));
  if (found < 0) return;
  map.hovered = found;
  map.ask("opened", found);
}
