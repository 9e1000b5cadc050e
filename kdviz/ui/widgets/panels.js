// Panels: what stands beside a picture or a sentence of an arm. Shared by the comparer and the sentences, which are put behind
// this file and map_layers.js.

const QUIET_MS = 400; // a screen reader hears of a value once no key has been pressed for so long

const clip = (value, low, high) => Math.min(Math.max(value, low), high);

function shares(panel, words, choose) {
  const list = made("div", "bars");
  for (const share of panel.shares) {
    const node = made("button", "share");
    node.type = "button";
    node.dataset.key = `${panel.name} ${share.target}`;
    node.style.setProperty("--share", `${100 * share.share}%`);
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

// A panel's name, its value under the pointer, and what is said of it.
function words(panel, said, { choose, swap }, tag, className) {
  const node = made(tag, className), head = made("div", "head"), name = made("span", "name");
  if (panel.glyph) name.append(made("span", "mark", panel.glyph), " ");
  name.append(panel.name);
  head.append(name, made("span", "value"));
  node.append(head, ...panel.lines.map(sentence), ...chooser(panel, said, swap), shares(panel, said, choose));
  return node;
}

function sentence({ text, about }) {
  const node = made("div", about ? "text about" : "text", text);
  node.title = about;
  return node;
}
