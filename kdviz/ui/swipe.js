// Two heatmaps over one image, drawn here, so that neither the divider nor the opacity asks the server.
// What is drawn is what kdviz.figures.pictures draws: same colours, same blending, same hatching.

const KEPT = new WeakMap(); // by mount: what outlives a rerun
const SIDE = 480; // at least this many pixels a side
const HATCH = SIDE / 15;

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const floats = (text) => new Float32Array(bytes(text).buffer);
const clip = (value, low, high) => Math.min(Math.max(value, low), high);
const times = (value) => `${value.toFixed(2)}×`.replace("-", "−");

// A map at the size of the picture: whole cells, or bilinear between the cells' centres.
function resized(layer, width, height, grid) {
  const { width: w, height: h, numbers: from } = layer;
  const to = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const v = ((y + 0.5) * h) / height - (grid ? 0 : 0.5);
    const top = clip(Math.floor(v), 0, h - 1), below = grid ? top : Math.min(top + 1, h - 1), down = clip(v - top, 0, 1);
    for (let x = 0; x < width; x++) {
      const u = ((x + 0.5) * w) / width - (grid ? 0 : 0.5);
      const left = clip(Math.floor(u), 0, w - 1);
      if (grid) { to[y * width + x] = from[top * w + left]; continue; }
      const right = Math.min(left + 1, w - 1), across = clip(u - left, 0, 1);
      const upper = from[top * w + left] * (1 - across) + from[top * w + right] * across;
      const lower = from[below * w + left] * (1 - across) + from[below * w + right] * across;
      to[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return to;
}

// The image, each pixel a block, in its colours and in grey.
function blownUp(image) {
  const factor = Math.ceil(SIDE / Math.max(image.width, image.height));
  const width = image.width * factor, height = image.height * factor;
  const source = bytes(image.rgb), rgb = new Uint8Array(width * height * 3), grey = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const at = 3 * (Math.floor(y / factor) * image.width + Math.floor(x / factor));
      for (let n = 0; n < 3; n++) rgb[3 * i + n] = source[at + n];
      grey[i] = Math.round(0.299 * source[at] + 0.587 * source[at + 1] + 0.114 * source[at + 2]);
    }
  }
  return { width, height, rgb, grey };
}

