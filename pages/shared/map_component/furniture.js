// The tools, the legend and the tip: ordinary elements, filled by textContent.

import { isDark } from "./drawing.js";
import { dropOutline, zoom } from "./hands.js";

const TOOLS = [
  ["move", "Move", "Drag to move the map"],
  ["lasso", "Lasso", "Draw around rows to list them"],
  ["box", "Box", "Drag a rectangle around rows to list them"],
];

export function furnish(map) {
  const bar = map.root.querySelector(".tools");
  bar.replaceChildren();
  for (const [tool, name, title] of TOOLS) {
    const button = add(bar, "button", name, title, () => { map.tool = tool; showTools(map); });
    button.dataset.tool = tool;
  }
  add(bar, "button", "+", "Zoom in", () => zoom(map, 1.4));
  add(bar, "button", "−", "Zoom out", () => zoom(map, 1 / 1.4));
  add(bar, "button", "Whole map", "Show the whole map", () => { map.view.home(); map.redraw(); });
  map.dropper = add(bar, "button", "Drop outline", "Forget the outline", () => dropOutline(map));
  map.root.querySelector(".hint").textContent =
    "Wheel or + and − zoom, dragging or the arrow keys move, a click or Enter opens a row.";
  showTools(map);
}

export function showTools(map) {
  map.dropper.hidden = !map.outline;
  map.canvas.dataset.tool = map.tool;
  for (const button of map.root.querySelectorAll("[data-tool]")) {
    if (button.tagName === "BUTTON") {
      button.setAttribute("aria-pressed", String(button.dataset.tool === map.tool));
    }
  }
}

export function showLegend(map) {
  const legend = map.root.querySelector(".legend");
  legend.replaceChildren();
  const shade = isDark(map) ? "dark" : "light";
  map.points.header.classes.forEach((one, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "Show or fade these rows";
    button.setAttribute("aria-pressed", "true");
    button.append(swatch(one[shade]), one.name, rows(one.rows));
    button.addEventListener("click", () => {
      if (!map.muted.delete(index)) map.muted.add(index);
      button.setAttribute("aria-pressed", String(!map.muted.has(index)));
      map.redraw();
    });
    legend.append(button);
  });
}

export function showTip(map, card) {
  const tip = map.root.querySelector(".tip");
  tip.replaceChildren();
  const about = document.createElement("small");
  about.textContent = card.about;
  tip.append(about, card.text);
  tip.hidden = false;
  const [px, py] = map.view.toPixels(map.points.at(map.hovered));
  const left = px + 14 + tip.offsetWidth > map.view.width ? px - 14 - tip.offsetWidth : px + 14;
  const top = Math.min(Math.max(py - 20, 6), map.view.height - tip.offsetHeight - 6);
  tip.style.left = `${Math.max(6, left)}px`;
  tip.style.top = `${Math.max(6, top)}px`;
}

export function hideTip(map) { map.root.querySelector(".tip").hidden = true; }

// The note carries what belongs to the reader's last question: a text, and the rows to light up.
export function note(map, detail) {
  map.lit = new Set(detail.lit ?? []);
  if (detail.card && detail.card.point === map.hovered) showTip(map, detail.card);
  map.redraw();
}

function add(parent, kind, text, title, act) {
  const element = document.createElement(kind);
  element.type = "button";
  element.textContent = text;
  element.title = title;
  element.setAttribute("aria-label", title);
  element.addEventListener("click", act);
  parent.append(element);
  return element;
}

function swatch(colour) {
  const dot = document.createElement("i");
  dot.style.background = colour;
  return dot;
}

function rows(count) {
  const told = document.createElement("span");
  told.textContent = count.toLocaleString("en-GB");
  return told;
}
