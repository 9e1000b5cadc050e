// Scrolls a part of the page under another one that stays in sight; once a visit, as soon as it is drawn.

const SHOWN = new WeakMap(); // by mount: the last visit

export default function ({ data, parentElement }) {
  if (SHOWN.get(parentElement) === data.visit) return;
  const page = parentElement.ownerDocument, find = (key) => page.querySelector(`.st-key-${key}`);
  let frame;
  const scroll = () => {
    const node = find(data.ringed), above = find(data.above);
    if (!node || !above || node.clientHeight === 0) {
      frame = requestAnimationFrame(scroll);
      return;
    }
    SHOWN.set(parentElement, data.visit);
    const header = page.querySelector("[data-testid=stHeader]")?.clientHeight ?? 0;
    node.style.scrollMarginTop = `${header + above.clientHeight + 24}px`;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    node.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  };
  scroll();
  return () => cancelAnimationFrame(frame);
}
