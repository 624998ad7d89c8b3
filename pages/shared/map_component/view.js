// Which part of the map is in sight. Shares of the map (0 to 1) on one side, pixels on the other.

const CLOSEST = 400;

export class View {
  constructor() { this.width = 1; this.height = 1; this.home(); }

  home() { this.zoom = 1; this.u = 0.5; this.v = 0.5; }

  get isHome() { return this.zoom === 1 && this.u === 0.5 && this.v === 0.5; }

  toPixels([u, v]) {
    return [
      (u - this.u) * this.zoom * this.width + this.width / 2,
      (v - this.v) * this.zoom * this.height + this.height / 2,
    ];
  }

  toShares([px, py]) {
    return [
      (px - this.width / 2) / (this.zoom * this.width) + this.u,
      (py - this.height / 2) / (this.zoom * this.height) + this.v,
    ];
  }

  move(dx, dy) {
    this.u = within(this.u - dx / (this.zoom * this.width));
    this.v = within(this.v - dy / (this.zoom * this.height));
  }

  // What lies under (px, py) stays there.
  zoomAt(px, py, factor) {
    const [u, v] = this.toShares([px, py]);
    this.zoom = Math.min(CLOSEST, Math.max(0.8, this.zoom * factor));
    const [u2, v2] = this.toShares([px, py]);
    this.u = within(this.u + u - u2);
    this.v = within(this.v + v - v2);
  }

  // Left, right, upper and lower edge, in shares.
  edges() {
    const half = 0.5 / this.zoom;
    return [this.u - half, this.u + half, this.v - half, this.v + half];
  }

  // Bring shares into sight with some room around them.
  show([u0, u1, v0, v1]) {
    this.u = (u0 + u1) / 2;
    this.v = (v0 + v1) / 2;
    const wide = Math.max(u1 - u0, v1 - v0, 0.02);
    this.zoom = Math.min(40, 0.7 / wide);
    if (this.zoom < 1.2) this.home();
  }

  // As it stands in an address: zoom and the middle, in the map's own coordinates.
  told(points) {
    if (this.isHome) return "";
    const [x, y] = points.toMap([this.u, this.v]);
    return [this.zoom, x, y].map((number) => Number(number.toPrecision(5))).join(",");
  }

  obey(text, points) {
    const [zoom, x, y] = text.split(",").map(Number);
    if (![zoom, x, y].every(Number.isFinite) || zoom < 0.5) { this.home(); return; }
    this.zoom = Math.min(CLOSEST, zoom);
    const [u, v] = points.fromMap([x, y]);
    this.u = within(u);
    this.v = within(v);
  }
}

function within(share) { return Math.min(1.1, Math.max(-0.1, share)); }
