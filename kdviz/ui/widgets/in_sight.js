// Tells the server when a place comes into the window; that it has left it, only at the next rerun.

const LASTING = 100; // ms that it must be so: who scrolls past asks for nothing

const observers = new WeakMap(); // by mount

export default function ({ data: { visible, height }, parentElement, setStateValue }) {
  const place = parentElement.querySelector("div");
  place.style.height = `${height}px`;
  observers.get(parentElement)?.end();
  const observer = watched(place, visible, (now) => setStateValue("visible", now));
  observers.set(parentElement, observer);
  return whenGone(parentElement, () => observer.end());
}

// known: what the server was told last.
function watched(place, known, tell) {
  let waiting = 0, first = true;
  const observer = new IntersectionObserver(([{ isIntersecting: now }]) => {
    clearTimeout(waiting);
    if (now !== known && (now || first)) waiting = setTimeout(() => { known = now; tell(now); }, LASTING);
    first = false;
  });
  observer.observe(place);
  return { end: () => { clearTimeout(waiting); observer.disconnect(); } };
}
