// Points as they arrived (charts/canvas.py says how they are laid out), and the nearest to a place.

export const FULL = 65535;
const CELLS = 128;

export class Points {
  constructor() { this.count = 0; this.header = null; }

  read(bytes) {
    // A copy starts at an even address, which Uint16Array needs.
    const buffer = bytes.slice().buffer;
    const length = new DataView(buffer).getUint32(0, true);
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    this.count = this.header.count;
    let start = 4 + length;
    const numbers = () => {
      const found = new Uint16Array(buffer, start, this.count);
      start += 2 * this.count;
      return found;
    };
    this.x = numbers();
    this.y = numbers();
    this.themes = numbers();
    this.times = this.header.time ? numbers() : null;
    this.classes = new Uint8Array(buffer, start, this.count);
    this.order = null; // of the grid, made when somebody first points at something
  }

  // Shares of the map's width and height, from 0 to 1; v grows downwards.
  at(point) { return [this.x[point] / FULL, 1 - this.y[point] / FULL]; }

  cell(point) {
    const column = Math.min(CELLS - 1, (this.x[point] * CELLS / FULL) | 0);
    return column * CELLS + Math.min(CELLS - 1, ((FULL - this.y[point]) * CELLS / FULL) | 0);
  }

  fillGrid() {
    this.first = new Uint32Array(CELLS * CELLS + 1);
    for (let point = 0; point < this.count; point++) this.first[this.cell(point) + 1] += 1;
    for (let cell = 0; cell < CELLS * CELLS; cell++) this.first[cell + 1] += this.first[cell];
    const next = this.first.slice();
    this.order = new Uint32Array(this.count);
    for (let point = 0; point < this.count; point++) this.order[next[this.cell(point)]++] = point;
  }

  // The nearest point within an ellipse that `shown` lets through, or -1.
  nearest(u, v, reachU, reachV, shown) {
    if (!this.order) this.fillGrid();
    let best = -1, least = 1;
    const clamp = (share) => Math.min(CELLS - 1, Math.max(0, Math.floor(share * CELLS)));
    for (let i = clamp(u - reachU); i <= clamp(u + reachU); i++) {
      for (let j = clamp(v - reachV); j <= clamp(v + reachV); j++) {
        const cell = i * CELLS + j;
        for (let place = this.first[cell]; place < this.first[cell + 1]; place++) {
          const point = this.order[place], [pu, pv] = this.at(point);
          const far = ((pu - u) / reachU) ** 2 + ((pv - v) / reachV) ** 2;
          if (far < least && shown(point)) { least = far; best = point; }
        }
      }
    }
    return best;
  }

  toMap([u, v]) {
    const { x0, x1, y0, y1 } = this.header.corners;
    return [x0 + u * (x1 - x0), y0 + (1 - v) * (y1 - y0)];
  }

  fromMap([x, y]) {
    const { x0, x1, y0, y1 } = this.header.corners;
    return [(x - x0) / (x1 - x0), 1 - (y - y0) / (y1 - y0)];
  }
}
