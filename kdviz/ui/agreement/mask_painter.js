// The mask painter: the part of a picture that a network should look at is drawn with a brush, as boxes or as outlines, by
// mouse, finger or keys. Of a clip the picture is the spectrogram, and it and what is marked of it can be heard. Each
// finished change is sent to the server. Stands behind map_layers.js, playing.js and mask_cells.js.

const painters = new WeakMap(); // by mount: what outlives a rerun
let left = null; // the painter that was unmounted last: quick reruns may remount it
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const INK = [0, 160, 255, 105];
const MAP_SIDE = 240; // pixels of a smoothed map, at least
const PARTS = ["whole", "alone"]; // of a clip: all of it, and what is marked
const NEAR_PX = 14; // of a screen: how near its first corner a finger closes an outline

const same = ([x, y], [u, v]) => x === u && y === v;

export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const painter = painters.get(parentElement) ?? new Painter(parentElement);
  painters.set(parentElement, painter);
  Object.assign(painter, { keep: setStateValue, send: setTriggerValue });
  document.cookie = data.cookie; // by which the server finds the marks of this browser again
  painter.show(data);
  return whenGone(parentElement, () => {
    clearTimeout(painter.timer);
    painter.playing.stop();
    painters.delete(parentElement);
    left = painter;
    Object.assign(left, { focused: painter.ink.matches(":focus"), brush: painter.find(".size")?.value, waiting: !painter.stored() });
  });
}

class Painter extends Drawing {
  constructor(root) {
    super();
    this.find = (name) => root.querySelector(name);
    this.ink = this.find(".ink");
    Object.assign(this.ink, {
      onpointerdown: (event) => this.press(event),
      onpointermove: (event) => this.move(event),
      onpointerup: (event) => this.lift(event),
      onpointercancel: () => this.drop(),
      onpointerleave: () => { if (!this.pen) this.hover(null); },
      onkeydown: (event) => this.key(event),
      onfocus: () => this.hover(this.cursor),
      onblur: () => this.hover(null),
    });
    this.find(".size").oninput = () => this.resize(0);
    this.find(".close").onclick = () => this.close();
    this.find(".undo").onclick = () => this.undo();
    this.find(".clear").onclick = () => this.change(({ cells }) => cells.fill(0));
    this.find(".next").onclick = () => this.send("chosen", this.data.next);
    this.playing = new Playing(this.find(".head"), () => this.sound());
    for (const part of PARTS) this.find(`.${part}`).onclick = () => this.hear(part);
  }

  show(data) {
    if (this.data?.key === data.key && data.change < this.data.change) return; // reruns may be shown out of order
    const fresh = this.data?.key !== data.key, { words } = data;
    this.data = data;
    this.find(".painter").style.setProperty("--shape", data.image.shape);
    this.find(".painter").classList.toggle("sounds", Boolean(data.clip));
    this.find(".pitches").replaceChildren(...(data.clip?.axes.pitches ?? []).map((each) => mark(each, "tick", "top")));
    this.find(".times").replaceChildren(...(data.clip?.axes.times ?? []).map((each) => mark(each, "tick", "left")));
    this.find(".title").textContent = data.title;
    this.find("legend").textContent = words.tools;
    this.find(".slide label").textContent = words.size;
    this.find(".outlining").textContent = words.outlining;
    for (const name of ["close", "undo", "clear", "next"]) this.find(`.${name}`).textContent = words[name];
    this.find("summary").textContent = words.about;
    this.find("#keys").textContent = words.keys;
    this.tools();
    if (fresh) this.open();
    this.strip();
    this.draw();
  }

