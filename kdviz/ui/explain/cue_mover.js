// The cue mover: a patch is dragged to another place or recoloured, and every arm's prediction and map follow. All
// variants are here already: nothing is asked of the server. Stands behind map_layers.js and larger_view.js.

const movers = new WeakMap(); // by mount: what outlives a rerun
const SIDE = 240; // pixels of a smoothed map, at least
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const HEADER = 44; // bytes of a WAV file before its samples

const text64 = (file) => btoa(Array.from(file, (byte) => String.fromCharCode(byte)).join(""));

// A patch of one colour, in its place.
function coloured(className, spot) {
  const node = made("div", className);
  put(node, spot);
  node.style.setProperty("--colour", spot.colour);
  return node;
}

const centre = ({ top, left, height, width }) => [left + width / 2, top + height / 2];

export default function ({ data: [data], parentElement }) {
  const mover = movers.get(parentElement) ?? new Mover(parentElement);
  movers.set(parentElement, mover);
  mover.show(data);
  return whenGone(parentElement, () => { mover.audio.pause(); movers.delete(parentElement); });
}

class Mover {
  constructor(root) {
    this.find = (name) => root.querySelector(name);
    this.audio = new Audio();
    this.find(".reset").onclick = () => this.reset();
    this.find(".play").onclick = () => this.play();
  }

  show(data) {
    const { words, image } = data, fresh = this.data?.key !== data.key;
    this.data = data;
    this.number = new Map(data.variants.map(({ place, look }, number) => [`${place} ${look}`, number]));
    this.find(".mover").style.setProperty("--shape", image.shape);
    this.find(".mover").style.setProperty("--opacity", data.opacity);
    this.find(".mover").classList.toggle("wide", image.width > 2 * image.height);
    this.find("legend").textContent = words.looks;
    this.find(".hint").textContent = words.board;
    this.find(".reset").textContent = words.reset;
    this.find(".play").textContent = `▶ ${words.play}`;
    this.find(".play").hidden = !data.sound;
    this.board();
    this.looks();
    this.find(".arms").replaceChildren(...data.arms.map((arm) => this.figure(arm)));
    if (fresh) this.reset();
    else this.draw();
    this.enlarging = largerView(this.find(".mover"), {
      words, shape: image.shape, count: data.arms.length, figures: (arm) => this.enlarged(arm),
      opener: (arm) => this.find(".arms").children[arm].querySelector(".pile"),
    });
  }

  reset() {
    const { place, look } = this.data.variants[this.data.start];
    this.last = look ?? 0;
    this.go(place ?? 0, look);
  }

  // The sound with its tone where it is now: the samples that the tone changes are put into the file without it.
  async play() {
    const { sound, variants } = this.data, { tone } = variants[this.shown];
    const file = bytes(sound.slice(sound.indexOf(",") + 1));
    if (tone) file.set(bytes(tone.samples), HEADER + 2 * tone.start);
    this.audio.src = `data:audio/wav;base64,${text64(file)}`;
    try {
      await this.audio.play();
    } catch {
      // The browser has no sound, or another one was asked for meanwhile.
    }
  }

  // Where the patch is, and its colour; null: no patch.
  go(place, look) {
    this.place = place;
    this.look = look;
    this.last = look ?? this.last;
    this.draw();
  }

  move(place) {
    if (place !== this.place || this.look === null) this.go(place, this.last);
  }

  board() {
    const { image, places, words } = this.data, board = this.find(".board");
    this.piece = made("button", "piece");
    this.piece.type = "button";
    const spots = places.map((place) => {
      const node = made("div", "place");
      put(node, place);
      return node;
    });
    board.replaceChildren(picture(image.url, "base"), ...spots, this.piece);
    board.onclick = (event) => { if (event.target !== this.piece) this.move(this.nearest(...this.at(event))); };
    this.piece.onpointerdown = (event) => {
      this.piece.setPointerCapture(event.pointerId);
      this.piece.classList.add("held");
    };
    this.piece.onpointermove = (event) => { if (this.piece.hasPointerCapture(event.pointerId)) this.drag(...this.at(event)); };
    this.piece.onlostpointercapture = () => {
      this.piece.classList.remove("held");
      this.draw();
    };
    this.piece.onkeydown = (event) => {
      if (!STEPS[event.key]) return;
      event.preventDefault();
      event.stopPropagation(); // outside, arrows go to the next image
      this.move(this.towards(STEPS[event.key]));
    };
  }

  looks() {
    const choice = (look, { name, colour, pitch, top, height }) => {
      const label = made("label", ""), input = made("input", ""), chip = made("span", "chip", name);
      Object.assign(input, { type: "radio", name: "look", value: String(look) });
      input.onchange = () => this.go(this.place, look);
      input.onkeydown = (event) => { if (STEPS[event.key]) event.stopPropagation(); };
      chip.style.setProperty("--colour", colour);
      chip.classList.toggle("pitch", Boolean(pitch));
      if (pitch) chip.style.setProperty("--at", `${100 * (top + height / 2)}%`);
      label.append(input, chip);
      return label;
    };
    const { looks, words } = this.data, none = choice(null, { name: words.none, colour: "transparent" });
    this.find(".looks").replaceChildren(this.find("legend"), ...looks.map((each, look) => choice(look, each)), none);
  }

