// Panels: what stands beside a picture or a sentence of an arm. Shared by the comparer and the sentences, which are put behind
// this file and map_layers.js.

const QUIET_MS = 400; // a screen reader hears of a value once no key has been pressed for so long

const LEAST = 0.005; // a smaller share has no bar: it would be a speck at the edge

const GAP = 4; // pixels between a term and what is said of it

const clip = (value, low, high) => Math.min(Math.max(value, low), high);

function shares(panel, words, choose) {
  const list = made("div", "bars");
  for (const share of panel.shares) {
    const node = made("button", "share");
    node.type = "button";
    node.dataset.key = `${panel.name} ${share.target}`;
    node.style.setProperty("--share", `${share.share < LEAST ? 0 : 100 * share.share}%`);
    node.setAttribute("aria-pressed", share.explained);
    node.title = fill(words.explain, { name: share.name });
    node.append(made("span", "", share.name), made("span", "", share.text));
    node.onclick = () => choose(share.target);
    list.append(node);
  }
  return list;
}

// The panel, or the one for its network's own prediction where that is chosen. turned: names of panels not as at first.
function shown(panel, ownFirst, turned) {
  return panel.own && ownFirst !== turned.has(panel.name) ? { ...panel.own, own: panel.own, choice: panel.choice, swapped: true } : panel;
}

// The choice between the evidence for a network's own prediction and that for the class of all maps.
function chooser(panel, said, swap) {
  if (!panel.own) return [];
  const node = made("div", "choice"), swapped = Boolean(panel.swapped);
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", said.evidence);
  node.append(made("span", "", said.evidence));
  panel.choice.forEach((name, at) => {
    const chosen = swapped === (at === 0), button = made("button", "own", name);
    button.type = "button";
    button.dataset.key = `${panel.name} own ${at}`;
    button.setAttribute("aria-pressed", chosen);
    button.onclick = () => { if (!chosen) swap(panel.name); };
    node.append(button);
  });
  return [node];
}

// How the values are read: by a finger, or by a pointer and the keys.
const invitation = (said) => (matchMedia("(pointer: coarse)").matches ? said.touch : said.point);

// A panel's name, its value under the pointer, and what is said of it.
// opened: names of the panels whose folded lines are shown.
function words(panel, said, { choose, swap, opened }, tag, className) {
  const node = made(tag, className), head = made("div", "head"), name = made("span", "name");
  const lines = panel.lines.filter((line) => !line.folded), folded = panel.lines.filter((line) => line.folded);
  if (panel.glyph) name.append(made("span", "mark", panel.glyph), " ");
  name.append(panel.name);
  const details = made("div", "details");
  details.append(...folded.map(({ text, about }) => made("div", "text", [text, about].filter(Boolean).join(" "))));
  head.append(name, ...(folded.length ? [detailsButton(panel, said, details, opened)] : []), made("span", "value"));
  node.append(head, ...lines.map(sentence), details, ...chooser(panel, said, swap), shares(panel, said, choose));
  return node;
}

// The question mark beside a panel's name, which shows and hides its folded lines.
function detailsButton(panel, said, details, opened) {
  const node = made("button", "more", "?"), draw = () => {
    details.hidden = !opened.has(panel.name);
    node.setAttribute("aria-expanded", String(!details.hidden));
  };
  node.type = "button";
  node.dataset.key = `${panel.name} details`;
  node.title = said.details;
  node.setAttribute("aria-label", fill("{name}: {about}", { name: panel.name, about: said.details }));
  node.onclick = () => { if (!opened.delete(panel.name)) opened.add(panel.name); draw(); };
  draw();
  return node;
}

// A line of text. What is more to say of it is a tooltip to a mouse; a tap, a click or Enter shows the same until Escape, or a
// tap elsewhere.
function sentence({ text, about }) {
  if (!about) return made("div", "text", text);
  const node = made("div", "explained"), term = made("button", "text about", text), tip = made("div", "tip", about);
  Object.assign(term, { type: "button", title: about, popoverTargetElement: tip });
  term.dataset.key = text;
  tip.popover = "auto";
  tip.onbeforetoggle = () => {
    const box = term.getBoundingClientRect(), above = box.bottom > innerHeight / 2;
    tip.style.setProperty("--left", `${box.left}px`);
    tip.style.top = above ? "auto" : `${box.bottom + GAP}px`;
    tip.style.bottom = above ? `${innerHeight - box.top + GAP}px` : "auto";
  };
  node.append(term, tip);
  return node;
}