  // Another picture, or its mask as the server has changed it.
  open() {
    const { image, grid, mask, maps } = this.data, size = this.find(".size"), side = Math.min(image.height, image.width);
    const shape = `${grid.width} ${grid.height}`;
    if (this.shape !== shape) {
      size.max = Math.max(9, 2 * Math.round(0.2 * side) + 1);
      size.value = 2 * Math.round(0.04 * side) + 1;
      this.cursor = [grid.width >> 1, grid.height >> 1];
    }
    this.shape = shape;
    this.mask = unpacked(mask, grid);
    this.playing.stop();
    this.undone = [];
    this.drop();
    this.find(".base")?.remove();
    this.find(".board").prepend(picture(image.url, "base"));
    Object.assign(this.ink, { width: grid.width, height: grid.height });
    this.find("svg").setAttribute("viewBox", `0 0 ${grid.width} ${grid.height}`);
    this.find(".maps").replaceChildren(...maps.map((arm) => this.figure(arm)));
    if (left && left !== this && left.data.key === this.data.key) this.goOn(left);
    left = null;
    this.resize(0);
  }

  // Like the painter before it was remounted: its tool, its cursor, and what it has drawn, unless the server has other marks by now.
  goOn({ mask, undone, tool, cursor, focused, brush, waiting }) {
    Object.assign(this, { tool, cursor });
    if (waiting) this.mask = mask;
    if (packed(mask) === packed(this.mask)) this.undone = undone;
    if (brush) this.find(".size").value = brush;
    for (const input of this.find(".tools").querySelectorAll("input")) input.checked = input.value === tool;
    if (focused) this.ink.focus({ preventScroll: true });
    if (waiting) this.deliver(RETRY_MS);
  }

  tools() {
    const { words } = this.data;
    if (!(this.tool in words.tool)) [this.tool] = Object.keys(words.tool);
    const choices = Object.entries(words.tool).map(([tool, name]) => {
      const label = made("label", ""), input = made("input", "");
      Object.assign(input, { type: "radio", name: "tool", value: tool, checked: tool === this.tool });
      input.onchange = () => this.take(tool);
      input.onkeydown = (event) => { if (STEPS[event.key]) event.stopPropagation(); };
      label.append(input, made("span", "chip", name));
      return label;
    });
    const known = [...this.find(".tools").querySelectorAll("label")].map((label) => label.textContent).join();
    if (known !== Object.values(words.tool).join()) this.find(".tools").replaceChildren(this.find("legend"), ...choices);
  }

  // The pictures to choose from. They are made once, so that the one in focus stays it.
  strip() {
    const { strip, words } = this.data, row = this.find(".strip"), names = strip.map(({ name }) => name).join();
    row.setAttribute("aria-label", words.strip);
    if (row.dataset.names !== names) {
      row.dataset.names = names;
      row.replaceChildren(...strip.map(({ name, url }) => {
        const tile = made("button", "tile");
        tile.type = "button";
        tile.append(picture(url, ""), made("span", "badge"));
        tile.onclick = () => this.send("chosen", name);
        return tile;
      }));
    }
    strip.forEach(({ name, title, marked }, place) => {
      const tile = row.children[place], here = name === this.data.name, drawn = here ? this.share() > 0 : marked;
      tile.setAttribute("aria-current", here);
      tile.setAttribute("aria-label", drawn ? fill(words.marked, { title }) : title);
      tile.title = title;
      tile.lastChild.textContent = "✓";
      tile.lastChild.hidden = !drawn;
    });
  }

  figure({ name, color, glyph, map, alt, answer, verdict }) {
    const node = made("figure", ""), pile = made("div", "pile"), layers = made("div", "layers");
    const title = made("span", "name"), caption = made("figcaption", "");
    node.style.setProperty("--arm", color);
    title.append(made("span", "mark", glyph), ` ${name}`);
    layers.setAttribute("role", "img");
    layers.setAttribute("aria-label", alt);
    layers.style.setProperty("--opacity", this.data.opacity);
    layers.append(...base(this.data.image), heat(map, this.data.palettes, MAP_SIDE));
    pile.append(layers);
    caption.append(title, made("span", "", answer), made("span", "", verdict));
    node.append(pile, caption);
    return node;
  }

  // --- pointer and keys ---------------------------------------------------------------------------

  place({ clientX, clientY }) {
    const area = this.ink.getBoundingClientRect(), { height, width } = this.mask;
    const inside = (value, count) => Math.min(Math.max(Math.floor(value * count), 0), count - 1);
    return [inside((clientX - area.left) / area.width, width), inside((clientY - area.top) / area.height, height)];
  }

