// A sound that is played, with a line that moves over its spectrogram. Stands behind map_layers.js.

const PLAY = "▶", STOP = "■";

class Playing {
  // line: the element that moves. changed: called when a sound begins and when it ends.
  constructor(line, changed) {
    Object.assign(this, { line, changed, on: false, audio: new Audio() });
    this.audio.onended = () => this.stop();
  }

  // from: where it begins, as a share of its duration.
  async play(url, seconds, from = 0) {
    this.stop();
    const turn = (this.turn = {});
    this.audio.src = url;
    this.audio.currentTime = from * seconds;
    this.on = true;
    this.changed();
    this.follow(seconds);
    try {
      await this.audio.play();
    } catch {
      if (turn === this.turn) this.stop(); // the browser has no sound; else another one was begun
    }
  }

  stop() {
    this.audio.pause();
    cancelAnimationFrame(this.frame);
    this.on = false;
    this.changed();
  }

  follow(seconds) {
    this.line.style.left = share(Math.min(this.audio.currentTime / seconds, 1));
    this.frame = requestAnimationFrame(() => this.follow(seconds));
  }
}
