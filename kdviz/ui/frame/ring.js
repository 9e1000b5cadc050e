// Scrolls a part of the page under another one that stays in sight: once a visit, as soon as it is drawn, and again while
// maps above it or in it get their height, until the visitor scrolls.

const SHOWN = new WeakMap(); // by mount: the last visit
const SETTLING_MS = 8000;
const BY_HAND = ["wheel", "touchstart", "pointerdown", "keydown"];

export default function ({ data, parentElement }) {
  if (SHOWN.get(parentElement) === data.visit) return;
  const page = parentElement.ownerDocument, find = (key) => page.querySelector(`.st-key-${key}`);
  let frame, timer;
  const sizes = new ResizeObserver(() => scroll());
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    sizes.disconnect();
    for (const event of BY_HAND) page.removeEventListener(event, end, true);
  };
  const end = () => {
    SHOWN.set(parentElement, data.visit);
    stop();
  };
  const scroll = () => {
    const node = find(data.ringed), above = find(data.above);
    if (!node || !above || node.clientHeight === 0) return false;
    const top = parseFloat(getComputedStyle(above.parentElement).top);
    node.style.scrollMarginTop = `${top + above.clientHeight + 16}px`;
    node.scrollIntoView({ block: "start" });
    return true;
  };
  const begin = () => {
    if (!scroll()) {
      frame = requestAnimationFrame(begin);
      return;
    }
    for (const box of [find(data.ringed), find(data.above), page.querySelector(".stMainBlockContainer")]) sizes.observe(box);
    for (const event of BY_HAND) page.addEventListener(event, end, true);
    timer = setTimeout(end, SETTLING_MS);
  };
  begin();
  return stop;
}
