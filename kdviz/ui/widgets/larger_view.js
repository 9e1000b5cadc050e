// A picture as large as the window allows, in a dialog of its component: a click on a small one opens it, ← and → go on to the
// next. Nothing is asked of the server. Shared by components that draw maps; stands behind map_layers.js.

const TURNS = { ArrowLeft: -1, ArrowRight: 1 };
const LONG = 2; // width of a picture, in heights, from which two are larger below each other than beside

// A dialog at the end of a component. Made again at each rerun of the page, it stays open, with what is new.
// words: its texts. shape: of all pictures. count: of them. figures: draws one by its number, and what stands beside it; below
// each other the one of the class "chosen" comes first.
// opener: the element that has the focus again at the end, by the number of the first picture. Returns what opens one.
function largerView(root, { words, shape, count, figures, opener }) {
  const dialog = root.querySelector(".larger") ?? root.appendChild(made("dialog", "larger"));
  const pictures = made("div", "pictures"), [width, height] = shape.split("/").map(Number);
  pictures.style.setProperty("--shape", shape);
  pictures.classList.toggle("stacked", width > LONG * height);

  function show(number) {
    const drawn = figures(number);
    dialog.number = number;
    pictures.classList.toggle("single", drawn.length === 1);
    pictures.replaceChildren(...drawn);
  }
  const turn = (step) => show((dialog.number + step + count) % count);
  function button(className, text, title, onclick) {
    const node = made("button", className, text);
    Object.assign(node, { type: "button", title, onclick });
    node.setAttribute("aria-label", title);
    return node;
  }

  const focused = dialog.contains(dialog.getRootNode().activeElement) && dialog.getRootNode().activeElement.className;
  const turning = made("div", "turning");
  turning.append(
    button("back", "←", words.back, () => turn(-1)), button("on", "→", words.on, () => turn(1)),
    button("close", `✕ ${words.close}`, words.close, () => dialog.close()),
  );
  dialog.replaceChildren(turning, pictures);
  dialog.setAttribute("aria-label", words.larger);
  dialog.closedBy = "any"; // also by a click beside it
  dialog.onclose = () => { pictures.replaceChildren(); opener(dialog.first)?.focus(); };
  dialog.onkeydown = (event) => {
    const step = TURNS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation(); // outside, arrows go to the next image
    turn(step);
  };
  if (dialog.open) {
    show(Math.min(dialog.number, count - 1));
    if (focused) dialog.querySelector(`.${focused}`)?.focus();
  }
  return (number) => {
    dialog.first = number;
    show(number);
    dialog.showModal();
  };
}

// A picture that opens its larger view by a click, a tap or the keys of a button. name: in front of its own description.
function enlargeable(node, name, open) {
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", `${name}. ${node.querySelector('[role="img"]').getAttribute("aria-label")}`);
  node.onclick = open;
  node.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  };
}
