// The comparer: heatmaps over one image, side by side or under a divider. Opacity, divider, difference and
// values are the browser's alone; a released control is reported to the server, which keeps it in the address.
// Stands behind map_layers.js, larger_view.js and panels.js.

const KEPT = new WeakMap(); // by mount: what outlives a rerun
const SIDE = 240; // pixels of a smoothed map, at least: sharp at the size of a swiped picture
const COLOURS = 256;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The image, a panel's map over it, and the outlines over that.
function layers(panel, { image, palettes }) {
  const node = made("div", "layers");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", panel.alt);
  node.append(...(panel.heat ? [...base(image), heat(panel.heat, palettes, SIDE)] : [picture(image.url, "base")]));
  node.append(outlines(panel.outlines));
  return node;
}

// The marks of a spectrogram's axes, on the picture; none on other images.
function ticks(axes) {
  if (!axes) return [];
  const pitches = axes.pitches.map((each) => mark(each, "tick pitch", "top"));
  return [...pitches, ...axes.times.map((each) => mark(each, "tick time", "left"))];
}

// The colours of a map's scale between its ends, in units of an even spread, and whether it is the map's own; nothing of an
// undefined map.
function scaleBar({ heat, mark }, palettes) {
  if (!heat?.values) return [];
  const node = made("div", "scale"), bar = made("canvas", ""), { limit, signed } = heat, low = signed ? -limit : 0;
  Object.assign(bar, { width: COLOURS, height: 1 });
  const levels = Float32Array.from({ length: COLOURS }, (_, at) => low + ((limit - low) * at) / (COLOURS - 1));
  paint(bar, { ...heat, width: COLOURS, height: 1 }, levels, palettes);
  const end = `${limit.toFixed(1)}×`;
  node.append(made("span", "", signed ? `−${end}` : "0"), bar, made("span", "", signed ? `+${end}` : end));
  if (mark) node.append(made("span", "alone", mark));
  node.setAttribute("aria-hidden", "true"); // the lines below say it
  return [node];
}

// When, and at which frequency, a place (u, v) of a spectrogram is.
function sounding({ seconds, rows }, u, v) {
  return { time: (u * seconds).toFixed(2), pitch: rows[Math.floor(v * rows.length)] };
}

