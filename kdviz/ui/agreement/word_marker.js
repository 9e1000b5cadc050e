// The word marker: the words of a text that a network should look at are marked by a click or tap, by dragging over them, or by
// keys. Each finished change is sent to the server. Stands behind map_layers.js and mask_cells.js.

const markers = new WeakMap(); // by mount: what outlives a rerun
let left = null; // the marker that was unmounted last: quick reruns may remount it
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };

export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const marker = markers.get(parentElement) ?? new Marker(parentElement);
  markers.set(parentElement, marker);
  Object.assign(marker, { keep: setStateValue, send: setTriggerValue });
  document.cookie = data.cookie; // by which the server finds the marks of this browser again
  marker.show(data);
  return whenGone(parentElement, () => {
    clearTimeout(marker.timer);
    markers.delete(parentElement);
    left = marker;
    Object.assign(left, { focused: Boolean(marker.find(".board").querySelector(":focus")), waiting: !marker.stored() });
  });
}

class Marker extends Drawing {
  constructor(root) {
    super();
    this.find = (name) => root.querySelector(name);
    this.at = 0; // the word that the keys have reached
    Object.assign(this.find(".board"), {
      onpointerdown: (event) => this.press(event),
      onpointermove: (event) => this.move(event),
      onpointerup: (event) => this.lift(event),
      onpointercancel: () => this.drop(), // a finger that scrolls
      onkeydown: (event) => this.key(event),
    });
    this.find(".undo").onclick = () => this.undo();
    this.find(".clear").onclick = () => this.change(({ cells }) => cells.fill(0));
    this.find(".next").onclick = () => this.send("chosen", this.data.next);
  }

  show(data) {
    if (this.data?.key === data.key && data.change < this.data.change) return; // reruns may be shown out of order
    const fresh = this.data?.key !== data.key, { words } = data;
    this.data = data;
    this.find(".title").textContent = data.title;
    this.find("#how").textContent = words.how;
    for (const name of ["undo", "clear", "next"]) this.find(`.${name}`).textContent = words[name];
    this.find("summary").textContent = words.about;
    this.find("#keys").textContent = words.keys;
    if (fresh) this.open();
    this.strip();
    this.draw();
  }

  // Another text, or its mask as the server has changed it.
  open() {
    const { name, mask, maps: [first, ...others] } = this.data;
    if (this.text !== name) this.at = 0;
    this.text = name;
    this.mask = unpacked(mask, this.grid());
    this.undone = [];
    this.pen = null;
    this.find(".sheet").style.setProperty("--arm", first.color);
    this.find(".first").replaceChildren(...said(first));
    this.find(".board").replaceChildren(...first.words.flatMap((word, place) => this.word(word, place)));
    this.nodes = [...this.find(".board").querySelectorAll("[role=checkbox]")];
    this.find(".others").replaceChildren(...others.map(figure));
    if (left && left !== this && left.data.key === this.data.key) this.goOn(left);
    left = null;
  }

  // Like the marker before it was remounted, with what it has marked, unless the server has other marks by now.
  goOn({ mask, undone, at, focused, waiting }) {
    this.at = at;
    if (waiting) this.mask = mask;
    if (packed(mask) === packed(this.mask)) this.undone = undone;
    if (focused) this.nodes[at]?.focus({ preventScroll: true });
    if (waiting) this.deliver(RETRY_MS);
  }

  grid() {
    return { height: 1, width: this.data.length };
  }

  // A word with the gap before it. Words that are not read are no check box.
  word({ text, gap, gap_style, style, value, evidence }, place) {
    const node = made("span", [...text].length > 1 ? "word" : "word short", text), before = made("span", "gap", gap);
    node.style.cssText = style;
    before.style.cssText = gap_style;
    node.title = [value, evidence].filter(Boolean).join(", ");
    if (place >= this.data.cells.length) {
      node.className = "rest";
    } else {
      node.setAttribute("role", "checkbox");
      node.tabIndex = -1; // at once, since it may be focused before it is drawn
      node.dataset.place = place;
      node.dataset.said = [text, evidence].filter(Boolean).join(", ");
      if (this.data.cells[place] === null) node.setAttribute("aria-disabled", "true");
    }
    return [before, node];
  }

  // The texts to choose from. They are made once, so that the one in focus stays it.
  strip() {
    const { strip, words } = this.data, row = this.find(".strip"), names = strip.map(({ name }) => name).join();
    row.setAttribute("aria-label", words.strip);
    if (row.dataset.names !== names) {
      row.dataset.names = names;
      row.replaceChildren(...strip.map(({ name, number, beginning }) => {
        const tile = made("button", "tile");
        tile.type = "button";
        tile.append(made("span", "number", number), made("span", "beginning", beginning), made("span", "badge", "✓"), made("span", "spoken"));
        tile.children[2].setAttribute("aria-hidden", "true");
        tile.onclick = () => this.send("chosen", name);
        return tile;
      }));
    }
    strip.forEach(({ name, title, marked }, place) => {
      const tile = row.children[place], here = name === this.data.name, drawn = here ? this.count() > 0 : marked;
      tile.setAttribute("aria-current", here);
      tile.title = title;
      tile.children[2].hidden = !drawn;
      tile.lastChild.textContent = ` ${drawn ? fill(words.marked, { title }) : title}`;
    });
  }