  press(event) {
    if (event.button !== 0 || this.pen) return;
    event.preventDefault();
    this.ink.focus({ preventScroll: true });
    this.hover(this.place(event));
    this.ink.setPointerCapture(event.pointerId);
    this.pen = { id: event.pointerId, before: this.mask.cells.slice(), pressed: event, dragged: false };
    if (this.tool === "polygon") return void this.corner(this.near(event) ? this.corners[0] : this.cursor);
    if (this.tool === "box") this.corners = [this.cursor];
    else this.paint(this.cursor);
    this.draw();
  }

  move(event) {
    if (this.pen && this.pen.id !== event.pointerId) return;
    for (const each of [...(event.getCoalescedEvents?.() ?? []), event]) {
      const from = this.cursor;
      this.cursor = this.place(each);
      if (this.pen && this.brushing()) this.paint(from);
      if (this.pen && this.tool === "polygon") this.follow(each);
    }
    this.pointing = true;
    if (this.pen && this.brushing()) this.draw();
    else this.trace();
  }

  lift(event) {
    if (this.pen?.id !== event.pointerId) return;
    const { before, dragged } = this.pen;
    this.pen = null;
    if (this.tool === "polygon") return void (dragged && this.corners.length > 2 && this.close());
    if (this.tool === "box") box(this.mask, this.corners[0], this.cursor);
    this.corners = [];
    this.commit(before);
  }

  // A drag is an outline by hand, which ends where it is let go; a click, which may tremble, is a corner.
  follow({ clientX, clientY }) {
    const { pressed } = this.pen;
    this.pen.dragged ||= Math.hypot(clientX - pressed.clientX, clientY - pressed.clientY) > NEAR_PX;
    if (this.pen.dragged && this.corners.length && !same(this.corners.at(-1), this.cursor)) this.corners.push(this.cursor);
  }

  // What is not finished is dropped.
  drop() {
    if (this.pen) this.mask.cells = this.pen.before;
    this.pen = null;
    this.corners = [];
    this.draw();
  }

  near(event) {
    if (this.corners.length < 3) return false;
    const area = this.ink.getBoundingClientRect(), [x, y] = this.corners[0], { height, width } = this.mask;
    const far = Math.hypot(((x + 0.5) / width) * area.width + area.left - event.clientX, ((y + 0.5) / height) * area.height + area.top - event.clientY);
    return far <= NEAR_PX;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey ? event.key !== "z" : event.altKey) return;
    const step = STEPS[event.key];
    const acts = {
      Enter: () => this.enter(), " ": () => this.enter(), "+": () => this.resize(2), "=": () => this.resize(2), "-": () => this.resize(-2),
      u: () => this.undo(), U: () => this.undo(), z: () => this.undo(), Escape: this.corners.length ? () => this.drop() : undefined,
    };
    if (!step && !acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.step(step, event.shiftKey);
    else acts[event.key]();
  }

  step([right, down], drawing) {
    const [x, y] = this.cursor, { height, width } = this.mask, from = this.cursor;
    this.hover([Math.min(Math.max(x + right, 0), width - 1), Math.min(Math.max(y + down, 0), height - 1)]);
    if (drawing && this.brushing()) this.change(() => this.paint(from));
    this.say();
  }

  enter() {
    if (this.brushing()) this.change(() => this.paint(this.cursor));
    else this.corner(this.cursor);
    this.say();
  }

  // --- drawing ------------------------------------------------------------------------------------

  brushing() {
    return this.tool === "brush" || this.tool === "eraser";
  }

  take(tool) {
    this.tool = tool;
    this.drop();
  }

  grid() {
    return this.data.grid;
  }

  size() {
    return Number(this.find(".size").value);
  }

  resize(by) {
    const slider = this.find(".size");
    slider.value = this.size() + by;
    this.find("output").textContent = fill(this.data.words.pixels, { count: this.size() });
    this.draw();
  }

  hover(place) {
    this.cursor = place ?? this.cursor;
    this.pointing = place !== null;
    this.trace();
  }

