// Keeps a page honest while it is open: relative times move, and it says whether it is live.
const STALE_AFTER_MS = 15_000;
const TICK_MS = 1_000;
const state = document.getElementById('live-state');
const connects = document.querySelector('[sse-connect]');
let heard = Date.now();

function span(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours < 48) return minutes === 0 || hours >= 10 ? `${hours} h` : `${hours} h ${minutes} min`;
  return `${Math.floor(seconds / 86400)} days`;
}

function relative(at) {
  const seconds = Math.round((Date.now() - at) / 1000);
  if (Math.abs(seconds) < 2) return 'now';
  return seconds < 0 ? `in ${span(-seconds)}` : `${span(seconds)} ago`;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  for (const time of document.querySelectorAll('time.rel')) say(time, relative(Date.parse(time.dateTime)));
  if (!connects || !state) return;
  const silent = Date.now() - heard;
  state.className = silent > STALE_AFTER_MS ? 'live stale' : 'live up';
  say(state, silent > STALE_AFTER_MS ? `Stale: last heard ${span(Math.floor(silent / 1000))} ago` : 'live');
}

document.addEventListener('htmx:sseMessage', () => { heard = Date.now(); tick(); });

// A list that is fetched anew keeps open what was open.
let open = [];
document.addEventListener('htmx:beforeSwap', () => {
  open = [...document.querySelectorAll('details[open][id]')].map((details) => details.id);
});
function reopen() {
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
}
document.addEventListener('htmx:oobAfterSwap', reopen);
document.addEventListener('htmx:afterSwap', () => { reopen(); tick(); });

setInterval(tick, TICK_MS);
tick();
