// What is selected: outlines one after the other, each adding rows or taking them out. Its text is
// that of queries/outlines.py, so it can stand in an address.

const MOST_CORNERS = 120; // of one outline; a hand draws no finer
const CLOSE = 1.2; // pixels by which a corner may be left out

export function encode(outlines) {
  const corners = outlines.reduce((sum, outline) => sum + outline.corners.length, 0);
  const bytes = new DataView(new ArrayBuffer(3 * outlines.length + 8 * corners));
  let at = 0;
  for (const { takes, corners: line } of outlines) {
    bytes.setUint8(at, takes ? 1 : 0);
    bytes.setUint16(at + 1, line.length, true);
    at += 3;
    for (const [x, y] of line) {
      bytes.setFloat32(at, x, true);
      bytes.setFloat32(at + 4, y, true);
      at += 8;
    }
  }
  const letters = Array.from(new Uint8Array(bytes.buffer), (byte) => String.fromCharCode(byte));
  return btoa(letters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function decode(text) {
  let letters;
  try { letters = atob(text.replaceAll("-", "+").replaceAll("_", "/")); } catch { return []; }
  const bytes = new DataView(Uint8Array.from(letters, (one) => one.charCodeAt(0)).buffer);
  const outlines = [];
  for (let at = 0; at + 3 <= bytes.byteLength;) {
    const takes = bytes.getUint8(at) === 1, count = bytes.getUint16(at + 1, true), corners = [];
    at += 3;
    if (at + 8 * count > bytes.byteLength) return [];
    for (let corner = 0; corner < count; corner++, at += 8) {
      corners.push([bytes.getFloat32(at, true), bytes.getFloat32(at + 4, true)]);
    }
    outlines.push({ takes, corners });
  }
  return outlines;
}

// Corners that say as much with fewer (Ramer 1972, Douglas and Peucker 1973).
export function thinned(line) {
  let close = CLOSE, found = simplified(line, close);
  while (found.length > MOST_CORNERS) found = simplified(line, close *= 1.5);
  return found.length < 3 ? line.slice(0, MOST_CORNERS) : found;
}

function simplified(line, close) {
  const kept = new Uint8Array(line.length);
  const waiting = [[0, line.length - 1]];
  kept[0] = kept[line.length - 1] = 1;
  while (waiting.length) {
    const [from, to] = waiting.pop();
    let farthest = -1, most = close;
    for (let corner = from + 1; corner < to; corner++) {
      const far = distance(line[corner], line[from], line[to]);
      if (far > most) { most = far; farthest = corner; }
    }
    if (farthest < 0) continue;
    kept[farthest] = 1;
    waiting.push([from, farthest], [farthest, to]);
  }
  return line.filter((_, corner) => kept[corner]);
}

function distance([px, py], [ax, ay], [bx, by]) {
  const length = Math.hypot(bx - ax, by - ay);
  if (length < 1e-9) return Math.hypot(px - ax, py - ay);
  return Math.abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length;
}
