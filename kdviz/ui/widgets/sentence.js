// Sentences of several arms, each word with a background by its value. A word that is pointed at, or reached by the arrow keys,
// is marked in all sentences, and its values are shown and spoken. Stands behind map_layers.js, panels.js and
// sentence_parts.js.

const KEPT = new WeakMap(); // by mount: what outlives a rerun
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };
const LONG = 120; // words from which a sentence scrolls in its place

function word({ text, gap, gap_style, style, value, evidence, column }) {
  const node = made("span", "word", text), before = made("span", "", gap);
  node.style.cssText = style;
  before.style.cssText = gap_style;
  node.dataset.column = column;
  node.title = [value, evidence].filter(Boolean).join(", ");
  return [before, node];
}

function paragraph({ name, words: all, alt }) {
  const node = made("p", all.length > LONG ? "sentence long" : "sentence"), text = made("span", "");
  text.setAttribute("role", "img");
  text.setAttribute("aria-label", alt);
  text.dir = "auto";
  text.append(...all.flatMap(word));
  if (name) node.append(made("span", "label", name));
  node.append(text);
  if (all.length <= LONG) return node;
  const scrolled = made("div", "scrolled");
  scrolled.append(node, minimap(node));
  return scrolled;
}

export default function draw(component) {
  const { data, parentElement, setTriggerValue } = component;
  const find = (name) => parentElement.querySelector(name);
  const root = find(".texts"), stage = find(".stage"), where = find(".where"), spoken = find(".spoken"), legend = find(".legend");
  const kept = KEPT.get(parentElement) ?? { turned: new Set(), opened: new Set() };
  KEPT.set(parentElement, kept);
  if (kept.ownFirst !== data.ownFirst) kept.turned.clear();
  kept.ownFirst = data.ownFirst;

  const panels = data.panels.map((panel) => shown(panel, data.ownFirst, kept.turned));
  const actions = {
    opened: kept.opened,
    choose: (target) => setTriggerValue("target", target),
    swap(name) {
      if (!kept.turned.delete(name)) kept.turned.add(name);
      draw(component);
    },
  };
  // An arm's own sentence, and the teacher's, which is the first.
  const comparable = (panel) => !data.small && panel !== panels[0] && panel.glyph && panel.sentences.length === 1;
  function figure(panel) {
    const node = made("figure", ""), body = made("div", "sentences"), caption = words(panel, data.words, actions, "figcaption", "");
    const colour = ({ color }) => node.style.setProperty("--arm", color || "transparent");
    const show = (of) => { body.replaceChildren(...of.sentences.map(paragraph)); colour(of); };
    show(panel);
    if (comparable(panel)) caption.append(holding(data.words.hold, panel.name, (held) => show(held ? panels[0] : panel)));
    node.append(caption, body);
    panel.value = caption.querySelector(".value");
    return node;
  }

  const focused = root.getRootNode().activeElement?.dataset?.key;
  root.classList.toggle("small", data.small);
  stage.replaceChildren(...panels.map(figure));
  stage.setAttribute("aria-label", data.words.stage);
  if (focused) [...root.querySelectorAll("[data-key]")].find((node) => node.dataset.key === focused)?.focus();
  const framed = data.framed ? [made("span", "framed", data.framed.word), made("span", "", data.framed.text)] : [];
  legend.replaceChildren(data.words.legend, ...data.legend.flatMap((step) => word(step).slice(1)), ...framed);
  for (const node of legend.querySelectorAll(".word")) { node.removeAttribute("title"); delete node.dataset.column; }

  // By column: its word in each sentence, with the name of panel and sentence.
  const columns = new Map();
  for (const panel of panels) {
    for (const { name, words: all } of panel.sentences) {
      for (const each of all) {
        if (!columns.has(each.column)) columns.set(each.column, []);
        columns.get(each.column).push({ ...each, panel, who: [panel.name, name].filter(Boolean).join(", ") });
      }
    }
  }
  const order = [...columns.keys()].sort((a, b) => a - b);

  function read(column) {
    kept.at = column;
    const found = columns.get(column);
    for (const node of stage.querySelectorAll(".word")) node.classList.toggle("at", Number(node.dataset.column) === column);
    for (const panel of panels) {
      const values = found.filter((each) => each.panel === panel).map(({ value, evidence }) => value || evidence);
      panel.value.textContent = [...new Set(values)].join(" → ");
    }
    const { text } = found[0];
    where.textContent = fill(data.words.where, { number: order.indexOf(column) + 1, count: order.length, word: text, unit: data.unit });
  }
  function speak(column) {
    clearTimeout(kept.timer);
    const said = columns.get(column).map(({ who, text, value, evidence }) => `${who}: ${fill(data.words.spoken, { word: text, evidence, value })}`);
    kept.timer = setTimeout(() => { spoken.textContent = said.join("; "); }, QUIET_MS);
  }

  stage.onpointerover = stage.onpointerdown = (event) => {
    const column = event.target.closest?.(".word")?.dataset.column;
    if (column !== undefined) read(Number(column));
  };
  root.onkeydown = (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.stopPropagation(); // outside, arrows go to the next text
    if (event.target !== stage || !order.length) return;
    event.preventDefault();
    const before = step > 0 ? -1 : order.length, at = columns.has(kept.at) ? order.indexOf(kept.at) : before;
    read(order[clip(at + step, 0, order.length - 1)]);
    speak(kept.at);
    stage.querySelector(".word.at")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  if (columns.has(kept.at)) read(kept.at);
  else where.textContent = data.small ? "" : invitation(data.words);
  return whenGone(parentElement, () => { clearTimeout(kept.timer); KEPT.delete(parentElement); });
}