  paint(from) {
    stroke(this.mask, from, this.cursor, this.size(), this.tool === "eraser" ? 0 : 1);
  }

  // A corner of a box, or of an outline, which ends at its first or its last one.
  corner(place) {
    const [first] = this.corners, last = this.corners.at(-1);
    if (this.tool === "box" && first) {
      this.corners = [];
      this.change((mask) => box(mask, first, place));
    } else if (last && (same(last, place) || same(first, place)) && this.tool === "polygon") {
      this.close();
    } else {
      this.corners.push(place);
      this.trace();
    }
  }

  close() {
    const corners = this.corners;
    this.corners = [];
    if (corners.length > 2) this.change((mask) => polygon(mask, corners));
    else this.trace();
  }

  undo() {
    if (this.corners.length) {
      this.corners.pop();
      this.draw();
    } else {
      super.undo();
    }
  }

  share() {
    return this.mask.cells.reduce((sum, cell) => sum + cell, 0) / this.mask.cells.length;
  }

  say() {
    const { words } = this.data, [x, y] = this.cursor, inked = this.mask.cells[y * this.mask.width + x];
    const place = this.data.clip ? this.heard([this.cursor]) : fill(words.place, { row: y + 1, column: x + 1 });
    this.find(".spoken").textContent = fill(inked ? words.on : words.off, { place });
  }

  // When, and at which frequencies, the cells between corners of a spectrogram are; of whole columns, when.
  heard(corners) {
    const { clip: { axes, place, span }, grid } = this.data, columns = corners.map(([x]) => x), rows = corners.map(([, y]) => y);
    const [from, to] = [Math.min(...columns), Math.max(...columns) + 1].map((x) => ((x / grid.width) * axes.seconds).toFixed(2));
    const high = axes.rows[Math.min(...rows)], low = axes.rows[Math.max(...rows)];
    return fill(corners.length > 1 ? span : place, { from, to, low, high });
  }

  // --- listening ----------------------------------------------------------------------------------

  hear(part) {
    if (this.playing.on && this.part === part) return void this.playing.stop();
    this.part = part;
    this.playing.play(this.data.clip[part], this.data.clip.axes.seconds);
  }

  sound() {
    const { clip, words } = this.data, { on } = this.playing;
    this.find(".head").hidden = !on;
    if (!clip) return;
    for (const part of PARTS) this.find(`.${part}`).textContent = `${on && this.part === part ? STOP : PLAY} ${words[part]}`;
    this.find(".alone").disabled = !this.share() || !this.stored();
  }

  draw() {
    if (!this.mask) return;
    const { height, width, cells } = this.mask, { words, title } = this.data, sheet = new ImageData(width, height);
    cells.forEach((cell, place) => { if (cell) sheet.data.set(INK, 4 * place); });
    this.ink.getContext("2d").putImageData(sheet, 0, 0);
    for (const path of this.find("svg").querySelectorAll(".edge")) path.setAttribute("d", borders(this.mask));
    const share = 100 * this.share(), said = fill(words.share, { share: share > 0 && share < 9.95 ? share.toFixed(1) : Math.round(share) });
    this.find(".said").textContent = said;
    this.find(".stored").textContent = this.stored() ? words.stored : words.storing;
    this.ink.setAttribute("aria-label", fill(words.board, { title, said }));
    this.find(".clear").disabled = !share;
    this.sound();
    this.trace();
  }

  trace() {
    for (const path of this.find("svg").querySelectorAll(".draft")) path.setAttribute("d", draft(this, this.size()));
    this.find(".undo").disabled = !this.undone.length && !this.corners.length;
    for (const name of ["close", "outlining"]) this.find(`.${name}`).hidden = this.tool !== "polygon";
    this.find(".close").disabled = this.corners.length < 3;
    this.find(".next").hidden = !this.data.next;
    this.find(".size").disabled = !this.brushing();
    if (this.data.clip) this.find(".where").textContent = this.pointing ? this.heard([...(this.tool === "box" ? this.corners : []), this.cursor]) : "";
  }
}
