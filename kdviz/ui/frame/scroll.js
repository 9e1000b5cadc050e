// Scrolls to a part of the page each time that its count grows.

const COUNTS = new WeakMap(); // by mount

export default function ({ data, parentElement }) {
  const before = COUNTS.get(parentElement) ?? 0;
  COUNTS.set(parentElement, data.count);
  if (data.count > before) parentElement.ownerDocument.querySelector(`.st-key-${data.to}`)?.scrollIntoView({ block: "start" });
}
