// One entry of the browser's history for each thing that a visitor does. Streamlit adds one for every parameter that a
// page writes into its address: six to open Distill, and as many presses of Back to leave it.
if (!window.kdvizActs) {
  let acted = false;
  const note = (event) => { acted ||= event.isTrusted; };
  for (const act of ["pointerdown", "keydown", "click"]) addEventListener(act, note, { capture: true, passive: true });
  addEventListener("popstate", () => { acted = false; }, { capture: true });
  const { pushState, replaceState } = history;
  history.pushState = function (...entry) {
    (acted ? pushState : replaceState).apply(this, entry);
    acted = false;
  };
  window.kdvizActs = true;
}
