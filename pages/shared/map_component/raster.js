// Points as a picture: each adds its colour to some pixels, and where many fall the picture is
// denser. No point hides another, whatever the order they came in.

import { FULL } from "./points.js";

const MOST_ADDITIONS = 1_600_000; // in one picture: this keeps moving smooth without a GPU
const SHOWN = 1.9; // how dense one point alone is

export class Raster {
  constructor() { this.width = 0; this.height = 0; this.calm = null; }

  // Weights say how strongly classes and themes are drawn, 0 to 1; `span` which times.
  // `counts` gets how many points of each theme are in sight.
  draw(points, view, ratio, look) {
    this.size(view, ratio);
    const additions = this.add(points, view, ratio, look);
    const key = `${points.count}/${view.zoom}/${look.key}`;
    if (this.calm?.key !== key) this.calm = { key, strength: this.strength() };
    if (additions) this.colour(this.calm.strength);
    else this.image.data.fill(0);
    return this.image;
  }

  size(view, ratio) {
    const width = Math.round(view.width * ratio), height = Math.round(view.height * ratio);
    if (width === this.width && height === this.height) {
      for (const sum of this.sums) sum.fill(0);
      return;
    }
    this.width = width;
    this.height = height;
    this.sums = [0, 1, 2, 3].map(() => new Float32Array(width * height));
    this.image = new ImageData(width, height);
  }

  add(points, view, ratio, { radius, colours, classWeights, themeWeights, span, counts }) {
    const { width, height } = this, [weight, red, green, blue] = this.sums;
    const scaleX = view.zoom * width / FULL, scaleY = view.zoom * height / FULL;
    const left = width / 2 - view.u * view.zoom * width;
    const top = height / 2 - view.v * view.zoom * height;
    const { x, y, themes, times, classes, count } = points;
    const { reach, dots } = brush(this.affordable(points, view, radius * ratio));
    let additions = 0;
    for (let point = 0; point < count; point++) {
      const px = Math.round(x[point] * scaleX + left);
      const py = Math.round((FULL - y[point]) * scaleY + top);
      if (px < reach || py < reach || px >= width - reach || py >= height - reach) continue;
      if (times && span && (times[point] < span[0] || times[point] > span[1])) continue;
      counts[themes[point]] += 1;
      const one = classes[point];
      const strong = classWeights[one] * themeWeights[themes[point]];
      const r = colours[3 * one], g = colours[3 * one + 1], b = colours[3 * one + 2];
      const middle = py * width + px;
      for (let dot = 0; dot < dots.length; dot += 2) {
        const pixel = middle + dots[dot], share = strong * dots[dot + 1];
        weight[pixel] += share;
        red[pixel] += share * r;
        green[pixel] += share * g;
        blue[pixel] += share * b;
      }
      additions += 1;
    }
    return additions;
  }

  // A smaller dot where there are so many points that larger ones could not be drawn in time.
  affordable(points, view, radius) {
    const inSight = points.count / Math.max(1, view.zoom ** 2);
    const room = Math.sqrt(MOST_ADDITIONS / Math.max(1, inSight) / Math.PI);
    return { radius: Math.max(0.6, Math.min(radius, room)), pitch: this.width };
  }

  // So that the densest places are just about full, and a lone point is still seen.
  strength() {
    const [weight] = this.sums, seen = [];
    for (let pixel = 0; pixel < weight.length; pixel += 7) if (weight[pixel] > 0.05) seen.push(weight[pixel]);
    if (!seen.length) return SHOWN;
    seen.sort((a, b) => a - b);
    return Math.min(SHOWN, Math.max(0.35, 3 / seen[Math.floor(0.97 * (seen.length - 1))]));
  }

  colour(strength) {
    const [weight, red, green, blue] = this.sums, { data } = this.image;
    for (let pixel = 0, at = 0; pixel < weight.length; pixel++, at += 4) {
      const sum = weight[pixel];
      if (sum === 0) { data[at + 3] = 0; continue; }
      data[at] = red[pixel] / sum;
      data[at + 1] = green[pixel] / sum;
      data[at + 2] = blue[pixel] / sum;
      data[at + 3] = 255 * (1 - Math.exp(-strength * sum));
    }
  }
}

const brushes = new Map();

// A round dot with a soft edge: pairs of a pixel's offset and its share of the colour.
function brush({ radius, pitch }) {
  const key = `${radius.toFixed(2)}/${pitch}`;
  if (brushes.has(key)) return brushes.get(key);
  const reach = Math.ceil(radius), dots = [];
  for (let down = -reach; down <= reach; down++) for (let across = -reach; across <= reach; across++) {
    const share = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(across, down)));
    if (share > 0.02) dots.push(down * pitch + across, share);
  }
  if (brushes.size > 60) brushes.clear();
  const made = { reach, dots: Float64Array.from(dots) };
  brushes.set(key, made);
  return made;
}
