// Carries what is new to the map without sending the points again: rows to light up, the address,
// and more points of the part in sight. The map may be there later than this: it says when it is
// ready, and is told then.

export default function ({ data }) {
  const tell = () => document.dispatchEvent(new CustomEvent("northlight:note", { detail: data }));
  if (data === null || data === undefined) return () => {};
  tell();
  document.addEventListener("northlight:ready", tell);
  return () => document.removeEventListener("northlight:ready", tell);
}
