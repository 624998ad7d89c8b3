// Pointers, wheel and keys. Returns what undoes each listener.

import { layerInSight, radius } from "./drawing.js";
import { hideTip, showTip, showTools } from "./furniture.js";
import { decode, encode, thinned } from "./selection.js";

const CLICK_PIXELS = 4;
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
  on(map.canvas, "pointercancel", (event) => { lift(map, event); map.sketch = null; map.redraw(); });
  on(map.canvas, "pointerleave", () => { if (!map.press) leave(map); });
  on(map.canvas, "wheel", (event) => turn(map, event), { passive: false });
  on(map.canvas, "keydown", (event) => key(map, event));
  on(window.matchMedia("(prefers-color-scheme: dark)"), "change", () => setTimeout(map.dress, 300));
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
  map.fingers.set(event.pointerId, [px, py]);
  leave(map);
  if (map.fingers.size > 1) { map.press = null; map.sketch = null; return; }
  map.press = { px, py, lastX: px, lastY: py, far: false };
  map.taking = event.altKey || map.mode === "take";
  map.adding = event.shiftKey || map.taking || map.mode === "add";
  if (map.tool !== "move") map.sketch = [[px, py]];
}

function moved(map, event) {
  const [px, py] = place(map, event);
  if (map.fingers.size > 1) { pinch(map, event.pointerId, [px, py]); return; }
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

// Two fingers: what lies between them stays between them.
function pinch(map, finger, now) {
  if (!map.fingers.has(finger)) return;
  const before = [...map.fingers.values()];
  map.fingers.set(finger, now);
  const after = [...map.fingers.values()];
  const apart = ([[ax, ay], [bx, by]]) => Math.max(10, Math.hypot(ax - bx, ay - by));
  const middle = ([[ax, ay], [bx, by]]) => [(ax + bx) / 2, (ay + by) / 2];
  const [bx, by] = middle(before), [ax, ay] = middle(after);
  map.view.move(ax - bx, ay - by);
  map.view.zoomAt(ax, ay, apart(after) / apart(before));
  map.redraw();
}

function lift(map, event) {
  map.fingers.delete(event.pointerId);
  map.press = null;
}

function release(map, event) {
  const { press, sketch } = map;
  lift(map, event);
  map.sketch = null;
  if (press && !press.far) open(map, ...place(map, event));
  else if (press && sketch?.length > 2) outline(map, map.tool === "lasso" ? thinned(sketch) : sketch);
  map.redraw();
}

function outline(map, pixels) {
  const corners = pixels.map((corner) => map.points.toMap(map.view.toShares(corner)));
  const before = map.adding ? map.outlines : [];
  if (map.taking && !before.length) return;
  choose(map, [...before, { takes: map.taking, corners }]);
}

export function chooseInSight(map) {
  const { width, height } = map.view;
  map.taking = map.adding = false;
  outline(map, [[0, 0], [width, 0], [width, height], [0, height]]);
}

export function choose(map, outlines) {
  // As single precision has it, so that what is drawn is what is asked for.
  map.outlines = decode(encode(outlines));
  if (!map.outlines.length) map.mode = "new";
  showTools(map);
  map.tell("selection", encode(map.outlines));
  map.redraw();
}

function find(map, px, py) {
  const points = layerInSight(map), reach = radius(map, points) + 5, { view } = map;
  for (const [index, { place: [u, v], one }] of map.lit.entries()) {
    const [x, y] = view.toPixels([u, v]);
    if (Math.hypot(x - px, y - py) < reach + 2) return { layer: "lit", index, place: [u, v], one };
  }
  const index = points.nearest(...view.toShares([px, py]), reach / (view.zoom * view.width),
    reach / (view.zoom * view.height), (found) => shown(map, points, found));
  return index < 0 ? null : found(map, points, index);
}

function found(map, points, index) {
  const layer = points === map.points ? "whole" : "part";
  return { layer, index, place: points.at(index), one: points.classes[index], points };
}

function shown(map, points, point) {
  if (map.muted.has(points.classes[point])) return false;
  const time = points.times?.[point];
  if (map.span && time !== undefined && (time < map.span[0] || time > map.span[1])) return false;
  if (!map.focus) return true;
  const theme = map.points.header.labels[points.themes[point]];
  return theme !== undefined && (theme.id === map.focus || theme.parent === map.focus);
}

function point(map, px, py) {
  const over = map.points.count && map.tool === "move" ? find(map, px, py) : null;
  if (over?.index === map.hovered?.index && over?.layer === map.hovered?.layer) return;
  leave(map);
  map.hovered = over;
  map.canvas.dataset.over = String(Boolean(over));
  if (over) showTip(map, over);
  map.redraw();
}

function open(map, px, py) {
  const over = find(map, px, py);
  if (over) ask(map, over);
}

// Text is read only now: what is opened is recorded.
function ask(map, { layer, index }) {
  map.ask("opened", [layer, index]);
}

function leave(map) {
  if (!map.hovered) return;
  map.hovered = null;
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
  s: (map) => chooseInSight(map),
  Escape: (map) => escape(map),
};

function key(map, event) {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(map);
  map.redraw();
}

// The tool first, then the selection, then the theme.
function escape(map) {
  if (map.tool !== "move") { map.tool = "move"; showTools(map); } else if (map.outlines.length) choose(map, []);
  else if (map.focus) map.setFocus(null);
}

function openMiddle(map) {
  const points = layerInSight(map), { view } = map;
  const index = points.nearest(view.u, view.v, 0.5 / view.zoom, 0.5 / view.zoom,
    (candidate) => shown(map, points, candidate));
  if (index < 0) return;
  map.hovered = found(map, points, index);
  ask(map, map.hovered);
}
