// The film of a run: a slider over epochs, Play, and for each image a strip of pictures, for each text a line of
// words for each arm, drawn here so that no frame waits for the server. Stands behind map_layers.js.

const films = new WeakMap()
const SIDE = 120 // pixels of a map, at least: it is about 80 points wide on a page
const FRAME_MS = 450
const SVG = "http://www.w3.org/2000/svg"
const PLAY = "M2 1v10l9-5z", PAUSE = "M2 1h3v10H2zM7 1h3v10H7z"
const CALM_FRAME_MS = 1500 // for prefers-reduced-motion

export default function (component) {
  const { parentElement, data: [content, at], setStateValue } = component
  let film = films.get(parentElement)
  if (!film) {
    film = new Film(parentElement, setStateValue)
    films.set(parentElement, film)
  }
  film.show(content, at)
  return whenGone(parentElement, () => {
    film.pause()
    films.delete(parentElement)
  })
}

class Film {
  constructor(root, setStateValue) {
    this.root = root
    this.report = setStateValue
    this.slider = root.querySelector("input")
    this.play = root.querySelector("button")
    this.output = root.querySelector("output")
    this.grid = root.querySelector(".strips")
    this.at = 0
    this.following = true
    this.given = this.sent = undefined // the epoch that came last from the address; the one on its way to it
    this.timer = null
    this.slider.oninput = () => { this.pause(); this.go(Number(this.slider.value)) }
    this.slider.onchange = () => this.keep()
    this.play.onclick = () => (this.timer ? this.stop() : this.start())
  }

  show(content, at) {
    // The address moves the film by a link or by Back; what was sent to it comes back as an echo.
    const moved = at !== this.given && this.sent === undefined
    this.given = at
    if (at === this.sent) this.sent = undefined
    const fresh = content !== this.content
    if (fresh) this.take(content)
    if (!fresh && !moved) return
    const last = this.data.epochs.length - 1
    const named = this.data.epochs.indexOf(at)
    if (moved) this.go(named >= 0 ? named : last)
    else this.go(this.following ? last : Math.min(this.at, last))
  }

  take(content) {
    this.content = content
    const data = (this.data = JSON.parse(content))
    this.root.querySelector("label").textContent = data.words.epoch
    this.slider.setAttribute("aria-label", data.words.epoch)
    this.slider.max = data.epochs.length - 1
    this.slider.disabled = this.play.disabled = data.epochs.length < 2
    this.label()
    this.build()
  }

  build() {
    const { images, arms, opacity } = this.data
    this.grid.style.setProperty("--opacity", opacity)
    while (this.grid.children.length > images.length) this.grid.lastChild.remove()
    while (this.grid.children.length < images.length) this.grid.append(strip())
    images.forEach(({ image }, place) => {
      const row = this.grid.children[place].firstChild
      const key = image.url ?? JSON.stringify(image.words), count = arms.length + (image.words ? 0 : 1)
      if (row.dataset.image === key && row.children.length === count) return
      row.dataset.image = key
      row.classList.toggle("lines", Boolean(image.words))
      this.grid.classList.toggle("texts", Boolean(image.words))
      row.replaceChildren(
        ...(image.words ? arms.map((arm) => line(image.words, arm)) : [null, ...arms].map((arm) => frame(image, arm))),
      )
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
      const { maps, right, alt, caption: text } = image.frames[at]
      maps.forEach((map, i) => {
        const node = row.children[image.image.words ? i : i + 1]
        if (image.image.words) shade(node, map, this.data.looks)
        else show(node, map, this.data.palettes)
        node.classList.toggle("right", right[i])
      })
      row.setAttribute("aria-label", alt)
      caption.textContent = text
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
    this.sent = this.following ? null : this.data.epochs[this.at]
    this.report("epoch", this.sent)
  }

  label() {
    if (!this.data) return
    const { play, pause } = this.data.words
    this.play.replaceChildren(icon(this.timer ? PAUSE : PLAY), this.timer ? pause : play)
  }
}

// Drawn, not written: many fonts have no pause sign.
function icon(path) {
  const svg = document.createElementNS(SVG, "svg"), line = document.createElementNS(SVG, "path")
  svg.setAttribute("viewBox", "0 0 12 12")
  svg.setAttribute("aria-hidden", "true")
  line.setAttribute("d", path)
  svg.append(line)
  return svg
}

function strip() {
  const figure = made("figure", ""), row = made("div", "strip")
  row.setAttribute("role", "img")
  figure.append(row, made("figcaption", ""))
  return figure
}

// One picture of a strip: the image, and room for a map over it.
function frame(image, arm) {
  const node = made("div", "frame"), stack = made("div", "layers")
  if (arm) node.style.setProperty("--arm", arm.colour)
  stack.style.setProperty("--shape", image.shape)
  stack.append(...(arm ? base(image) : [picture(image.url, "base")]))
  node.append(stack)
  if (arm) node.append(made("div", "mark"))
  return node
}

// A text, to be shaded for one arm.
function line(words, arm) {
  const node = made("p", "line"), text = made("span", "words")
  node.style.setProperty("--arm", arm.colour)
  for (const [gap, word] of words) text.append(gap, made("span", "", word))
  node.append(made("span", "glyph", arm.glyph), made("span", "mark"), text)
  return node
}

// Give each word of a line its look, by its number in `looks`.
function shade(node, numbers, looks) {
  const words = node.querySelectorAll(".words > span")
  words.forEach((word, place) => { word.style.cssText = looks[numbers[place]] })
}

// Draw a map over a frame's image, unless it is there already.
function show(node, map, palettes) {
  const wanted = JSON.stringify(map)
  if (node.dataset.map === wanted) return
  node.dataset.map = wanted
  node.querySelector(".over")?.remove()
  node.firstChild.append(heat(map, palettes, SIDE))
}
