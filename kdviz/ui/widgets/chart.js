const TITLE_HEIGHT = 32;
const LEGEND_WIDTH = 280;
const PATIENCE_MS = 10_000;
const STEP_MS = 100;

export default function ({ parentElement, data: [data] }) {
  const plot = () => {
    let found = null;
    let around = parentElement.getRootNode().host ?? parentElement;
    while (around && !found) {
      found = around.querySelector(".js-plotly-plot:not(.waiting)");
      around = around.parentElement;
    }
    return found;
  };

  // A chart is drawn a moment after its buttons.
  const drawn = async () => {
    for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
      const node = plot();
      if (node?._fullLayout && window.Plotly) return node;
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
    return null;
  };

  const savePicture = async (format) => {
    const node = await drawn();
    if (!node) {
      alert(data.failed);
      return;
    }
    const { width, height, margin } = node._fullLayout;
    const text = data.title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    // A page says beside the chart what its lines are; a picture must say it itself.
    const legend = node.data.length > 1 && !node.layout.showlegend;
    const layout = {
      ...node.layout,
      ...(legend ? { showlegend: true, legend: { orientation: "v", x: 1.02, y: 1 } } : {}),
      title: { text: `<b>${text}</b>`, x: 0, xref: "paper", y: 1, yref: "container", yanchor: "top", pad: { t: 8 } },
      margin: { ...node.layout.margin, t: margin.t + TITLE_HEIGHT, l: 24, r: 24 },
    };
    await window.Plotly.downloadImage(
      { data: node.data, layout, config: { displayModeBar: false } },
      {
        format,
        filename: data.file,
        width: width + (legend ? LEGEND_WIDTH : 0),
        height: height + TITLE_HEIGHT,
        scale: format === "png" ? data.scale : 1,
      },
    );
  };

  const saveNumbers = () => {
    const link = document.createElement("a");
    // A byte-order mark tells spreadsheets that it is UTF-8.
    link.href = URL.createObjectURL(new Blob(["\ufeff", data.csv], { type: "text/csv" }));
    link.download = `${data.file}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  for (const format of ["csv", "png", "svg"]) {
    const button = parentElement.querySelector(`#${format}`);
    button.title = data.labels[format];
    button.setAttribute("aria-label", data.labels[format]);
    button.onclick = () => (format === "csv" ? saveNumbers() : savePicture(format));
  }
}
