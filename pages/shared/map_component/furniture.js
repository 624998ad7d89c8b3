// The tools, the legend and the tip: ordinary elements, filled by textContent.

import { isDark } from "./drawing.js";
import { choose, chooseInSight, zoom } from "./hands.js";

const TOOLS = [
  ["move", "Move", "Drag to move the map"],
  ["lasso", "Lasso", "Draw around rows to select them"],
  ["box", "Box", "Drag a rectangle around rows to select them"],
];
const MODES = [
  ["new", "New", "Each outline starts a new selection"],
  ["add", "Add", "Each outline adds rows (or hold Shift)"],
  ["take", "Take out", "Each outline takes rows out (or hold Alt)"],
];

export function furnish(map) {
  const bar = map.root.querySelector(".tools");
  bar.replaceChildren();
  for (const [tool, name, title] of TOOLS) {
    const button = add(bar, name, title, () => { map.tool = tool; showTools(map); });
    button.dataset.tool = tool;
  }
  for (const [mode, name, title] of MODES) {
    const button = add(bar, name, title, () => { map.mode = mode; showTools(map); });
    button.dataset.mode = mode;
  }
  add(bar, "In sight", "Select every row in sight", () => chooseInSight(map));
  map.dropper = add(bar, "Clear", "Forget the selection", () => choose(map, []));
  const ways = map.root.querySelector(".ways");
  ways.replaceChildren();
  add(ways, "+", "Zoom in", () => zoom(map, 1.4));
  add(ways, "−", "Zoom out", () => zoom(map, 1 / 1.4));
  add(ways, "Whole map", "Show the whole map", () => { map.view.home(); map.redraw(); });
  showTools(map);
}

export function showTools(map) {
  map.dropper.hidden = !map.outlines.length;
  map.canvas.dataset.tool = map.tool;
  for (const button of map.root.querySelectorAll(".tools [data-tool]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tool === map.tool));
  }
  for (const button of map.root.querySelectorAll(".tools [data-mode]")) {
    button.hidden = !map.outlines.length || map.tool === "move";
    button.setAttribute("aria-pressed", String(button.dataset.mode === map.mode));
  }
}

export function showLegend(map) {
  const legend = map.root.querySelector(".legend");
  legend.replaceChildren();
  const { classes, count, rows } = map.points.header;
  const shade = isDark(map) ? "dark" : "light";
  classes.forEach((one, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "Show or fade these rows";
    button.setAttribute("aria-pressed", String(!map.muted.has(index)));
    button.append(swatch(one[shade]), one.name, quiet(amount(one.rows, count, rows)));
    button.addEventListener("click", () => {
      if (!map.muted.delete(index)) map.muted.add(index);
      button.setAttribute("aria-pressed", String(!map.muted.has(index)));
      map.redraw();
    });
    legend.append(button);
  });
}

// Of a sample only shares are known.
function amount(drawn, count, rows) {
  if (count >= rows) return drawn.toLocaleString("en-GB");
  const percent = (100 * drawn) / count;
  return percent < 1 ? "under 1%" : `${percent.toFixed(0)}%`;
}

// What is known without reading the row: its colour's meaning, its theme and its day.
export function showTip(map, over) {
  const tip = map.root.querySelector(".tip");
  const { classes, labels, time } = map.points.header;
  const theme = over.points && labels[over.points.themes[over.index]];
  const when = time && over.points?.times?.[over.index];
  const told = [theme?.name ?? (over.points ? "unsorted" : "an answer to the question")];
  if (classes[over.one] && classes[over.one].name !== told[0]) told.push(classes[over.one].name);
  if (time && when !== undefined && when <= time.last) told.push(day(map, when));
  const about = document.createElement("small");
  about.textContent = "click to read it";
  tip.replaceChildren(told.join(" · "), about);
  tip.hidden = false;
  const [px, py] = map.view.toPixels(over.place);
  const left = px + 14 + tip.offsetWidth > map.view.width ? px - 14 - tip.offsetWidth : px + 14;
  const top = Math.min(Math.max(py - 20, 6), map.view.height - tip.offsetHeight - 6);
  tip.style.left = `${Math.max(6, left)}px`;
  tip.style.top = `${Math.max(6, top)}px`;
}

export function hideTip(map) { map.root.querySelector(".tip").hidden = true; }

export function day(map, step) {
  const { from, until, last } = map.points.header.time;
  const moment = new Date(from + (until - from) * (step / last));
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

export function add(parent, text, title, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.title = title;
  element.setAttribute("aria-label", title);
  element.addEventListener("click", act);
  parent.append(element);
  return element;
}

export function swatch(colour) {
  const dot = document.createElement("i");
  dot.style.background = colour;
  return dot;
}

export function quiet(text) {
  const told = document.createElement("span");
  told.textContent = text;
  return told;
}
