// Parts of a sentence's panel: beside a long text a map of it, and a button that shows the teacher's colours in its place.
// Stands behind map_layers.js, before sentence.js.

// Where a long text has its evidence, from top to bottom, and which part is in sight. A click or a drag scrolls there.
function minimap(text) {
  const node = made("div", "minimap"), view = made("div", "view");
  const colours = [...text.querySelectorAll(".word")].map((word) => word.style.backgroundColor || "transparent");
  const stops = colours.map((colour, at) => `${colour} ${share(at / colours.length)} ${share((at + 1) / colours.length)}`);
  const place = () => {
    node.hidden = text.scrollHeight <= text.clientHeight; // all of it is in sight
    view.style.top = share(text.scrollTop / text.scrollHeight);
    view.style.height = share(text.clientHeight / text.scrollHeight);
  };
  const scroll = (event) => {
    const { top, height } = node.getBoundingClientRect();
    text.scrollTop = ((event.clientY - top) / height) * text.scrollHeight - text.clientHeight / 2;
  };
  node.style.backgroundImage = `linear-gradient(${stops.join(", ")})`;
  node.setAttribute("aria-hidden", "true"); // the text itself is scrolled by the keys
  node.append(view);
  node.onpointerdown = (event) => { node.setPointerCapture(event.pointerId); scroll(event); };
  node.onpointermove = (event) => { if (node.hasPointerCapture(event.pointerId)) scroll(event); };
  text.onscroll = place;
  new ResizeObserver(place).observe(text); // at first, too: once it is laid out
  return node;
}

// A button that shows another sentence in the place of one while it is held, so that only colours change.
// name: of its panel. change: called with whether it is held, when that changes.
function holding(label, name, change) {
  let held = false;
  const set = (now) => { if (now !== held) change((held = now)); };
  const node = made("button", "hold", label), hold = () => set(true), leave = () => set(false);
  node.type = "button";
  node.dataset.key = `${name} hold`;
  node.onpointerdown = hold;
  node.onpointerup = node.onpointerleave = node.onpointercancel = node.onblur = leave;
  node.onkeydown = (event) => { if (event.key === " ") { event.preventDefault(); hold(); } };
  node.onkeyup = (event) => { if (event.key === " ") leave(); };
  return node;
}