export default function draw(component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const find = (name) => parentElement.querySelector(name);
  const root = find(".comparer"), stage = find(".stage"), cards = find(".cards");
  const spoken = find(".spoken"), where = find(".where"), enlarge = find(".enlarge");
  const divider = find(".divider"), opacity = find(".opacity"), apart = find(".apart"), original = find(".original");
  const kept = KEPT.get(parentElement) ?? { given: {}, turned: new Set(), opened: new Set() };
  KEPT.set(parentElement, kept);
  for (const [name, slider] of [["divider", divider], ["opacity", opacity]]) {
    if (kept.given[name] !== data[name]) slider.value = kept.given[name] = data[name];
  }
  if (kept.given.ownFirst !== data.ownFirst) kept.turned.clear();
  kept.given.ownFirst = data.ownFirst;
  if (kept.given.apart !== data.apart) apart.checked = kept.given.apart = data.apart;

  const swiped = data.mode === "swipe";
  const panels = data.panels.map((panel) => shown(panel, data.ownFirst, kept.turned)).map((panel) => ({
    ...panel, numbers: panel.heat?.values ? floats(panel.heat.values) : null,
  }));
  const firstMap = panels.findIndex((panel) => panel.heat);
  const plain = panels.find((panel) => !panel.heat) ?? { name: data.words.image, alt: data.words.image, outlines: [], lines: [], shares: [] };
  const actions = {
    opened: kept.opened,
    choose: (target) => setTriggerValue("target", target),
    swap(name) {
      if (!kept.turned.delete(name)) kept.turned.add(name);
      draw(component);
    },
  };

  function pile(...contents) {
    const node = made("div", "pile");
    node.style.setProperty("--shape", data.image.shape);
    node.append(...contents);
    return node;
  }
  function cue() {
    return data.cue ? [marks(data.cue)] : [];
  }
  function probe() {
    const box = made("div", "probe");
    box.hidden = true;
    return box;
  }
  function figure(panel, axes = panel.heat ? null : data.axes) {
    const node = made("figure", ""), caption = words(panel, data.words, actions, "figcaption", "");
    node.style.setProperty("--arm", panel.color || "transparent");
    node.dataset.panel = panels.indexOf(panel);
    const bar = data.controls ? scaleBar(panel, data.palettes) : [];
    node.append(pile(layers(panel, data), ...cue(), ...ticks(axes), probe()), ...bar, caption);
    if (!panel.heat) caption.append(...meaning(data.cue));
    return node;
  }
  // A map large, without what can be chosen under it, at the right of the first one, the teacher's; that one beside the image;
  // the image alone.
  function enlarged(number) {
    const others = number > firstMap ? [panels[firstMap], panels[number]] : [panels[number], plain];
    return (panels[number].heat ? others : [panels[number]]).map((panel) => {
      const node = figure({ ...panel, shares: [], own: null }, data.axes);
      node.dataset.panel = panels.indexOf(panel);
      node.classList.toggle("chosen", panel === panels[number]);
      pointed(node.querySelector(".pile"));
      return node;
    });
  }
  function tag(panel, className) {
    const node = made("span", `tag ${className}`, panel.name);
    node.style.setProperty("--arm", panel.color);
    return node;
  }
  function pair([left, right, difference]) {
    const [under, over, between] = [right, left, difference].map((panel) => layers(panel, data));
    const bar = made("div", "bar");
    bar.append(made("span", "grip", "↔"));
    const node = pile(under, over, between, bar, tag(left, "first"), tag(right, "second"), ...cue(), probe());
    node.dataset.panel = 2;
    node.classList.add("swiped");
    node.classList.toggle("lowered", data.cue?.top < 0.5);
    for (const panel of [left, right, difference]) {
      const card = words(panel, data.words, actions, "div", "card");
      card.style.setProperty("--arm", panel.color || "transparent");
      card.dataset.panel = panels.indexOf(panel);
      card.querySelector(".head").after(...scaleBar(panel, data.palettes));
      cards.append(card);
    }
    kept.parts = { over, under, between, bar, tags: [...node.querySelectorAll(".tag")], apart: cards.lastElementChild };
    return [node, ...meaning(data.cue)];
  }

  const focused = root.getRootNode().activeElement?.dataset?.key;
  root.className = `comparer ${data.mode}`;
  root.classList.toggle("sounds", Boolean(data.axes));
  root.classList.toggle("small", !data.controls); // one of many
  cards.replaceChildren();
  stage.replaceChildren(...(swiped ? pair(panels) : panels.map((panel) => figure(panel))));
  stage.setAttribute("aria-label", data.words.stage);
  const enlarging = largerView(root, {
    words: data.words, shape: data.image.shape, count: panels.length, figures: enlarged,
    opener: (number) => (swiped ? enlarge : stage.children[number].querySelector(".pile")),
  });
  if (!swiped) {
    [...stage.children].forEach((node, number) => {
      const opened = node.querySelector(".pile");
      enlargeable(opened, fill(data.words.enlarge, panels[number]), () => enlarging(number));
      opened.dataset.key = `larger ${number}`;
    });
  }
  enlarge.onclick = () => enlarging(firstMap);
  if (focused) [...root.querySelectorAll("[data-key]")].find((node) => node.dataset.key === focused)?.focus();
  find(".controls").hidden = !data.controls;
  for (const part of [find(".divide"), find(".toggle"), enlarge]) part.hidden = !swiped;
  for (const [node, text] of [
    [divider.previousElementSibling, data.words.divider], [opacity.previousElementSibling, data.words.opacity],
    [apart.nextElementSibling, data.words.apart], [original, data.words.original], [enlarge, data.words.larger],
  ]) node.textContent = text;

  function fade(share) {
    root.style.setProperty("--opacity", share / 100);
    find("output").textContent = `${opacity.value} %`;
  }
  function divide() {
    if (!swiped) return;
    const { over, under, between, bar, tags, apart: card } = kept.parts, cut = divider.value, difference = apart.checked;
    over.style.clipPath = `inset(0 ${100 - cut}% 0 0)`;
    bar.style.left = `${cut}%`;
    for (const part of [over, under, bar, ...tags]) part.hidden = difference;
    between.hidden = card.hidden = !difference; // what is said of a map belongs to its picture
    divider.disabled = difference;
    divider.setAttribute("aria-valuetext", fill(data.words.divided, { left: panels[0].name, right: panels[1].name, cut }));
  }

  // u, v: a place on the picture, in [0, 1).
  function cell(panel, u, v) {
    const { width, height } = panel.heat;
    return [Math.floor(u * width), Math.floor(v * height)];
  }
  function said(panel, u, v) {
    if (!panel.numbers) return data.words.undefined;
    const [x, y] = cell(panel, u, v);
    return `${panel.numbers[y * panel.heat.width + x].toFixed(2)}×`.replace(/^-(0\.00×)/, "$1").replace("-", "−");
  }
  // The panels whose maps are on the screen; the difference of two that are swiped only where it is asked for.
  const mapped = () => panels.filter((panel, at) => panel.heat && (!swiped || at < 2 || apart.checked));
  const finest = panels.filter((panel) => panel.heat).reduce((a, b) => (b.heat.width > a.heat.width ? b : a));
  function read(u, v) {
    kept.at = [u, v];
    const [column, row] = cell(finest, u, v);
    where.textContent = data.axes
      ? fill(data.words.heard, { ...sounding(data.axes, u, v), unit: data.unit })
      : fill(data.words.where, { row: row + 1, column: column + 1, unit: data.unit });
    for (const node of root.querySelectorAll("[data-panel]")) {
      const panel = panels[node.dataset.panel] ?? plain, of = panel.heat ? panel : finest, { width, height } = of.heat;
      const value = node.querySelector(".value"), box = node.querySelector(".probe"), [x, y] = cell(of, u, v);
      if (panel.heat && value) value.textContent = said(panel, u, v);
      if (!box) continue;
      box.hidden = false;
      put(box, { top: y / height, left: x / width, height: 1 / height, width: 1 / width });
    }
  }
  // Nothing is pointed at any longer: a square that stays would be taken for a patch.
  function forget() {
    kept.at = null;
    for (const box of root.querySelectorAll(".probe")) box.hidden = true;
    for (const value of root.querySelectorAll(".value")) value.textContent = "";
    where.textContent = data.controls ? invitation(data.words) : "";
  }
  function speak(u, v) {
    clearTimeout(kept.timer);
    const values = mapped().map((panel) => `${panel.name} ${said(panel, u, v)}`);
    kept.timer = setTimeout(() => { spoken.textContent = `${where.textContent} ${values.join(", ")}`; }, QUIET_MS);
  }
  function place(event, node) {
    const box = node.getBoundingClientRect(), most = 1 - 1e-6, height = node.clientHeight;
    return [clip((event.clientX - box.left) / box.width, 0, most), clip((event.clientY - box.top) / height, 0, most)];
  }

  opacity.oninput = () => fade(opacity.value);
  opacity.onchange = () => setStateValue("opacity", (kept.given.opacity = Number(opacity.value)));
  divider.oninput = divide;
  divider.onchange = () => setStateValue("divider", (kept.given.divider = Number(divider.value)));
  apart.onchange = () => { divide(); setStateValue("apart", (kept.given.apart = apart.checked)); };
  const bare = () => fade(0), dressed = () => fade(opacity.value);
  original.onpointerdown = bare;
  original.onpointerup = original.onpointerleave = original.onpointercancel = original.onblur = dressed;
  root.onkeydown = (event) => {
    const held = event.target === original || event.target === stage;
    if (held && event.key === " ") { event.preventDefault(); bare(); }
    if (STEPS[event.key]) event.stopPropagation(); // outside, arrows go to the next image
    if (event.target === stage && event.key === "Enter") enlarging(firstMap);
    if (!event.target.matches(".stage, .stage .pile") || !STEPS[event.key]) return;
    event.preventDefault();
    const { width, height } = finest.heat, step = STEPS[event.key];
    const [x, y] = kept.at ? cell(finest, ...kept.at) : [width >> 1, height >> 1];
    const to = kept.at ? [clip(x + step[0], 0, width - 1), clip(y + step[1], 0, height - 1)] : [x, y];
    read((to[0] + 0.5) / width, (to[1] + 0.5) / height);
    speak(...kept.at);
  };
  root.onkeyup = (event) => { if (event.key === " ") dressed(); };

  // Values are read where a picture is pointed at, and a divider on it is dragged.
  function pointed(node) {
    const dragged = (event) => node.matches(".swiped") && !apart.checked && node.hasPointerCapture(event.pointerId);
    const move = (event) => {
      const [u, v] = place(event, node);
      read(u, v);
      if (dragged(event)) { divider.value = Math.round(100 * u); divide(); }
    };
    node.onpointerdown = (event) => { node.setPointerCapture(event.pointerId); move(event); };
    node.onpointermove = move;
    node.onpointerup = (event) => { if (dragged(event)) divider.onchange(); };
    node.onpointerleave = (event) => { if (event.pointerType === "mouse" && !node.hasPointerCapture(event.pointerId)) forget(); };
  }
  stage.querySelectorAll(".pile").forEach(pointed);

  fade(opacity.value);
  divide();
  if (kept.image !== data.image.url) kept.at = null;
  kept.image = data.image.url;
  if (kept.at) read(...kept.at);
  else forget();
  return whenGone(parentElement, () => { clearTimeout(kept.timer); KEPT.delete(parentElement); });
}
