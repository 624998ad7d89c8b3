// The points as they arrived, and the nearest one to a place.

const FULL = 65535;
const CELLS = 128;

export class Points {
  constructor() { this.count = 0; this.header = null; }

  read(bytes) {
    // A copy starts at an even address, which Uint16Array needs.
    const buffer = bytes.slice().buffer;
    const length = new DataView(buffer).getUint32(0, true);
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    this.count = this.header.count;
    const start = 4 + length;
    this.x = new Uint16Array(buffer, start, this.count);
    this.y = new Uint16Array(buffer, start + 2 * this.count, this.count);
    this.classes = new Uint8Array(buffer, start + 4 * this.count, this.count);
    this.fillGrid();
  }

  // Shares of the map's width and height, from 0 to 1; y grows upwards.
  at(point) { return [this.x[point] / FULL, 1 - this.y[point] / FULL]; }

  fillGrid() {
    this.grid = new Map();
    for (let point = 0; point < this.count; point++) {
      const cell = this.cell(...this.at(point));
      const there = this.grid.get(cell);
      if (there) there.push(point); else this.grid.set(cell, [point]);
    }
  }

  cell(u, v) {
    const clamp = (share) => Math.min(CELLS - 1, Math.max(0, Math.floor(share * CELLS)));
    return clamp(u) * CELLS + clamp(v);
  }

  nearest(u, v, reachU, reachV, shown) {
    let best = -1, least = 1;
    const stepsU = Math.ceil(reachU * CELLS) + 1, stepsV = Math.ceil(reachV * CELLS) + 1;
    for (let i = -stepsU; i <= stepsU; i++) for (let j = -stepsV; j <= stepsV; j++) {
      const cu = u + i / CELLS, cv = v + j / CELLS;
      if (cu < -1 / CELLS || cu > 1 + 1 / CELLS || cv < -1 / CELLS || cv > 1 + 1 / CELLS) continue;
      for (const point of this.grid.get(this.cell(cu, cv)) ?? []) {
        const [pu, pv] = this.at(point);
        const far = ((pu - u) / reachU) ** 2 + ((pv - v) / reachV) ** 2;
        if (far < least && shown(point)) { least = far; best = point; }
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