function paint(canvas, base, heat, colours, opacity, signed) {
  const { width, height, rgb, grey } = base;
  const picture = new ImageData(width, height), out = picture.data;
  for (let i = 0; i < width * height; i++) {
    let share = 0, at = 0;
    if (heat) {
      share = opacity * Math.abs(heat[i]);
      const level = signed ? 0.5 + Math.sign(heat[i]) * (0.3 + 0.2 * Math.abs(heat[i])) : heat[i];
      at = 3 * Math.round(255 * level);
    }
    const striped = !heat && ((i % width) + Math.floor(i / width)) % HATCH < HATCH / 5;
    for (let n = 0; n < 3; n++) {
      const faded = rgb[3 * i + n] * (1 - opacity) + grey[i] * opacity;
      out[4 * i + n] = heat ? faded * (1 - share) + colours[at + n] * share : striped ? 190 : grey[i] * 0.45 + 70;
    }
    out[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

// The outline of a map's highest cells, along the cells themselves.
function outline(canvas, layer) {
  if (layer.outlined === null) return;
  const { width: w, height: h, numbers, outlined } = layer, pen = canvas.getContext("2d");
  const inside = (x, y) => x >= 0 && y >= 0 && x < w && y < h && numbers[y * w + x] >= outlined;
  const across = canvas.width / w, down = canvas.height / h, path = new Path2D();
  const line = (x0, y0, x1, y1) => { path.moveTo(x0 * across, y0 * down); path.lineTo(x1 * across, y1 * down); };
  for (let y = 0; y <= h; y++) {
    for (let x = 0; x <= w; x++) {
      if (inside(x, y) !== inside(x - 1, y)) line(x, y, x, y + 1);
      if (inside(x, y) !== inside(x, y - 1)) line(x, y, x + 1, y);
    }
  }
  pen.lineCap = "square";
  for (const [color, thick] of [["#fff", 8], [layer.color, 4]]) {
    pen.strokeStyle = color; pen.lineWidth = thick; pen.stroke(path);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const find = (name) => parentElement.querySelector(name);
  const stage = find(".stage"), under = find(".under"), over = find(".over"), bar = find(".bar"), probe = find(".probe");
  const divider = find(".divider"), opacity = find(".opacity"), caption = find("figcaption");
  const kept = KEPT.get(parentElement) ?? {};
  KEPT.set(parentElement, kept);
  if (kept.given !== data.opacity) { opacity.value = data.opacity; kept.given = data.opacity; }

  const swiped = data.mode === "swipe";
  const [left, right] = data.maps.map((each) => ({ ...each, numbers: floats(each.values) }));
  const apart = { ...data.difference, numbers: floats(data.difference.values) };
  const base = blownUp(data.image), { width, height } = base;
  const sequential = bytes(data.colours.sequential), diverging = bytes(data.colours.diverging);
  const scaled = (layer, end, low) =>
    layer.defined ? resized(layer, width, height, data.grid).map((value) => clip(value / end, low, 1)) : null;
  const heats = swiped ? [scaled(left, data.top, 0), scaled(right, data.top, 0)] : [scaled(apart, data.reach, -1)];

  for (const canvas of [under, over]) { canvas.width = width; canvas.height = height; }
  under.setAttribute("aria-label", data.alt);
  for (const part of [over, bar, divider.parentElement, find(".tag.left"), find(".tag.right")]) part.hidden = !swiped;
  stage.classList.toggle("still", !swiped);
  for (const [tag, term, layer] of [[".tag.left", "dt.first", left], [".tag.right", "dt.second", right]]) {
    find(tag).textContent = layer.name;
    find(tag).style.borderColor = layer.color;
    find(term).textContent = layer.name;
    find(term).style.setProperty("--mark", layer.color);
  }

  function draw() {
    const share = opacity.value / 100;
    find(".percent").textContent = `${opacity.value} %`;
    if (swiped) {
      paint(over, base, heats[0], sequential, share, false);
      paint(under, base, heats[1], sequential, share, false);
      if (data.contour) { outline(over, left); outline(under, right); }
    } else {
      paint(under, base, heats[0], diverging, share, true);
      if (data.contour) { outline(under, left); outline(under, right); }
    }
  }
  function divide() {
    over.style.clipPath = `inset(0 ${100 - divider.value}% 0 0)`;
    bar.style.left = `${divider.value}%`;
    divider.setAttribute("aria-valuetext", `${left.name} on the left ${divider.value} %, ${right.name} on the right`);
  }
  // u, v: a place on the picture, in [0, 1).
  const cell = (layer, u, v) => layer.numbers[Math.floor(v * layer.height) * layer.width + Math.floor(u * layer.width)];
  function read(u, v) {
    kept.at = [u, v];
    const said = (layer) => (layer.defined ? times(cell(layer, u, v)) : "undefined");
    find("dd.first").textContent = said(left);
    find("dd.second").textContent = said(right);
    find("dd.apart").textContent = said(apart);
    find(".where").textContent =
      `Row ${Math.floor(v * apart.height) + 1}, column ${Math.floor(u * apart.width) + 1} of the map's cells`;
    probe.hidden = false;
    Object.assign(probe.style, {
      left: `${(100 * Math.floor(u * apart.width)) / apart.width}%`, width: `${100 / apart.width}%`,
      top: `${(100 * Math.floor(v * apart.height)) / apart.height}%`, height: `${100 / apart.height}%`,
    });
  }
  function place(event) {
    const box = stage.getBoundingClientRect(), most = 1 - 1e-6;
    return [clip((event.clientX - box.left) / box.width, 0, most), clip((event.clientY - box.top) / box.height, 0, most)];
  }

  opacity.oninput = draw;
  opacity.onchange = () => { kept.given = Number(opacity.value); setStateValue("opacity", Number(opacity.value)); };
  divider.oninput = divide;
  stage.onpointerdown = (event) => {
    caption.setAttribute("aria-live", "off"); // a screen reader would never catch up
    stage.setPointerCapture(event.pointerId);
    stage.onpointermove(event);
  };
  stage.onpointermove = (event) => {
    const [u, v] = place(event);
    read(u, v);
    if (swiped && stage.hasPointerCapture(event.pointerId)) { divider.value = Math.round(100 * u); divide(); }
  };
  stage.onkeydown = (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation(); // outside, arrows go to the next image
    caption.setAttribute("aria-live", "polite");
    const [u, v] = kept.at ?? [0.5, 0.5], { width: w, height: h } = apart;
    read((clip(Math.floor(u * w) + step[0], 0, w - 1) + 0.5) / w, (clip(Math.floor(v * h) + step[1], 0, h - 1) + 0.5) / h);
  };
  for (const slider of [divider, opacity]) slider.onkeydown = (event) => event.stopPropagation();

  draw();
  divide();
  if (kept.at) read(...kept.at);
  else find(".where").textContent = `Point at the picture to read values, in ${data.unit}.`;
  return () => KEPT.delete(parentElement);
}
