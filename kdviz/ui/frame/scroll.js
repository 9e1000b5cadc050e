// Scrolls to a part of the page each time that its count grows. What opens or is filled only then, at the end of the
// page, would stay below the screen: until the visitor does something, the part is followed as it and the page grow.

const COUNTS = new Map(); // by part: a page that is left and opened again does not scroll for what was asked for before
const ACTS = ["wheel", "touchstart", "pointerdown", "keydown"];
let stop = () => {};

export default function ({ data, parentElement }) {
  const before = COUNTS.get(data.to) ?? 0;
  COUNTS.set(data.to, data.count);
  if (data.count > before) {
    stop();
    stop = follow(parentElement.ownerDocument, `.st-key-${data.to}`);
  }
}

// By its selector, and beyond this component: a rerun may put new elements in the place of both.
function follow(page, selector) {
  const acted = new AbortController();
  const moved = new ResizeObserver(() => {
    const part = page.querySelector(selector);
    if (part) part.scrollIntoView({ block: "start" });
    else end();
  });
  const end = () => { moved.disconnect(); acted.abort(); };
  for (const act of ACTS) page.addEventListener(act, end, { capture: true, passive: true, signal: acted.signal });
  for (const each of page.querySelectorAll(`${selector}, [data-testid="stMainBlockContainer"]`)) moved.observe(each);
  return end;
}
