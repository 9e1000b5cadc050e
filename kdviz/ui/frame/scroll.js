// Scrolls to a part of the page each time that its count grows. What opens or is filled only then, at the end of the
// page, would stay below the screen: until the visitor does something, the part is followed as it and the page grow.

const COUNTS = new Map(); // by part: a page that is left and opened again does not scroll for what was asked for before
const FOLLOWING = new WeakMap();
const ACTS = ["wheel", "touchstart", "pointerdown", "keydown"];

export default function ({ data, parentElement }) {
  const before = COUNTS.get(data.to) ?? 0, page = parentElement.ownerDocument;
  COUNTS.set(data.to, data.count);
  const part = page.querySelector(`.st-key-${data.to}`);
  if (data.count > before && part) {
    FOLLOWING.get(parentElement)?.();
    FOLLOWING.set(parentElement, follow(page, part));
  }
  return whenGone(parentElement, () => FOLLOWING.get(parentElement)?.());
}

function follow(page, part) {
  const grown = new ResizeObserver(() => part.scrollIntoView({ block: "start" }));
  const acted = new AbortController();
  const end = () => { grown.disconnect(); acted.abort(); };
  for (const act of ACTS) page.addEventListener(act, end, { capture: true, passive: true, signal: acted.signal });
  part.scrollIntoView({ block: "start" });
  grown.observe(part);
  const above = page.querySelector('[data-testid="stMainBlockContainer"]');
  if (above) grown.observe(above);
  return end;
}
