// The λ scrubber: a slider over trained students. Between two of them their maps are blended; answer, accuracy and
// λ are those of the nearest. Nothing is reported to the server. Stands behind map_layers.js.

const scrubbers = new WeakMap(); // by mount: what outlives a rerun
const SIDE = 240; // pixels of a smoothed map, at least
const GLIDE_MS = 250;
const KEYS = { ArrowRight: 1, ArrowUp: 1, PageUp: 2, ArrowLeft: -1, ArrowDown: -1, PageDown: -2, Home: -Infinity, End: Infinity };

export default function ({ data: [data], parentElement }) {
  const scrubber = scrubbers.get(parentElement) ?? new Scrubber(parentElement);
  scrubbers.set(parentElement, scrubber);
  scrubber.show(data);
  return whenGone(parentElement, () => {
    cancelAnimationFrame(scrubber.frame);
    scrubbers.delete(parentElement);
  });
}

class Scrubber {
  constructor(root) {
    this.find = (name) => root.querySelector(name);
    this.slider = this.find("input");
    this.at = 0; // where the slider is: a whole number at a trained student
    this.nearest = 0; // the student whose figures are shown; during a glide, the one that it leads to
    this.place = null; // of the image
    this.slider.value = 0;
    this.slider.oninput = () => { this.begin(); this.move(Number(this.slider.value)); };
    this.slider.onchange = () => this.glide(Math.round(this.at));
    this.slider.onkeydown = (event) => {
      if (!(event.key in KEYS)) return;
      event.preventDefault();
      this.begin();
      this.glide(Math.min(Math.max(this.nearest + KEYS[event.key], 0), this.last));
    };
  }

  get last() { return this.data.weights.length - 1; }

  show(data) {
    this.data = data;
    const { words, weights } = data;
    this.slider.max = this.last;
    this.find("label").textContent = words.slider;
    this.slider.setAttribute("aria-label", `λ, ${words.slider}`);
    this.find(".invitation").textContent = words.invitation;
    this.find(".what").textContent = words.accuracy;
    this.find(".choice").setAttribute("aria-label", words.images);
    this.find(".ticks").replaceChildren(...weights.map((weight, at) => this.tick(weight, at)));
    this.find(".choice").replaceChildren(...data.images.map((image, place) => this.button(image, place)));
    for (const [name, { share, text }] of [["chance", data.chance], ["goal", data.teacher]]) {
      this.find(`.${name}`).style.setProperty("--at", `${100 * share}%`);
      this.find(`.${name}`).replaceChildren(made("small", "", text));
    }
    this.choose(Math.min(this.place ?? data.opening, data.images.length - 1));
  }

  tick(weight, at) {
    const node = made("span", "", weight);
    node.style.setProperty("--at", `${(100 * at) / this.last}%`);
    node.onclick = () => { this.begin(); this.glide(at); };
    return node;
  }

  button({ image, title }, place) {
    const node = made("button", "");
    node.type = "button";
    node.title = title;
    node.setAttribute("aria-label", title);
    node.append(picture(image.url, ""));
    node.onclick = () => this.choose(place);
    return node;
  }

  // Another image, by the student that is shown.
  choose(place) {
    cancelAnimationFrame(this.frame);
    this.place = place;
    const image = this.data.images[place];
    [...this.find(".choice").children].forEach((node, at) => node.setAttribute("aria-pressed", at === place));
    this.maps = image.students.map(({ map }) => map.values && floats(map.values));
    this.draw("student", image, image.students[0]);
    this.draw("teacher", image, image.teacher);
    this.blend(this.nearest);
    this.say(this.nearest);
  }

  // A figure: the image, a map over it, the patch, and what is said of them.
  draw(arm, { image, patch }, { map, alt, answer, verdict, right }) {
    const { color, glyph, name } = this.data.arms[arm], figure = this.find(`.${arm}`);
    const pile = made("div", "pile"), layers = made("div", "layers"), caption = made("figcaption", "");
    figure.style.setProperty("--arm", color);
    pile.style.setProperty("--shape", image.shape);
    layers.setAttribute("role", "img");
    layers.setAttribute("aria-label", alt);
    layers.append(...base(image), heat(map, this.data.palettes, SIDE));
    layers.style.setProperty("--opacity", this.data.opacity);
    pile.append(layers, marks(patch));
    const title = made("span", "name");
    title.append(made("span", "mark", glyph), " ", made("span", "who", name));
    if (arm === "student") caption.append(...meaning(patch));
    caption.append(title, made("span", "answer", answer), made("span", "verdict", verdict));
    figure.replaceChildren(pile, caption);
    judge(figure, right);
  }

  // The slider to a place between trained students, or at one.
  move(at) {
    this.blend(at);
    if (Math.round(at) !== this.nearest) this.say(Math.round(at));
  }

  // The map at a place: of two neighbours, cell by cell. Where one is undefined, the nearest one's.
  blend(at) {
    this.at = at;
    this.slider.value = at;
    const low = Math.floor(at), high = Math.ceil(at), { students } = this.data.images[this.place];
    const [from, to] = [this.maps[low], this.maps[high]];
    const layers = this.find(".student .layers");
    if (from && to) {
      if (layers.lastChild.tagName !== "CANVAS") layers.lastChild.replaceWith(heat(students[low].map, this.data.palettes, SIDE));
      paint(layers.lastChild, students[low].map, from.map((value, cell) => value + (to[cell] - value) * (at - low)), this.data.palettes);
    } else {
      layers.lastChild.replaceWith(heat(students[Math.round(at)].map, this.data.palettes, SIDE));
    }
  }

  // All figures: those of one trained student.
  say(nearest) {
    this.nearest = nearest;
    const { weights, students, accuracies, images, words, teacher, chance } = this.data;
    const { name, color, glyph } = students[nearest];
    const { alt, answer, verdict, right } = images[this.place].students[nearest];
    const weight = weights[nearest], accuracy = accuracies[nearest];
    this.find("output").textContent = `λ = ${weight}`;
    this.find(".student .layers").setAttribute("aria-label", alt);
    this.find(".student .who").textContent = name;
    this.find(".student .name .mark").textContent = glyph;
    for (const part of [".student", ".bar"]) this.find(part).style.setProperty("--arm", color);
    this.find(".student .answer").textContent = answer;
    this.find(".student .verdict").textContent = verdict;
    judge(this.find(".student"), right);
    this.find(".share").style.setProperty("--share", `${100 * accuracy.share}%`);
    this.find(".figure").textContent = accuracy.text;
    this.find(".bar").setAttribute("aria-label", [accuracy.text, chance.text, teacher.text].join(", "));
    this.slider.setAttribute("aria-valuetext", fill(words.value, { weight, answer, verdict, accuracy: accuracy.text }));
    [...this.find(".ticks").children].forEach((node, at) => node.classList.toggle("shown", at === nearest));
  }

  // To a trained student, in a moment; at once for prefers-reduced-motion.
  glide(to) {
    cancelAnimationFrame(this.frame);
    const from = this.at, calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.say(to);
    let start;
    const step = (now) => {
      start ??= now;
      const done = calm ? 1 : Math.min((now - start) / GLIDE_MS, 1);
      this.blend(from + (to - from) * done);
      if (done < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  begin() {
    cancelAnimationFrame(this.frame);
    this.find(".invitation").hidden = true;
  }
}
