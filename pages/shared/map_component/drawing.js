// One picture: points (quiet ones first), what is lit, the outline, and names that do not collide.

export function isDark(map) {
  const shade = getComputedStyle(map.canvas.parentElement).backgroundColor.match(/[\d.]+/g) ?? [];
  const [r, g, b] = shade.map(Number);
  return 0.3 * r + 0.6 * g + 0.1 * b < 128;
}

export function draw(map) {
  const { canvas, view, points } = map;
  if (!points.header || view.width < 2) return;
  const ratio = window.devicePixelRatio || 1;
  const pen = canvas.getContext("2d");
  canvas.width = Math.round(view.width * ratio);
  canvas.height = Math.round(view.height * ratio);
  pen.scale(ratio, ratio);
  const shade = isDark(map) ? "dark" : "light";
  drawPoints(pen, map, shade, ratio);
  drawOutline(pen, map);
  drawLabels(pen, map, shade);
  canvas.dataset.drawn = String(points.count);
  canvas.dataset.lit = String(map.lit.size);
}

export function radius(map) {
  const crowd = Math.sqrt(20000 / Math.max(500, map.points.count));
  return Math.min(6, Math.max(1.1, 1.5 * crowd * Math.pow(map.view.zoom, 0.45)));
}

function drawPoints(pen, map, shade, ratio) {
  const { points, view, lit } = map;
  const size = radius(map), some = lit.size > 0;
  const byClass = points.header.classes.map(() => []);
  for (let point = 0; point < points.count; point++) {
    const [px, py] = view.toPixels(points.at(point));
    if (px < -8 || py < -8 || px > view.width + 8 || py > view.height + 8) continue;
    byClass[points.classes[point]].push(px, py);
  }
  const quietFirst = points.header.classes.map((one, index) => [one, index])
    .sort(([a], [b]) => Number(b.quiet) - Number(a.quiet));
  for (const [one, index] of quietFirst) {
    const faint = some || map.muted.has(index);
    pen.globalAlpha = faint ? 0.14 : one.quiet ? 0.5 : 0.78;
    stamp(pen, byClass[index], one[shade], size, ratio);
  }
  pen.globalAlpha = 1;
  for (const point of lit) drawLit(pen, map, point, shade, size);
  if (map.hovered >= 0) ring(pen, view.toPixels(points.at(map.hovered)), size + 3, textColour(map));
}

// A small picture of one dot, put down many times: ten times faster than as many arcs.
function stamp(pen, places, colour, size, ratio) {
  const edge = Math.ceil((2 * size + 2) * ratio);
  const dot = new OffscreenCanvas(edge, edge);
  const brush = dot.getContext("2d");
  brush.fillStyle = colour;
  brush.beginPath();
  brush.arc(edge / 2, edge / 2, size * ratio, 0, 2 * Math.PI);
  brush.fill();
  const wide = edge / ratio;
  for (let i = 0; i < places.length; i += 2) {
    pen.drawImage(dot, places[i] - wide / 2, places[i + 1] - wide / 2, wide, wide);
  }
}

function drawLit(pen, map, point, shade, size) {
  const place = map.view.toPixels(map.points.at(point));
  pen.fillStyle = map.points.header.classes[map.points.classes[point]][shade];
  pen.beginPath();
  pen.arc(...place, size + 2, 0, 2 * Math.PI);
  pen.fill();
  ring(pen, place, size + 2, textColour(map));
}

function ring(pen, [px, py], size, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(px, py, size, 0, 2 * Math.PI);
  pen.stroke();
}

function drawOutline(pen, map) {
  const drawn = map.sketch ?? map.outline?.map((corner) =>
    map.view.toPixels(map.points.fromMap(corner)));
  if (!drawn || drawn.length < 2) return;
  const style = getComputedStyle(map.canvas);
  pen.beginPath();
  drawn.forEach(([px, py], i) => (i ? pen.lineTo(px, py) : pen.moveTo(px, py)));
  pen.closePath();
  pen.strokeStyle = style.getPropertyValue("--st-primary-color") || "teal";
  pen.lineWidth = 2;
  pen.stroke();
  pen.fillStyle = pen.strokeStyle;
  pen.globalAlpha = 0.1;
  pen.fill();
  pen.globalAlpha = 1;
}

const MOST_LETTERS = 34;

function drawLabels(pen, map, shade) {
  const taken = [];
  const finer = map.view.zoom >= 2.2;
  const font = getComputedStyle(map.canvas).fontFamily;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  for (const label of map.points.header.labels) {
    if (label.level > 0 && !finer) continue;
    const [px, middleY] = map.view.toPixels(map.points.fromMap([label.x, label.y]));
    const py = middleY - (label.rows < map.points.count / 40 ? 14 : 0); // small ones stay in sight
    const text = label.name.length > MOST_LETTERS
      ? label.name.slice(0, MOST_LETTERS - 1).trimEnd() + "…" : label.name;
    pen.font = label.level > 0 ? `12px ${font}` : `600 14px ${font}`;
    const wide = pen.measureText(text).width / 2 + 6, high = 11;
    const middle = Math.min(Math.max(px, wide), map.view.width - wide);
    const box = [middle - wide, py - high, middle + wide, py + high];
    const outside = px < 0 || py < 46 || px > map.view.width || py > map.view.height - high;
    if (outside || taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    pen.strokeStyle = shade === "dark" ? "rgb(16 22 28 / 85%)" : "rgb(251 250 246 / 88%)";
    pen.lineWidth = 4;
    pen.strokeText(text, middle, py);
    pen.fillStyle = textColour(map);
    pen.fillText(text, middle, py);
  }
}

function overlap(a, b) { return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]; }

function textColour(map) { return getComputedStyle(map.canvas).color; }
