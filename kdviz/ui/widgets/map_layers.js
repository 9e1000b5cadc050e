// Layers of a picture: the image, a map over it, outlines and a planted cue over that. Shared by the comparer, the film of
// epochs and the λ scrubber, which are put behind this file. A map is drawn as `overlay` of kdviz/figures/maps draws it.

const SMALL = 0.12;  // share of the picture: a frame inside of a smaller patch would cover it

function made(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function picture(url, className) {
  const node = made("img", className);
  node.src = url;
  node.alt = "";
  node.draggable = false;
  return node;
}

// A text with its gaps, in braces, filled in.
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function share(value) {
  return `${100 * value}%`;
}

// An element to a part of its parent; all in shares of the parent.
function put(node, { top, left, height, width }) {
  Object.assign(node.style, { top: share(top), left: share(left), height: share(height), width: share(width) });
}

// The badge before a figure's verdict; none where nobody knows whether its answer is right.
function judge(figure, right) {
  figure.classList.toggle("right", right === true);
  figure.classList.toggle("wrong", right === false);
}

// A mark on an axis of a spectrogram, a `Tick` of kdviz/figures/maps. side: of CSS, from which it is placed.
function mark({ at, text }, className, side) {
  const node = made("span", className, text);
  node.style[side] = share(at);
  return node;
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function floats(text) {
  const view = new DataView(bytes(text).buffer);
  return Float32Array.from({ length: view.byteLength / 4 }, (_, at) => view.getFloat32(4 * at, true));
}

// For each place along a side: the two cells whose centres it is between, and how far; flat at the edges.
function between(side, cells) {
  return Array.from({ length: side }, (_, place) => {
    const at = Math.min(Math.max(((place + 0.5) * cells) / side - 0.5, 0), cells - 1), cell = Math.floor(at);
    return [cell, Math.min(cell + 1, cells - 1), at - cell];
  });
}

// The entry of a value in the palette of a layer's scale.
function entry({ limit, signed }, value) {
  const level = Math.min(Math.max(value / limit, signed ? -1 : 0), 1);
  return Math.round(signed ? 127 + 127 * level : 255 * level);
}

// A map as an element to lay over the image. layer: as `map_layer` of kdviz/figures/maps makes it. palettes: by
// name. side: pixels a side, at least, where it is smoothed. values: of its cells, row by row; null: undefined.
function heat(layer, palettes, side, values = layer.values && floats(layer.values)) {
  if (values === null) return made("div", "over undefined");
  const canvas = made("canvas", layer.grid ? "over cells" : "over");
  canvas.width = layer.grid ? layer.width : Math.max(side, layer.width);
  canvas.height = layer.grid ? layer.height : Math.max(side, layer.height);
  paint(canvas, layer, values, palettes);
  return canvas;
}

// Values, row by row, on the canvas of a map. layer: their size, scale and palette.
function paint(canvas, layer, values, palettes) {
  const sheet = new ImageData(canvas.width, canvas.height), pixels = new Uint32Array(sheet.data.buffer);
  const colours = new Uint32Array(bytes(palettes[layer.palette]).buffer);
  const rows = between(canvas.height, layer.height), columns = between(canvas.width, layer.width);
  let at = 0;
  for (const [top, bottom, down] of rows) {
    const upper = top * layer.width, lower = bottom * layer.width;
    for (const [left, right, across] of columns) {
      const above = values[upper + left] * (1 - across) + values[upper + right] * across;
      const below = values[lower + left] * (1 - across) + values[lower + right] * across;
      pixels[at++] = colours[entry(layer, above * (1 - down) + below * down)];
    }
  }
  canvas.getContext("2d").putImageData(sheet, 0, 0);
}

// The image, and its grey self over it, the more the more opaque a map is: a hue is then the map's.
function base(image) {
  const grey = image.grey ? [picture(image.grey, "base grey")] : [];
  return [picture(image.url, "base"), ...grey];
}

// All white seams are under all lines, so that one line shows in the gaps of another.
function outlines(layers) {
  const space = "http://www.w3.org/2000/svg", drawn = document.createDocumentFragment();
  for (const className of ["seam", "line"]) {
    for (const layer of layers) {
      const svg = document.createElementNS(space, "svg"), path = document.createElementNS(space, "path");
      svg.setAttribute("viewBox", `0 0 ${layer.width} ${layer.height}`);
      svg.setAttribute("preserveAspectRatio", "none");
      svg.setAttribute("aria-hidden", "true");
      path.setAttribute("class", className);
      path.setAttribute("d", layer.path);
      path.style.strokeWidth = `${layer.stroke * (className === "seam" ? 2 : 1)}px`;
      if (className === "line") {
        path.style.stroke = layer.color;
        path.setAttribute("stroke-dasharray", layer.dashes.join(" "));
      }
      svg.append(path);
      drawn.append(svg);
    }
  }
  return drawn;
}

// The outline of a planted patch, a `cue_layer` of kdviz/figures/maps; around a small one, which it would cover.
function marks(patch) {
  const box = made("div", Math.min(patch.height, patch.width) < SMALL ? "patch around" : "patch");
  box.style.setProperty("--colour", patch.colour);
  put(box, patch);
  return box;
}

// What an outlined patch meant: a line under the picture, so that it covers nothing.
function meaning(patch) {
  if (!patch?.text) return [];
  const node = made("div", "meaning", patch.text);
  node.style.setProperty("--colour", patch.colour);
  return [node];
}
