// Streamlit sends a text area at Ctrl+Enter: here that follows by itself when somebody pauses while typing.
const PAUSE_MS = 250;

const mounted = new WeakMap();

export default function ({ parentElement, data: prefix }) {
  if (!mounted.has(parentElement)) {
    let timer;
    const listen = ({ target, isComposing }) => {
      clearTimeout(timer);
      if (isComposing || target.tagName !== "TEXTAREA" || !target.closest(`[class*="st-key-${prefix}"]`)) return;
      const press = { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true };
      timer = setTimeout(() => target.dispatchEvent(new KeyboardEvent("keydown", press)), PAUSE_MS);
    };
    for (const kind of ["input", "compositionend"]) document.addEventListener(kind, listen);
    mounted.set(parentElement, () => {
      clearTimeout(timer);
      for (const kind of ["input", "compositionend"]) document.removeEventListener(kind, listen);
    });
  }
  return whenGone(parentElement, () => { mounted.get(parentElement)?.(); mounted.delete(parentElement); });
}
