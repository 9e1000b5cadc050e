// The film of a run: a slider over epochs, Play, and for each image a strip of pictures, drawn here so that
// no frame waits for the server. A picture is what `overlay` of kdviz/figures/pictures.py draws, and is tested so.

const films = new WeakMap()
const FRAME_MS = 450
const CALM_FRAME_MS = 1500 // for those who ask for less motion

export default function (component) {
  const { parentElement, data, setStateValue } = component
  let film = films.get(parentElement)
  if (!film) {
    film = new Film(parentElement, setStateValue)
    films.set(parentElement, film)
  }
  film.show(data)
  return () => {
    film.pause()
    films.delete(parentElement)
  }
}

class Film {
  constructor(root, setStateValue) {
    this.root = root
    this.tell = setStateValue
    this.slider = root.querySelector("input")
    this.play = root.querySelector("button")
    this.output = root.querySelector("output")
    this.grid = root.querySelector(".strips")
    this.at = 0
    this.following = true
    this.asked = this.told = undefined // the epoch that came last from the address; the one on its way to it
    this.timer = null
    this.slider.oninput = () => { this.pause(); this.go(Number(this.slider.value)) }
    this.slider.onchange = () => this.keep()
    this.play.onclick = () => (this.timer ? this.stop() : this.start())
  }

  show(data) {
    // The address moves the film by a link or by Back; what was told to it comes back as an echo.
    const moved = data.at !== this.asked && this.told === undefined
    this.asked = data.at
    if (data.at === this.told) this.told = undefined
    this.data = data
    this.root.querySelector("label").textContent = data.words.epoch
    this.slider.setAttribute("aria-label", data.words.epoch)
    this.slider.max = data.epochs.length - 1
    this.slider.disabled = this.play.disabled = data.epochs.length < 2
    this.label()
    this.build()
    const last = data.epochs.length - 1
    const asked = data.epochs.indexOf(data.at)
    if (moved) this.go(asked >= 0 ? asked : last)
    else this.go(this.following ? last : Math.min(this.at, last))
  }

  build() {
    const { images, arms } = this.data
    while (this.grid.children.length > images.length) this.grid.lastChild.remove()
    while (this.grid.children.length < images.length) this.grid.append(strip())
    images.forEach((image, place) => {
      const row = this.grid.children[place].firstChild
      while (row.children.length > arms.length + 1) row.lastChild.remove()
      while (row.children.length < arms.length + 1) row.append(document.createElement("canvas"))
      arms.forEach((arm, i) => { row.children[i + 1].style.borderBottom = `4px solid ${arm.colour}` })
      draw(row.children[0], image.picture, null, this.data)
    })
  }

  go(at) {
    const epoch = this.data.epochs[at]
    this.at = at
    this.following = at === this.data.epochs.length - 1
    this.slider.value = at
    this.slider.setAttribute("aria-valuetext", String(epoch))
    this.output.textContent = epoch
    this.data.images.forEach((image, place) => {
      const [row, caption] = this.grid.children[place].children
      const frame = image.frames[at]
      frame.maps.forEach((map, i) => draw(row.children[i + 1], image.picture, map, this.data))
      row.setAttribute("aria-label", frame.alt)
      caption.textContent = frame.caption
    })
  }

  start() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
    if (this.following) this.go(0)
    this.timer = setInterval(() => {
      if (this.following) this.stop()
      else this.go(this.at + 1)
    }, calm ? CALM_FRAME_MS : FRAME_MS)
    this.label()
  }

  stop() { this.pause(); this.keep() }

  pause() {
    clearInterval(this.timer)
    this.timer = null
    this.label()
  }

  keep() {
    this.told = this.following ? null : this.data.epochs[this.at]
    this.tell("epoch", this.told)
  }

  label() {
    if (!this.data) return
    const { play, pause } = this.data.words
    this.play.textContent = this.timer ? `⏸ ${pause}` : `▶ ${play}`
  }
}

