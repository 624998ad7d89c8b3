// The slider: only rows of a stretch of time are drawn, and the stretch moves on by itself.

import { day } from "./furniture.js";

const PART = 8; // the stretch is so much of the whole
const STEPS = 120;
const MOVING = 90; // milliseconds a step
const CALM = 900; // where somebody wants less motion

export function showTime(map) {
  const row = map.root.querySelector(".time");
  stop(map);
  map.span = null;
  row.hidden = !map.points.header.time;
  row.querySelector("button").onclick = () => (map.playing ? stop(map) : play(map));
  const slider = row.querySelector("input");
  slider.max = String(STEPS + 1);
  slider.value = "0";
  slider.oninput = () => { stop(map); put(map, Number(slider.value)); };
  told(map);
}

// At the left end everything is shown.
function put(map, step) {
  const { last } = map.points.header.time, wide = last / PART;
  const end = wide + ((last - wide) * (step - 1)) / STEPS;
  map.span = step === 0 ? null : [Math.round(end - wide), Math.round(end)];
  map.canvas.dataset.span = map.span?.join("–") ?? "";
  told(map);
  map.redraw();
}

function play(map) {
  const slider = map.root.querySelector(".time input");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (Number(slider.value) > STEPS) slider.value = "0";
  map.playing = setInterval(() => {
    slider.value = String(Number(slider.value) + (calm ? 10 : 1));
    put(map, Number(slider.value));
    if (Number(slider.value) > STEPS) stop(map);
  }, calm ? CALM : MOVING);
  told(map);
}

export function stop(map) {
  clearInterval(map.playing);
  map.playing = 0;
  told(map);
}

function told(map) {
  const row = map.root.querySelector(".time");
  row.querySelector("button").textContent = map.playing ? "Pause" : "Play";
  const says = row.querySelector("span");
  if (!map.points.header?.time) return;
  const [from, until] = map.span ?? [0, map.points.header.time.last];
  says.textContent = `${day(map, from)} – ${day(map, until)}`;
  row.querySelector("input").setAttribute("aria-valuetext", says.textContent);
}
