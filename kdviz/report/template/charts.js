// Draws the charts in the page's own colours, and again when the page turns dark, light or to paper.
(() => {
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function themed(layout) {
    const axis = given => ({
      ...given,
      automargin: true,
      title: { ...given.title, standoff: 8 },
      gridcolor: css("--line"),
      zerolinecolor: css("--line"),
    });
    return {
      ...layout,
      autosize: true,
      paper_bgcolor: css("--page"),
      plot_bgcolor: css("--page"),
      font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: css("--ink") },
      hoverlabel: { bgcolor: css("--card"), bordercolor: css("--line"), font: { color: css("--ink") } },
      xaxis: axis(layout.xaxis),
      yaxis: axis(layout.yaxis),
    };
  }

  const plots = [...document.querySelectorAll("[data-chart]")].map(node => ({
    node,
    figure: JSON.parse(document.getElementById("data-" + node.dataset.chart).textContent),
  }));
  const options = { responsive: true, displaylogo: false };
  const draw = () => plots.forEach(({ node, figure }) => Plotly.react(node, figure.data, themed(figure.layout), options));

  plots.forEach(({ node }) => node.replaceChildren());
  draw();
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", draw);
  addEventListener("beforeprint", () => plots.forEach(({ node }) => Plotly.Plots.resize(node)));
  addEventListener("afterprint", () => plots.forEach(({ node }) => Plotly.Plots.resize(node)));
})();
