// The map: points on a canvas. What is drawn arrives as bytes (charts/canvas.py says how they are
// laid out); what a reader outlines, opens or points at goes back. Texts enter by textContent only.

import { Points } from "./points.js";
import { View } from "./view.js";
import { draw } from "./drawing.js";
import { listen } from "./hands.js";
import { furnish, showLegend, hideTip } from "./furniture.js";

const instances = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  const map = instances.get(root) ?? start(root);
  instances.set(root, map);
  map.component = component;
  map.update(component.data);
  return () => map.stop();
}

function start(root) {
  const map = {
    root,
    canvas: root.querySelector("canvas"),
    view: new View(),
    points: new Points(),
    tool: "move",
    outline: null, // corners in the map's coordinates
    sketch: null, // an outline being drawn, in pixels
    lit: new Set(),
    muted: new Set(),
    hovered: -1,
    component: null,
  };
  map.redraw = () => {
    if (!map.waiting) map.waiting = requestAnimationFrame(() => { map.waiting = 0; draw(map); });
  };
  map.say = (name, value) => map.component.setStateValue(name, value);
  map.ask = (name, value) => map.component.setTriggerValue(name, value);
  map.update = (data) => update(map, data);
  furnish(map);
  const ends = listen(map);
  map.stop = () => { ends.forEach((end) => end()); instances.delete(root); };
  return map;
}

function update(map, data) {
  if (!(data instanceof Uint8Array) || data === map.bytes) return;
  map.bytes = data;
  const before = map.points.header?.corners;
  map.points.read(data);
  map.muted.clear();
  map.hovered = -1;
  hideTip(map);
  if (JSON.stringify(before) !== JSON.stringify(map.points.header.corners)) map.view.home();
  showLegend(map);
  document.dispatchEvent(new CustomEvent("northlight:ready"));
  map.redraw();
}
