// Carries a text and the rows to light up to the map, without sending the points again. The map
// may be there later than the note: it says when it is ready, and is told then.

let last = {};

export default function ({ data }) {
  last = data ?? {};
  tell();
  document.addEventListener("northlight:ready", tell);
  return () => document.removeEventListener("northlight:ready", tell);
}

function tell() {
  document.dispatchEvent(new CustomEvent("northlight:note", { detail: last }));
}
