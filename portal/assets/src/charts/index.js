// Charts are drawn from the data table beside them, so that the figures are there without a script,
// for a screen reader and on paper:
//
//   <figure data-chart="bar"> <figcaption>…</figcaption>
//     <table> <thead><tr><th>Month<th>Opened<th>Closed … </table>
//   </figure>
//
// The first column holds the labels, each further column is a series. data-chart: bar, line,
// stacked, doughnut, horizontal. Cells may carry data-value when the text is formatted.
import {
  ArcElement, BarController, BarElement, CategoryScale, Chart, DoughnutController, Legend, LinearScale,
  LineController, LineElement, PointElement, Tooltip,
} from "chart.js";
import { make, say } from "../shell/dom.js";

Chart.register(ArcElement, BarController, BarElement, CategoryScale, DoughnutController, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

const drawn = new Map();

for (const figure of document.querySelectorAll("figure[data-chart]")) draw(figure);
document.addEventListener("portal:theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

function redraw() {
  for (const [figure, chart] of drawn) {
    const { parentElement: box } = chart.canvas;
    chart.destroy();
    box.remove();
    draw(figure);
  }
}

function draw(figure) {
  const table = figure.querySelector("table");
  if (!table) return;
  const data = readTable(table);
  if (!data.labels.length) return;
  const caption = figure.querySelector("figcaption")?.textContent.trim() ?? "";
  const canvas = make("canvas", { role: "img", "aria-label": say("chart-of", "Chart: {caption}. The figures are in the table.", { caption }) });
  const box = make("div", { class: "chart-box" }, canvas);
  (figure.querySelector("details") ?? figure.querySelector(".table-frame") ?? table).before(box);
  drawn.set(figure, new Chart(canvas, settings(figure.dataset.chart, data)));
}

/** Read labels and series from the table; empty cells are gaps, not zeros. */
function readTable(table) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent.trim());
  const rows = [...(table.tBodies[0]?.rows ?? [])].map((row) => [...row.cells]);
  const labels = rows.map(([first]) => first?.textContent.trim() ?? "");
  const series = heads.slice(1).map((label, index) => ({ label, data: rows.map((cells) => number(cells[index + 1])) }));
  return { labels, series };
}

function number(cell) {
  const text = cell?.dataset.value ?? cell?.textContent.replace(/[^\d.,-]/g, "").replace(/,(?=\d{3}\b)/g, "").replace(",", ".") ?? "";
  return text === "" ? null : Number(text);
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function palette(count) {
  return Array.from({ length: count }, (_, index) => colour(`--chart-${(index % 6) + 1}`));
}

function settings(kind, { labels, series }) {
  const round = kind === "doughnut";
  const colours = palette(round ? labels.length : series.length);
  const datasets = series.map((one, index) => ({
    ...one,
    backgroundColor: round ? colours : colours[index],
    borderColor: round ? colour("--surface") : colours[index],
    borderWidth: kind === "line" ? 2.5 : round ? 2 : 0,
    borderRadius: round || kind === "line" ? 0 : 4,
    maxBarThickness: 48,
    tension: 0.25,
    pointRadius: 3,
  }));
  return { type: { line: "line", doughnut: "doughnut" }[kind] ?? "bar", data: { labels, datasets }, options: options(kind, datasets.length, round) };
}

function options(kind, count, round) {
  const ink = colour("--ink-2");
  const axis = { ticks: { color: ink, precision: 0 }, grid: { color: colour("--line") }, border: { display: false }, stacked: kind === "stacked" };
  return {
    maintainAspectRatio: false,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 250 },
    indexAxis: kind === "horizontal" ? "y" : "x",
    plugins: { legend: { display: round || count > 1, position: "bottom", labels: { color: colour("--ink"), usePointStyle: true } } },
    scales: round ? {} : { x: { ...axis, grid: { display: kind === "horizontal", color: colour("--line") } }, y: { ...axis, beginAtZero: true, grid: { display: kind !== "horizontal", color: colour("--line") } } },
  };
}