  // --- pointer and keys ---------------------------------------------------------------------------

  // The number of the word below a pointer, or undefined.
  below({ clientX, clientY }) {
    const node = this.find(".board").getRootNode().elementFromPoint(clientX, clientY)?.closest(".word");
    return node && this.nodes.includes(node) ? Number(node.dataset.place) : undefined;
  }

  press(event) {
    const place = this.below(event);
    if (event.button !== 0 || this.pen || place === undefined) return;
    this.find(".board").setPointerCapture(event.pointerId);
    const value = this.marked(place) ? 0 : 1;
    this.pen = { id: event.pointerId, before: this.mask.cells.slice(), from: place, to: place, value };
  }

  move(event) {
    if (this.pen?.id !== event.pointerId) return;
    const place = this.below(event);
    if (place === undefined || place === this.pen.to) return;
    this.pen.to = place;
    this.cover();
    this.draw();
  }

  lift(event) {
    if (this.pen?.id !== event.pointerId) return;
    const { before, to } = this.pen;
    this.cover();
    this.pen = null;
    this.reach(to);
    this.commit(before);
  }

  // All words from the one that was pressed to the one reached.
  cover() {
    const { before, from, to, value } = this.pen;
    this.mask.cells = before.slice();
    this.mark(from, to, value);
  }

  drop() {
    if (this.pen) this.mask.cells = this.pen.before;
    this.pen = null;
    this.draw();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey ? event.key !== "z" : event.altKey) return;
    const step = STEPS[event.key];
    const acts = { Enter: () => this.turn(), " ": () => this.turn(), u: () => this.undo(), U: () => this.undo(), z: () => this.undo() };
    if (step === undefined && !acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (step === undefined) acts[event.key]();
    else this.step(step, event.shiftKey);
  }

  step(step, marking) {
    const from = this.at, to = Math.min(Math.max(from + step, 0), this.nodes.length - 1);
    if (marking) this.change(() => this.mark(from, to, 1));
    this.reach(to);
    this.draw();
  }

  turn() {
    this.change(() => this.mark(this.at, this.at, this.marked(this.at) ? 0 : 1));
  }

  // The word that the keys go on from, the only one that Tab comes to.
  reach(place) {
    this.at = place;
    this.nodes[place].focus({ preventScroll: true });
    this.nodes[place].scrollIntoView({ block: "nearest" });
  }

  // --- marking ------------------------------------------------------------------------------------

  marked(place) {
    const cell = this.data.cells[place];
    return cell !== null && cell !== undefined && this.mask.cells[cell] === 1;
  }

  mark(from, to, value) {
    for (const cell of this.data.cells.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      if (cell !== null) this.mask.cells[cell] = value;
    }
  }

  count() {
    return this.data.cells.filter((_, place) => this.marked(place)).length;
  }

  draw() {
    const { words, title, cells, next } = this.data;
    this.nodes.forEach((node, place) => {
      const marked = this.marked(place), form = cells[place] === null ? words.fixed : marked ? words.marked : "{title}";
      node.classList.toggle("marked", marked);
      node.previousSibling.classList.toggle("marked", marked && this.marked(place - 1));
      node.setAttribute("aria-checked", String(marked));
      node.setAttribute("aria-label", fill(form, { title: node.dataset.said }));
      node.tabIndex = place === this.at ? 0 : -1;
    });
    const total = cells.filter((cell) => cell !== null).length, said = fill(words.share, { count: this.count(), total });
    this.find(".said").textContent = said;
    this.find(".stored").textContent = this.stored() ? words.stored : words.storing;
    this.find(".board").setAttribute("aria-label", fill(words.board, { title, said }));
    this.find(".clear").disabled = !this.mask.cells.includes(1);
    this.find(".undo").disabled = !this.undone.length;
    this.find(".next").hidden = !next;
  }
}

// Whose evidence colours the words, and what it predicts.
function said({ name, color, glyph, answer, verdict }) {
  const title = made("span", "name"), mark = made("span", "mark", glyph);
  mark.style.setProperty("--arm", color);
  title.append(mark, ` ${name}`);
  return [title, made("span", "", answer), made("span", "", verdict)];
}

// The same words with the evidence of another network.
function figure(arm) {
  const node = made("figure", ""), who = made("p", "who"), text = made("p", "sentence");
  node.style.setProperty("--arm", arm.color);
  text.setAttribute("role", "img");
  text.setAttribute("aria-label", arm.alt);
  text.dir = "auto";
  who.append(...said(arm));
  text.append(...arm.words.flatMap(({ text: written, gap, gap_style, style, value, evidence }) => {
    const word = made("span", "word", written), before = made("span", "", gap);
    word.style.cssText = style;
    before.style.cssText = gap_style;
    word.title = [value, evidence].filter(Boolean).join(", ");
    return [before, word];
  }));
  node.append(who, text);
  return node;
}
