// One picture: the points, what is lit, the selection, and names.

import { drawLabels } from "./labels.js";

export function isDark(map) {
  const shade = getComputedStyle(map.canvas.parentElement).backgroundColor.match(/[\d.]+/g) ?? [];
  const [r, g, b] = shade.map(Number);
  return 0.3 * r + 0.6 * g + 0.1 * b < 128;
}

export function draw(map) {
  const { canvas, view } = map;
  if (!map.points.header || view.width < 2) return;
  const ratio = window.devicePixelRatio || 1;
  const pen = canvas.getContext("2d");
  const wide = Math.round(view.width * ratio), high = Math.round(view.height * ratio);
  if (canvas.width !== wide || canvas.height !== high) { canvas.width = wide; canvas.height = high; }
  const shade = isDark(map) ? "dark" : "light";
  const layer = layerInSight(map);
  pen.putImageData(map.raster.draw(layer, view, ratio, look(map, layer, shade)), 0, 0);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawLit(pen, map, shade);
  if (map.hovered) ring(pen, view.toPixels(map.hovered.place), radius(map, layer) + 3, textColour(map));
  drawSelection(pen, map);
  const boxes = drawLabels(pen, map, shade);
  tell(map, layer, boxes);
}

// What a test and a screen reader can ask the canvas.
function tell(map, layer, boxes) {
  Object.assign(map.canvas.dataset, {
    drawn: map.points.count, lit: map.lit.length, zoom: map.view.zoom.toPrecision(3),
    layer: layer === map.points ? "whole" : "part", layerPoints: layer.count,
    outlines: map.outlines.length, labels: JSON.stringify(boxes.map((box) => box[4])),
    boxes: JSON.stringify(boxes.map((box) => box.slice(0, 4).map(Math.round))),
    frames: Number(map.canvas.dataset.frames ?? 0) + 1, focus: map.focus ?? "",
  });
}

// The finer sample once it is there and covers what is in sight, else the sample of everything.
export function layerInSight(map) {
  const { detail, view } = map;
  if (!detail?.header) return map.points;
  const [u0, u1, v0, v1] = view.edges(), [d0, d1, e0, e1] = map.detailEdges;
  return u0 >= d0 && u1 <= d1 && v0 >= e0 && v1 <= e1 ? detail : map.points;
}

export function radius(map, layer) {
  const crowd = Math.sqrt(20000 / Math.max(400, layer.count / Math.max(1, map.view.zoom)));
  return Math.min(4.5, Math.max(0.9, 1.3 * crowd));
}

function look(map, layer, shade) {
  const { classes, labels } = map.points.header;
  const some = map.lit.length > 0;
  const colours = classes.flatMap((one) => rgb(one[shade]));
  const classWeights = classes.map((one, index) =>
    map.muted.has(index) ? 0.04 : (one.quiet ? 0.55 : 1) * (some ? 0.22 : 1));
  // A class that only the finer sample has is not in the legend: drawn, but faint.
  colours.push(142, 139, 128);
  classWeights.push(0.5);
  const { themeWeights } = map;
  themeWeights.fill(map.focus ? 0.08 : 1);
  if (map.focus) labels.forEach((label, index) => {
    if (label.id === map.focus || label.parent === map.focus) themeWeights[index] = 1;
  });
  map.counts.fill(0);
  return {
    radius: radius(map, layer), colours: Float32Array.from(colours),
    classWeights: Float32Array.from(classWeights), themeWeights, span: map.span, counts: map.counts,
    key: `${some}/${map.focus}/${[...map.muted]}/${map.span}`,
  };
}

function rgb(colour) { return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)); }

function drawLit(pen, map, shade) {
  const { classes } = map.points.header, size = radius(map, map.points) + 2;
  for (const { place, one } of map.lit) {
    const [px, py] = map.view.toPixels(place);
    pen.fillStyle = classes[one]?.[shade] ?? textColour(map);
    pen.beginPath();
    pen.arc(px, py, size, 0, 2 * Math.PI);
    pen.fill();
    ring(pen, [px, py], size, textColour(map));
  }
}

function ring(pen, [px, py], size, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(px, py, size, 0, 2 * Math.PI);
  pen.stroke();
}

function drawSelection(pen, map) {
  const primary = getComputedStyle(map.canvas).getPropertyValue("--st-primary-color") || "teal";
  for (const { corners, takes } of map.outlines) {
    const pixels = corners.map((corner) => map.view.toPixels(map.points.fromMap(corner)));
    trace(pen, pixels, primary, takes);
  }
  if (map.sketch?.length > 1) trace(pen, map.sketch, primary, map.taking);
}

// Filled by the same rule that decides which rows are inside (queries/outlines.py).
function trace(pen, pixels, colour, takes) {
  pen.beginPath();
  pixels.forEach(([px, py], i) => (i ? pen.lineTo(px, py) : pen.moveTo(px, py)));
  pen.closePath();
  pen.setLineDash(takes ? [5, 5] : []);
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 2;
  pen.stroke();
  pen.setLineDash([]);
  if (takes) return;
  pen.globalAlpha = 0.1;
  pen.fill("nonzero");
  pen.globalAlpha = 1;
}

function textColour(map) { return getComputedStyle(map.canvas).color; }
