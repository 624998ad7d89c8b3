// Names where the themes are: broad ones first, finer ones as one comes nearer, none over another.

const MOST_LETTERS = 34;
const HIGH = 11;

// The boxes of the names that are shown, as [left, top, right, bottom, name].
export function drawLabels(pen, map, shade) {
  const taken = [];
  const font = getComputedStyle(map.canvas).fontFamily;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  for (const label of chosen(map)) {
    pen.font = label.level > 0 ? `12px ${font}` : `600 14px ${font}`;
    const text = short(label.name), half = pen.measureText(text).width / 2 + 6;
    const place = room(map, label, half, taken);
    if (!place) continue;
    taken.push([place[0] - half, place[1] - HIGH, place[0] + half, place[1] + HIGH, label.name]);
    pen.strokeStyle = shade === "dark" ? "rgb(16 22 28 / 85%)" : "rgb(251 250 246 / 88%)";
    pen.lineWidth = 4;
    pen.strokeText(text, ...place);
    pen.fillStyle = getComputedStyle(map.canvas).color;
    pen.fillText(text, ...place);
  }
  return taken;
}

// Of finer themes those that fill enough of what is in sight; broad names go when they are near.
function chosen(map) {
  const { zoom } = map.view, whole = Math.max(1, map.points.header.rows);
  const wanted = map.points.header.labels.filter((label) => {
    if (map.focus && (label.id === map.focus || label.parent === map.focus)) return true;
    if (label.level === 0) return zoom < 6;
    return zoom >= 1.5 && (label.rows / whole) * zoom * zoom > 0.02;
  });
  const focusFirst = (label) => Number(label.id === map.focus || label.parent === map.focus);
  return wanted.sort((a, b) => focusFirst(b) - focusFirst(a) || a.level - b.level || b.rows - a.rows);
}

// At its place or a little above or below it; nowhere if others are there.
function room(map, label, half, taken) {
  const [px, py] = map.view.toPixels(map.points.fromMap([label.x, label.y]));
  if (px < 0 || px > map.view.width) return null;
  const middle = Math.min(Math.max(px, half), map.view.width - half);
  for (const shift of [0, -16, 16]) {
    const y = py + shift;
    const box = [middle - half, y - HIGH, middle + half, y + HIGH];
    if (y < 46 || y > map.view.height - HIGH) continue;
    if (!taken.some((other) => overlap(box, other))) return [middle, y];
  }
  return null;
}

function short(name) {
  return name.length > MOST_LETTERS ? name.slice(0, MOST_LETTERS - 1).trimEnd() + "…" : name;
}

function overlap(a, b) { return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]; }
