// Which part of the map is in sight. Shares of the map (0 to 1) on one side, pixels on the other.

const CLOSEST = 60;

export class View {
  constructor() { this.width = 1; this.height = 1; this.home(); }

  home() { this.zoom = 1; this.u = 0.5; this.v = 0.5; }

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
}

function within(share) { return Math.min(1.1, Math.max(-0.1, share)); }