function strip() {
  const figure = document.createElement("figure")
  const row = document.createElement("div")
  row.setAttribute("role", "img")
  figure.append(row, document.createElement("figcaption"))
  return figure
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

const decoded = new Map()

async function pixels(picture) {
  if (!decoded.has(picture)) decoded.set(picture, decode(picture))
  return decoded.get(picture)
}

async function decode(picture) {
  const image = new Image()
  image.src = picture
  await image.decode()
  const canvas = new OffscreenCanvas(image.width, image.height)
  const context = canvas.getContext("2d")
  context.drawImage(image, 0, 0)
  return context.getImageData(0, 0, image.width, image.height)
}

// map: {size: [height, width], levels: base64 of bytes, reach}: 255 is `reach` times full colour. Levels are
// "" where the map is undefined. null: the image as it is.
async function draw(canvas, picture, map, look) {
  const wanted = `${map?.size}|${map?.levels}|${picture}`
  if (canvas.dataset.drawn === wanted) return
  canvas.dataset.drawn = wanted
  const base = await pixels(picture)
  if (canvas.dataset.drawn !== wanted) return // another frame came meanwhile
  const factor = Math.ceil(look.side / Math.max(base.width, base.height))
  const sheet = new ImageData(base.width * factor, base.height * factor)
  if (!map) copied(sheet, base, factor)
  else if (!map.levels) hatched(sheet, base, factor)
  else overlaid(sheet, base, factor, map, look)
  canvas.width = sheet.width
  canvas.height = sheet.height
  canvas.getContext("2d").putImageData(sheet, 0, 0)
}

function copied(sheet, base, factor) {
  each(sheet, base, factor, (from, to) => {
    for (let c = 0; c < 4; c++) sheet.data[to + c] = base.data[from + c]
  })
}

function hatched(sheet, base, factor) {
  each(sheet, base, factor, (from, to, y, x) => {
    const level = (x + y) % 8 < 2 ? 190 : grey(base.data, from) * 0.45 + 70
    for (let c = 0; c < 3; c++) sheet.data[to + c] = level
    sheet.data[to + 3] = 255
  })
}

function overlaid(sheet, base, factor, map, { colours, opacity }) {
  const [levels, table] = [bytes(map.levels), bytes(colours)]
  const rows = between(sheet.height, map.size[0])
  const columns = between(sheet.width, map.size[1])
  each(sheet, base, factor, (from, to, y, x) => {
    const [top, bottom, down] = rows[y]
    const [left, right, across] = columns[x]
    const [upper, lower] = [top * map.size[1], bottom * map.size[1]]
    const above = levels[upper + left] * (1 - across) + levels[upper + right] * across
    const below = levels[lower + left] * (1 - across) + levels[lower + right] * across
    const level = Math.min((above * (1 - down) + below * down) * map.reach, 255)
    const share = (opacity * level) / 255
    const shade = grey(base.data, from) * opacity
    const hue = 3 * Math.round(level)
    for (let c = 0; c < 3; c++) {
      const faded = base.data[from + c] * (1 - opacity) + shade
      sheet.data[to + c] = faded * (1 - share) + table[hue + c] * share
    }
    sheet.data[to + 3] = 255
  })
}

// Every pixel of the sheet, with the one of the image that it enlarges.
function each(sheet, base, factor, paint) {
  for (let y = 0; y < sheet.height; y++) {
    const row = Math.floor(y / factor) * base.width
    for (let x = 0; x < sheet.width; x++) {
      paint(4 * (row + Math.floor(x / factor)), 4 * (y * sheet.width + x), y, x)
    }
  }
}

// For each place along a side: the two cells whose centres it lies between, and how far, flat at the rim.
function between(side, cells) {
  return Array.from({ length: side }, (_, place) => {
    const at = Math.min(Math.max(((place + 0.5) * cells) / side - 0.5, 0), cells - 1)
    const cell = Math.floor(at)
    return [cell, Math.min(cell + 1, cells - 1), at - cell]
  })
}

function grey(data, at) {
  return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]
}
