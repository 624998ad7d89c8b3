// The themes beside the map: those with most rows in sight first, the chosen one with its parts.

import { quiet } from "./furniture.js";

const SHOWN = 40;

export function showThemes(map) {
  const list = map.root.querySelector(".themes");
  const { labels, count, rows } = map.points.header;
  const whole = map.view.zoom <= 1.05 && !map.span;
  const inSight = totals(map, labels);
  const level = labels.map((label, index) => ({ ...label, inSight: inSight[index] }))
    .filter((label) => label.level === 0 || map.focus === label.parent || map.focus === label.id
      || labels.some((other) => other.id === map.focus && other.parent === label.parent));
  const order = level.filter((label) => label.level === 0).sort((a, b) => b.inSight - a.inSight || b.rows - a.rows);
  const kept = list.contains(list.getRootNode().activeElement) ? list.getRootNode().activeElement?.dataset.theme : null;
  list.replaceChildren();
  for (const upper of order.slice(0, SHOWN)) {
    list.append(item(map, upper, whole, count < rows));
    const parts = level.filter((label) => label.parent === upper.id).sort((a, b) => b.inSight - a.inSight || b.rows - a.rows);
    // The only part of a theme is the theme over again, unless it is the one that was chosen.
    if (parts.length > 1 || parts[0]?.id === map.focus) for (const part of parts) list.append(item(map, part, whole, count < rows));
  }
  if (kept) list.querySelector(`[data-theme="${kept}"]`)?.focus();
}

// Points in sight of each theme, of a broad one with all below it.
function totals(map, labels) {
  const place = new Map(labels.map((label, index) => [label.id, index]));
  const found = labels.map((_, index) => map.counts[index]);
  labels.forEach((label, index) => {
    if (label.parent !== null && place.has(label.parent)) found[place.get(label.parent)] += map.counts[index];
  });
  return found;
}

function item(map, label, whole, sampled) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.theme = label.id;
  button.dataset.level = label.level;
  button.setAttribute("aria-pressed", String(label.id === map.focus));
  button.classList.toggle("away", label.inSight === 0);
  const about = sampled && !whole ? share(label.inSight, map) : (whole ? label.rows : label.inSight).toLocaleString("en-GB");
  const name = document.createElement("b");
  name.textContent = label.name;
  button.append(name, quiet(about));
  button.title = whole ? "rows" : "rows in sight";
  button.addEventListener("click", () => map.setFocus(label.id === map.focus ? null : label.id));
  return button;
}

function share(inSight, map) {
  const all = map.counts.reduce((sum, one) => sum + one, 0);
  const percent = all ? (100 * inSight) / all : 0;
  return percent && percent < 1 ? "under 1%" : `${percent.toFixed(0)}%`;
}

// Where the theme's rows are: without the outermost, which stand far off.
export function edgesOf(map, theme) {
  const { header, count, themes, x, y } = map.points;
  const mine = new Set(header.labels.flatMap((label, index) =>
    label.id === theme || label.parent === theme ? [index] : []));
  const us = [], vs = [];
  for (let point = 0; point < count; point++) {
    if (!mine.has(themes[point])) continue;
    us.push(x[point] / 65535);
    vs.push(1 - y[point] / 65535);
  }
  if (us.length < 2) return null;
  const inner = (values) => {
    values.sort((a, b) => a - b);
    return [values[Math.floor(0.04 * (values.length - 1))], values[Math.ceil(0.96 * (values.length - 1))]];
  };
  return [...inner(us), ...inner(vs)];
}
