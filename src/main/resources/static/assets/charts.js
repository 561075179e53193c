// The rollout's charts: one time axis, one cursor, both arms.
import uPlot from '/webjars/uplot/dist/uPlot.esm.js';

const REFRESH_MS = 10_000;
const UNITS = { 'chart-p95': ' ms', 'chart-errors': '%' };
const box = document.getElementById('charts');
const note = document.getElementById('charts-note');
const sheet = document.createElement('link');
sheet.rel = 'stylesheet';
sheet.href = '/webjars/uplot/dist/uPlot.min.css';
document.head.append(sheet);

const dark = matchMedia('(prefers-color-scheme: dark)');
let plots = new Map();
let span = [0, 1];
let marks = [];
let over = false;

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });
const short = (value) => (Math.abs(value) < 10_000 ? value : compact.format(value));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function drawMarks(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  let labelEnd = -Infinity;
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.t, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = mark.tone === 'bad' ? colour('--bad') : colour('--ink');
    ctx.setLineDash([devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(mark.label).width;
    const from = Math.min(x + 3 * devicePixelRatio, bbox.left + bbox.width - width);
    if (plot === plots.values().next().value && from > labelEnd) {
      ctx.fillText(mark.label, from, bbox.top + 10 * devicePixelRatio);
      labelEnd = from + width + 6 * devicePixelRatio;
    }
  }
  ctx.restore();
}

function clock(plot, ticks) {
  const days = ticks.length > 1 && ticks.at(-1) - ticks[0] > 36 * 3600;
  const seconds = ticks.length > 1 && ticks[1] - ticks[0] < 60;
  return ticks.map((tick) => {
    const at = new Date(tick * 1000);
    const time = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: seconds ? '2-digit' : undefined, hourCycle: 'h23' });
    return days ? `${at.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${time}` : time;
  });
}

function axes(unit, last) {
  const common = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
  return [
    { ...common, show: true, size: last ? 28 : 8, space: 72, values: last ? clock : () => [] },
    { ...common, size: 52, space: 32, values: (plot, ticks) => ticks.map((tick) => `${short(tick)}${unit}`) },
  ];
}

function make(id, unit, series, bands, last, range) {
  const element = document.getElementById(id);
  element.replaceChildren();
  return new uPlot({
    width: element.clientWidth,
    height: element.clientHeight,
    cursor: { sync: { key: 'rollout' }, points: { size: 6 }, drag: { x: false, y: false } },
    legend: { show: false },
    scales: { x: { range: () => span }, y: { range } },
    axes: axes(unit, last),
    series: [{}, ...series],
    bands,
    hooks: { draw: [drawMarks] },
  }, [[], ...series.map(() => [])], element);
}

function withZero(plot, low, high) {
  return low < 0 ? [low * 1.1, Math.max(0, high * 1.1)] : [0, high > 0 ? high * 1.1 : 1];
}

function build() {
  for (const plot of plots.values()) plot.destroy();
  const line = (name, width, dash) => ({ stroke: colour(name), width, dash, points: { show: false }, spanGaps: false });
  const arms = () => [line('--stable', 1.5), line('--candidate', 2), line('--band', 1.2, [5, 4])];
  const share = { ...line('--candidate', 1.5), fill: `color-mix(in srgb, ${colour('--candidate')} 45%, transparent)` };
  const rest = { ...line('--stable', 0), fill: `color-mix(in srgb, ${colour('--stable')} 25%, transparent)` };
  plots = new Map();
  const places = [...box.querySelectorAll('.plot')].map((place) => place.id);
  for (const id of places) {
    const last = id === places.at(-1);
    plots.set(id, id === 'chart-share'
      ? make(id, '%', [rest, share], [], last, () => [0, 100])
      : make(id, UNITS[id] ?? '', arms(), [], last, withZero));
  }
}

async function load() {
  const answer = await fetch(box.dataset.src, { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const data = await answer.json();
  marks = data.marks;
  over = data.over;
  const times = [data.t, ...data.own.map((chart) => chart.t)].filter((t) => t.length > 0);
  note.textContent = times.length === 0 ? 'Nothing has been counted yet; lines appear as soon as something is.' : '';
  const first = Math.min(...times.map((t) => t[0]));
  span = times.length === 0 ? [0, 1] : [first, Math.max(first + 1, ...times.map((t) => t.at(-1)))];
  for (const chart of data.charts) plots.get(`chart-${chart.id}`)?.setData([data.t, chart.control, chart.candidate, chart.bound]);
  for (const chart of data.own) plots.get(`chart-${chart.id}`)?.setData([chart.t, chart.control, chart.candidate, chart.bound]);
  plots.get('chart-share')?.setData([data.t, data.t.map((_, i) => (data.share[i] === null ? null : 100)), data.share]);
}

function resize() {
  for (const plot of plots.values()) {
    const element = plot.root.parentElement;
    if (element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height: element.clientHeight });
  }
}

let next = 0;
document.addEventListener('htmx:sseMessage', (event) => {
  if (event.target.id === 'page' || (!over && Date.now() > next)) {
    next = Date.now() + REFRESH_MS;
    load();
  }
});
dark.addEventListener('change', () => { build(); load(); });
new ResizeObserver(resize).observe(box);
build();
load();
