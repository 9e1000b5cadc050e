// Streamlit draws its charts with a Plotly that it leaves in the page; the page's first chart loads it.
const STEP_MS = 50;
const IDLE_MS = 500; // a busy browser draws then all the same

const plotly = async () => {
  while (!window.Plotly) await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  return window.Plotly;
};

const idle = () =>
  new Promise((resolve) =>
    window.requestIdleCallback ? requestIdleCallback(resolve, { timeout: IDLE_MS }) : setTimeout(resolve),
  );

export default function ({ parentElement, data, setStateValue }) {
  const stage = parentElement.querySelector(".selectable-charts");
  if (stage.text !== data.charts) {
    stage.text = data.charts;
    stage.charts = JSON.parse(data.charts);
  }
  const { charts } = stage;
  stage.setAttribute("aria-label", charts[data.at].alt);
  stage.style.height = `${charts[data.at].figure.layout.height}px`;

  // Calls may overtake each other while Plotly loads or the browser is busy: only the newest goes on.
  const call = (stage.call = (stage.call ?? 0) + 1);
  const overtaken = () => stage.call !== call || !stage.isConnected;
  stage.choose = (points) => setStateValue("points", points);
  const selected = new Set(data.selected);
  const selection = data.selected.join();

  const nodeOf = (chart) => {
    let node = [...stage.children].find((child) => child.dataset.chart === chart.file);
    if (!node) {
      node = document.createElement("div");
      node.dataset.chart = chart.file;
      node.className = "waiting";
      stage.append(node);
    }
    return node;
  };

  const draw = async (Plotly, chart) => {
    const node = nodeOf(chart);
    const width = stage.clientWidth;
    if (node.drawn === `${selection} ${width}`) return node;
    const traces = chart.figure.data.map((trace) => ({
      ...trace,
      selectedpoints: selected.size
        ? trace.customdata.flatMap((point, at) => (selected.has(point) ? [at] : []))
        : null,
    }));
    const layout = { ...chart.figure.layout, width, font: { family: getComputedStyle(stage).fontFamily, size: 13 } };
    if (!selected.size) layout.selections = []; // the box that was dragged
    node.drawn = `${selection} ${width}`;
    node.redrawing = true;
    await Plotly.react(node, traces, layout, data.config);
    node.redrawing = false;
    if (!node.listens) {
      node.listens = true;
      // Plotly tells of a selection also when it draws one that it was given.
      const byHand = () => !node.redrawing && !node.classList.contains("waiting");
      node.on("plotly_selected", (event) => {
        if (event && byHand()) stage.choose(event.points.map((point) => point.customdata));
      });
      node.on("plotly_deselect", () => byHand() && stage.choose([]));
    }
    return node;
  };

  const show = (node) => {
    for (const child of stage.children) child.classList.toggle("waiting", child !== node);
  };

  const all = async () => {
    const Plotly = await plotly();
    if (overtaken()) return;
    for (const child of [...stage.children]) {
      if (!charts.some((chart) => chart.file === child.dataset.chart)) {
        Plotly.purge(child);
        child.remove();
      }
    }
    show(await draw(Plotly, charts[data.at]));
    // The other charts are drawn while nobody waits, so that changing to them only shows them.
    for (const chart of charts) {
      await idle();
      if (overtaken()) return;
      await draw(Plotly, chart);
    }
  };

  stage.resized?.disconnect();
  stage.resized = new ResizeObserver(all);
  stage.resized.observe(stage);
}
