// ← and → anywhere on the page, except where they already mean something else.
const KEYS = { ArrowLeft: -1, ArrowRight: 1 };
const OTHERS = `input, textarea, select, canvas, [contenteditable="true"], [role="group"][tabindex],
  ${["slider", "radio", "tab", "listbox", "option", "combobox", "grid", "menu", "dialog"].map((role) => `[role="${role}"]`)}`;

const mounted = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  let keys = mounted.get(parentElement);
  if (!keys) {
    keys = { presses: 0 };
    keys.listen = (event) => {
      const step = KEYS[event.key];
      const place = event.composedPath()[0];
      if (!step || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (place instanceof Element && place.closest(OTHERS)) return;
      event.preventDefault();
      keys.presses += 1;
      keys.index = (keys.index + step + keys.count) % keys.count;
      keys.send("wanted", { index: keys.index, press: keys.presses });
    };
    mounted.set(parentElement, keys);
    document.addEventListener("keydown", keys.listen);
  }
  keys.send = setStateValue;
  keys.count = data.count;
  // Until the last press is answered, the server's image is one on the way.
  if (!keys.presses || data.press === keys.presses) keys.index = data.index;
  return whenGone(parentElement, () => {
    document.removeEventListener("keydown", keys.listen);
    mounted.delete(parentElement);
  });
}