  figure({ arm, name, color, glyph }) {
    const node = made("figure", ""), pile = made("div", "pile"), layers = made("div", "layers");
    const title = made("span", "name"), caption = made("figcaption", ""), scale = made("details", "scale");
    scale.append(made("summary", ""), made("span", "note"));
    node.style.setProperty("--arm", color);
    node.dataset.arm = arm;
    title.append(made("span", "mark", glyph), ` ${name}`);
    layers.setAttribute("role", "img");
    pile.append(layers, made("div", "patch"));
    caption.append(title, made("span", "answer"), made("span", "verdict"), made("span", "without"), scale);
    node.append(pile, caption);
    return node;
  }

  at(event) {
    const box = this.find(".board").getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  nearest(u, v) {
    const far = this.data.places.map((place) => { const [x, y] = centre(place); return Math.hypot(x - u, y - v); });
    return far.indexOf(Math.min(...far));
  }

  // The next place in a direction: the nearest one that lies that way, more than sideways; else the same.
  towards([right, down]) {
    const [x, y] = centre(this.data.places[this.place]);
    const far = this.data.places.map((place) => {
      const [u, v] = centre(place), along = (u - x) * right + (v - y) * down, aside = Math.abs((u - x) * down) + Math.abs((v - y) * right);
      return along > 1e-6 ? along + 2 * aside : Infinity;
    });
    const best = Math.min(...far);
    return best < Infinity ? far.indexOf(best) : this.place;
  }

  drag(u, v) {
    const { height, width } = this.spot, inside = (at, size) => Math.min(Math.max(at - size / 2, 0), 1 - size);
    this.move(this.nearest(u, v));
    put(this.piece, { top: inside(v, height), left: inside(u, width), height, width });
  }

  draw() {
    const { variants, places, looks, words, arms } = this.data, { place, look, piece } = this;
    const number = look === null ? 0 : this.number.get(`${place} ${look}`), variant = variants[number];
    const at = places[place], { name, colour } = looks[look ?? this.last];
    const spot = (this.spot = variant.spot ?? this.data.variants[this.number.get(`${place} ${this.last}`)].spot);
    put(piece, spot);
    piece.style.setProperty("--colour", colour);
    piece.classList.toggle("absent", look === null);
    piece.setAttribute("aria-label", fill(words.piece, { look: look === null ? words.none : name, place: at.name }));
    for (const input of this.find(".looks").querySelectorAll("input")) input.checked = input.value === String(look);
    this.find(".said").textContent = variant.said;
    [...this.find(".arms").children].forEach((figure, arm) => {
      this.answer(figure, arms[arm], variant.answers[arm], this.outlined());
      enlargeable(figure.querySelector(".pile"), fill(words.enlarge, arms[arm]), () => this.enlarging(arm));
    });
    this.shown = number;
    this.audio.pause();
    this.find(".mover").dataset.variant = number;
  }

  // An arm's map large, for the variant that is shown, beside the image with its patch.
  enlarged(number) {
    const { arms, image, variants, words } = this.data, arm = arms[number], spot = this.outlined();
    const map = this.figure(arm), plain = made("figure", ""), pile = made("div", "pile"), layers = made("div", "layers");
    const caption = made("figcaption", "");
    this.answer(map, arm, variants[this.shown].answers[number], spot);
    layers.append(picture(image.url, "base"));
    if (spot) layers.append(coloured("cue", spot));
    pile.append(layers);
    caption.append(made("span", "name", words.image));
    plain.append(pile, caption);
    return [map, plain];
  }

  // The patch as it is now; null: none.
  outlined() {
    return this.look === null ? null : { ...this.spot, colour: this.data.looks[this.look].colour };
  }

  answer(figure, arm, { values, limit, alt, answer, verdict, right, without, scale, own, changed }, spot) {
    const layers = figure.querySelector(".layers"), outline = figure.querySelector(".patch");
    outline.hidden = !spot;
    if (spot) {
      put(outline, spot);
      outline.style.setProperty("--colour", spot.colour);
    }
    layers.setAttribute("aria-label", alt);
    const map = heat({ ...arm.map, limit }, this.data.palettes, SIDE, values && bytes(values));
    layers.replaceChildren(...base(this.data.image), ...(spot ? [coloured("cue", spot)] : []), map);
    figure.querySelector(".answer").textContent = answer;
    figure.querySelector(".verdict").textContent = verdict;
    figure.querySelector(".without").textContent = without;
    figure.querySelector(".scale").hidden = !scale;
    figure.querySelector("summary").textContent = own ? this.data.words.own : "?";
    figure.querySelector("summary").setAttribute("aria-label", own ? this.data.words.own : this.data.words.details);
    figure.querySelector(".note").textContent = scale;
    figure.classList.toggle("changed", changed);
    judge(figure, right);
  }
}
