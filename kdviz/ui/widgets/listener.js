// The listener: a sound, and the parts of it that each arm heard, played with a line that moves over the spectrogram.
// All of them are here already: nothing is asked of the server. Stands behind map_layers.js and playing.js.

const listeners = new WeakMap(); // by mount: what outlives a rerun
const SHADE = [0, 0, 0, 200]; // over the cells that a part leaves out

export default function ({ data: [data], parentElement }) {
  const listener = listeners.get(parentElement) ?? new Listener(parentElement);
  listeners.set(parentElement, listener);
  listener.show(data);
  return whenGone(parentElement, () => { listener.playing.stop(); listeners.delete(parentElement); });
}

class Listener {
  constructor(root) {
    this.find = (name) => root.querySelector(name);
    this.playing = new Playing(this.find(".head"), () => this.data && this.draw());
    this.chosen = 0;
  }

  show(data) {
    if (this.data?.key !== data.key) { this.playing.stop(); this.chosen = 0; }
    this.data = data;
    const { image, axes, parts, words } = data, pile = this.find(".pile"), board = this.find(".board");
    board.style.setProperty("--shape", image.shape);
    for (const old of pile.querySelectorAll("img, .tick")) old.remove();
    pile.prepend(picture(image.url, "base"));
    pile.append(...axes.pitches.map((each) => mark(each, "tick", "top")));
    this.find(".times").replaceChildren(...axes.times.map((each) => mark(each, "tick", "left")));
    const most = Math.max(1, ...data.profiles.flatMap(({ times, bands }) => [...times, ...bands]));
    this.lines(".by-time", words.times, most, ({ times }) => times, (along, high) => [along, 1 - high]);
    this.lines(".by-band", words.bands, most, ({ bands }) => bands, (along, high) => [high, along]);
    pile.onclick = (event) => this.play(this.chosen, this.place(event));
    this.find(".parts").setAttribute("aria-label", words.parts);
    this.find(".parts").replaceChildren(...parts.map((part, number) => this.button(part, number)));
    this.draw();
  }

  // Each arm's evidence along an axis, and a dashed line at an even spread. at: from a place along the axis, and a value,
  // both as shares, to x and y.
  lines(name, about, most, values, at) {
    const svg = this.find(name), even = at(0, 1 / most), other = at(1, 1 / most);
    svg.setAttribute("aria-label", about);
    svg.replaceChildren(line("even", [even, other]), ...this.data.profiles.map((profile) => {
      const numbers = values(profile), count = numbers.length;
      const node = line("profile", numbers.map((value, cell) => at((cell + 0.5) / count, value / most)));
      node.style.setProperty("--arm", profile.color);
      node.setAttribute("stroke-dasharray", profile.dashes.join(" "));
      node.dataset.arm = profile.arm;
      return node;
    }));
  }

  button({ name, answer, color, glyph }, number) {
    const node = made("button", "part");
    node.type = "button";
    node.style.setProperty("--arm", color || "var(--st-border-color)");
    node.append(made("span", "sign", PLAY), made("span", "name", glyph ? `${glyph} ${name}` : name), made("span", "answer", answer));
    node.onclick = () => (this.playing.on && this.chosen === number ? this.playing.stop() : this.play(number));
    return node;
  }

  place(event) {
    const box = this.find(".pile").getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  }

  play(number, from = 0) {
    this.chosen = number;
    const { url, name, answer } = this.data.parts[number];
    this.find(".spoken").textContent = `${name}. ${answer}`;
    this.playing.play(url, this.data.axes.seconds, from);
  }

  draw() {
    const { parts, image, words } = this.data, part = parts[this.chosen] ?? parts[0];
    [...this.find(".parts").children].forEach((node, number) => {
      const on = number === this.chosen;
      node.setAttribute("aria-pressed", String(on));
      node.querySelector(".sign").textContent = on && this.playing.on ? STOP : PLAY;
    });
    for (const node of [...this.find(".by-time").children, ...this.find(".by-band").children]) {
      node.classList.toggle("aside", Boolean(part.arm && node.dataset.arm && node.dataset.arm !== part.arm));
    }
    this.find(".head").hidden = !this.playing.on;
    this.find(".pile").setAttribute("aria-label", fill(words.shown, { name: part.name }));
    shade(this.find(".shade"), image, part.mask && bytes(part.mask));
  }
}

function line(className, points) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  node.setAttribute("class", className);
  node.setAttribute("points", points.map(([x, y]) => `${x},${y}`).join(" "));
  return node;
}

// Cells that a part leaves out, darkened. mask: a byte a cell, row by row; null: all of it is heard.
function shade(canvas, { width, height }, mask) {
  Object.assign(canvas, { width, height });
  const sheet = new ImageData(width, height);
  mask?.forEach((kept, cell) => { if (!kept) sheet.data.set(SHADE, 4 * cell); });
  canvas.getContext("2d").putImageData(sheet, 0, 0);
}
