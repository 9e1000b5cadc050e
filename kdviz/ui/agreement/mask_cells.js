// A mask as cells, a byte each, row by row: 1 is marked. Shapes that are drawn on it, and its outline. Stands before
// mask_painter.js and word_marker.js. A place is [column, row].

// Bits, row by row, the first one highest, as `numpy.packbits` packs them; in base64.
function packed({ cells }) {
  const packs = new Uint8Array(Math.ceil(cells.length / 8));
  cells.forEach((cell, at) => { if (cell) packs[at >> 3] |= 128 >> (at & 7); });
  let text = "";
  for (const each of packs) text += String.fromCharCode(each);
  return btoa(text);
}

function unpacked(text, { height, width }) {
  const packs = text ? bytes(text) : [], cells = new Uint8Array(height * width);
  for (let at = 0; at < cells.length; at++) cells[at] = (packs[at >> 3] >> (7 - (at & 7))) & 1;
  return { height, width, cells };
}

// All cells whose centres are at most half of `size` from the line between two cells' centres.
function stroke({ height, width, cells }, [x, y], [u, v], size, value) {
  const reach = Math.floor(size / 2), across = u - x, down = v - y, squared = across ** 2 + down ** 2;
  const rows = within(Math.min(y, v) - reach, Math.max(y, v) + reach, height);
  const columns = within(Math.min(x, u) - reach, Math.max(x, u) + reach, width);
  for (const row of rows) {
    for (const column of columns) {
      const along = squared && Math.min(Math.max(((column - x) * across + (row - y) * down) / squared, 0), 1);
      const far = Math.hypot(column - x - along * across, row - y - along * down);
      if (far <= size / 2) cells[row * width + column] = value;
    }
  }
}

// All cells from one corner to the opposite one, both included.
function box({ height, width, cells }, [x, y], [u, v]) {
  for (const row of within(Math.min(y, v), Math.max(y, v), height)) {
    for (const column of within(Math.min(x, u), Math.max(x, u), width)) cells[row * width + column] = 1;
  }
}

// All cells whose centres are inside a closed line through cells' centres, an odd number of times; and the line.
function polygon(mask, corners) {
  const edges = corners.map((corner, at) => [corner, corners[(at + 1) % corners.length]]);
  for (const [from, to] of edges) stroke(mask, from, to, 1, 1);
  for (let row = 0; row < mask.height; row++) {
    const crossed = edges.filter(([[, y], [, v]]) => y > row !== v > row);
    const places = crossed.map(([[x, y], [u, v]]) => x + ((row - y) * (u - x)) / (v - y)).sort((a, b) => a - b);
    for (let at = 0; at < places.length; at += 2) {
      for (const column of within(Math.ceil(places[at]), Math.floor(places[at + 1]), mask.width)) mask.cells[row * mask.width + column] = 1;
    }
  }
}

// The borders between marked and other cells, as an SVG path in cells; each straight piece is one line.
function borders({ height, width, cells }) {
  const marked = (row, column) => row >= 0 && column >= 0 && row < height && column < width && cells[row * width + column] === 1;
  const path = [];
  const lines = (count, length, differs, piece) => {
    for (let line = 0; line <= count; line++) {
      for (let at = 0, from = -1; at <= length; at++) {
        const here = at < length && differs(line, at);
        if (here && from < 0) from = at;
        if (!here && from >= 0) {
          path.push(piece(line, from, at));
          from = -1;
        }
      }
    }
  };
  lines(height, width, (row, at) => marked(row - 1, at) !== marked(row, at), (row, from, to) => `M${from} ${row}H${to}`);
  lines(width, height, (column, at) => marked(at, column - 1) !== marked(at, column), (column, from, to) => `M${column} ${from}V${to}`);
  return path.join("");
}

// The whole numbers from first to last that are at least 0 and below count.
function within(first, last, count) {
  const from = Math.max(first, 0), to = Math.min(last, count - 1);
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, at) => from + at);
}

// What would be drawn, as an SVG path in cells: the brush, a rectangle from its first corner, or an outline so far.
// pointing: whether the cursor is on the picture.
function draft({ tool, corners, cursor, pointing }, size) {
  const [x, y] = cursor, [first] = corners, r = size / 2, middle = ([u, v]) => `${u + 0.5} ${v + 0.5}`;
  if (tool === "box" && first) {
    const [across, down] = [Math.abs(x - first[0]) + 1, Math.abs(y - first[1]) + 1];
    return `M${Math.min(x, first[0])} ${Math.min(y, first[1])}h${across}v${down}h${-across}z`;
  }
  const line = corners.length ? `M${[...corners, ...(pointing ? [cursor] : [])].map(middle).join("L")}` : "";
  if (!pointing) return line;
  if (tool === "box" || tool === "polygon") return `${line}M${x} ${y}h1v1h-1z`;
  return `M${x + 0.5 - r} ${y + 0.5}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
}

const MOST_UNDONE = 100;
const RETRY_MS = 4000;

// A mask that a visitor changes, and that the server stores after each change. What extends it has `data` with the name of
// what is drawn on, its mask and the number of the last change that arrived; `keep`, `grid()`, `strip()` and `draw()`.
class Drawing {
  constructor() {
    this.changes = Date.now(); // no two values of a session are equal, which would be taken for no change
    this.sentChange = 0;
  }

  change(make) {
    const before = this.mask.cells.slice();
    make(this.mask);
    this.commit(before);
  }

  commit(before) {
    if (before.some((cell, place) => cell !== this.mask.cells[place])) {
      this.undone.push(packed({ cells: before }));
      if (this.undone.length > MOST_UNDONE) this.undone.shift();
      this.sent();
    }
    this.draw();
  }

  undo() {
    if (this.undone.length) {
      this.mask = unpacked(this.undone.pop(), this.grid());
      this.sent();
    }
    this.draw();
  }

  sent() {
    this.deliver(RETRY_MS);
    this.strip();
  }

  // As a state, not as a trigger: of two triggers in a row the first may be lost, and so may a request while the page is
  // redrawn. Streamlit may also take a value and drop its callback, if another request comes at that moment. So it is sent
  // again, as a new value, until it comes back or something else is drawn on.
  deliver(patience) {
    const { name } = this.data;
    this.keep("drawn", { name, mask: packed(this.mask), change: (this.sentChange = ++this.changes) });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.data.name === name && !this.stored()) this.deliver(2 * patience); }, patience);
  }

  // Whether the server has answered the last change, and with this mask.
  stored() {
    return this.data.change >= this.sentChange && (this.mask.cells.includes(1) ? packed(this.mask) : null) === this.data.mask;
  }
}
