// The review page. Every act has a key and a button; both call the same function in `acts`.
import { askCompare, askEvidence, askNote, askOverride, askPage, askReject, keysAreOn, showHelp } from "./dialogs.js";
import { Find } from "./find.js";
import { selectedWords } from "./letters.js";
import { stopAt } from "./marks.js";
import { Pages } from "./pages.js";
import { Panel } from "./panel.js";

const root = document.getElementById("review");
const url = root.dataset.url;
const csrf = document.body.dataset.csrf;
const pages = new Pages(root, document.getElementById("pane"), url, "images" in root.dataset);
const panel = new Panel(root, document.getElementById("side"), url, csrf);
const find = new Find(url, csrf, pages);
const floating = document.getElementById("selection");
const pageNumber = document.getElementById("page-number");
const goto = document.getElementById("goto");
let stops = [];
let at = -1;

async function drawAgain() {
  const answer = await fetch(`${url}/review/evidence`);
  if (answer.ok) draw(await answer.json());
}

function draw(drawn) {
  const before = stops[at];
  stops = drawn.stops;
  at = before ? stops.findIndex((s) => s.row === before.row && s.page === before.page && s.start === before.start) : -1;
  if (before && at >= 0) pages.stop = stops[at];
  pages.show(drawn);
  dots();
}

function dots() {
  for (const button of document.querySelectorAll(".thumbs button")) {
    const number = Number(button.dataset.page);
    const here = stops.filter((s) => s.page === number);
    button.classList.toggle("left-out", pages.sizes[number - 1].left_out);
    button.setAttribute("aria-label", `Page ${number}, ${here.length} highlights`);
    button.querySelector(".dots").replaceChildren(...[...new Set(here.map((s) => s.tone))].map((tone) => {
      const dot = document.createElement("span");
      dot.className = `t-${tone}`;
      return dot;
    }));
  }
}

pages.onPage = (number) => {
  if (document.activeElement !== pageNumber) pageNumber.value = number;
  document.querySelector(".thumbs [aria-current]")?.removeAttribute("aria-current");
  const thumb = document.querySelector(`.thumbs [data-page="${number}"]`);
  thumb.setAttribute("aria-current", "page");
  const nav = thumb.closest(".thumbs"), box = thumb.getBoundingClientRect(), frame = nav.getBoundingClientRect();
  if (box.top < frame.top) nav.scrollTop += box.top - frame.top;
  if (box.bottom > frame.bottom) nav.scrollTop += box.bottom - frame.bottom;
};
panel.onNewMarks = drawAgain;

function goToStop(index) {
  if (!stops.length) return;
  at = Math.min(stops.length - 1, Math.max(0, index));
  const stop = stops[at];
  panel.choose(stop.row, stop.number);
  pages.goToStop(stop);
}
function goToRow(id) {
  if (!id) return;
  const first = stops.findIndex((s) => s.row === id);
  if (first >= 0) goToStop(first); else panel.choose(id);
}
const named = () => { const row = panel.rowElement(); return row?.querySelector(".pick").textContent.replace(/\s+/g, " ").trim(); };
const onCriterion = () => "reviews" in root.dataset && panel.key && panel.kind !== "other";
// Goes on at once, so that nobody waits for the server; where the step was not kept, back to its row.
async function decide(kind, fields, row = panel.row) {
  if (!fields) return;
  const sent = panel.act({ kind, criterion: panel.rowElement(row).dataset.key, ...fields }, row);
  goToRow(panel.nextOpen());
  if (!(await sent)) goToRow(row);
}
const reviews = (what) => async () => { if ("reviews" in root.dataset) await what(); };

const acts = {
  nextStop: () => goToStop(at + 1),
  previousStop: () => goToStop(at - 1),
  nextRow: () => goToRow(panel.neighbour(1)),
  previousRow: () => goToRow(panel.neighbour(-1)),
  accept: async () => { if (onCriterion()) await decide("accept", {}); },
  reject: async () => { if (onCriterion()) { const row = panel.row; await decide("reject", await askReject(named()), row); } },
  override: async () => { if (onCriterion()) { const row = panel.row; await decide("override", await askOverride(named(), panel.kind), row); } },
  note: async () => { if (onCriterion()) { const note = await askNote(named()); if (note) await panel.act({ kind: "note", criterion: panel.key, ...note }); } },
  chartNote: reviews(async () => { const note = await askNote("the chart"); if (note) await panel.act({ kind: "note", ...note }); }),
  undo: reviews(() => panel.act({ kind: "undo" })),
  addEvidence: reviews(addEvidence),
  page: reviews(async () => { const step = await askPage(pages.current); if (step) await panel.act(step); }),
  signOff: () => { const form = document.getElementById("sign-off"); form?.scrollIntoView({ block: "nearest" }); form?.querySelector("input").focus(); },
  reopen: reviews(() => panel.act({ kind: "reopen" })),
  nextPage: () => pages.turnPage(1),
  previousPage: () => pages.turnPage(-1),
  zoomCycle: () => { document.getElementById("zoom").firstChild.textContent = `${pages.cycleZoom()} `; },
  zoomIn: () => pages.zoomBy(1.2),
  zoomOut: () => pages.zoomBy(1 / 1.2),
  rotate: () => pages.rotate(),
  twoPages: () => pages.twoPages(),
  compare: async () => {
    if (pages.compared) pages.compare(null);
    else { const pair = await askCompare(pages.current, Math.min(pages.count, pages.current + 1)); if (pair && pair[0] !== pair[1]) pages.compare(pair); }
  },
  find: () => find.open(),
  nextHit: () => find.step(1),
  previousHit: () => find.step(-1),
  closeFind: () => find.close(),
  help: () => showHelp(),
  showAll: () => panel.side.classList.toggle("all"),
};
pages.onViews = () => {
  document.getElementById("two").setAttribute("aria-pressed", pages.spread && !pages.compared);
  document.getElementById("compare").setAttribute("aria-pressed", Boolean(pages.compared));
};

async function addEvidence() {
  const chosen = selectedWords() ?? find.chosen;
  if (!chosen) { panel.saved.textContent = "Select words on a page, or find them, first."; return; }
  const where = await askEvidence(chosen, panel.key);
  if (!where) return;
  const { page, first, last, start, end } = chosen;
  const place = first === undefined || first === null ? { page, start, end } : { page, first, last };
  if (await panel.act({ kind: "evidence", ...where, ...place })) getSelection().removeAllRanges();
}

const KEYS = {
  j: "nextStop", k: "previousStop", J: "nextRow", K: "previousRow", a: "accept", r: "reject", o: "override", n: "note", N: "chartNote",
  u: "undo", "/": "find", e: "addEvidence", "[": "previousPage", "]": "nextPage", z: "zoomCycle", "+": "zoomIn", "-": "zoomOut", t: "rotate",
  d: "twoPages", c: "compare", x: "page", s: "signOff", "?": "help",
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && !find.bar.hidden) return find.close();
  if (event.target.matches("input, textarea, select") || !keysAreOn()) return;
  if (event.key === "Enter" && !find.bar.hidden && event.target === pages.pane) { event.preventDefault(); return find.step(event.shiftKey ? -1 : 1); }
  if (/^[0-9]$/.test(event.key)) { event.preventDefault(); goto.value = event.key; goto.focus(); return; }
  const name = KEYS[event.key];
  if (name) { event.preventDefault(); acts[name](); }
});

goto.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { goto.value = ""; pages.pane.focus({ preventScroll: true }); }
  if (event.key !== "Enter") return;
  event.preventDefault();
  const wanted = goto.value.trim().toLowerCase().replace(/\.$/, "");
  const row = panel.rows.find((r) => r.dataset.kind === "criterion" && r.dataset.key.toLowerCase() === wanted);
  goto.setAttribute("aria-invalid", !row);
  if (!row) { panel.saved.textContent = `There is no criterion ${wanted}.`; return; }
  goto.value = "";
  goToRow(row.dataset.row);
  row.querySelector(".pick").focus({ preventScroll: true });
});
pageNumber.addEventListener("change", () => pages.goToPage(Number(pageNumber.value)));

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.closest("dialog")) return;
  const { stop, pick, page, takeBack, compare } = button.dataset;
  const row = button.closest(".row");
  if (button.dataset.do) { if (row) panel.choose(row.dataset.row); acts[button.dataset.do]?.(); }
  else if (stop !== undefined) goToStop(Number(stop));
  else if (pick) goToRow(pick);
  else if (takeBack) panel.act({ kind: "take_back", page: takeBack });
  else if (compare) { pages.compare(compare.split(" ").map(Number)); }
  else if (page) pages.goToPage(Number(page));
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "sign-off") return;
  event.preventDefault();
  panel.act({ kind: "sign_off", ...Object.fromEntries(new FormData(event.target)) });
});
pages.pane.addEventListener("click", (event) => {
  const face = event.target.closest(".sheet")?.querySelector(".face");
  if (!face || !getSelection().isCollapsed) return;
  const number = Number(face.parentElement.dataset.page);
  const stop = stopAt(face, pages.sizes[number - 1], stops.filter((s) => s.page === number), event);
  if (stop) goToStop(stop.number);
});
document.addEventListener("selectionchange", () => {
  const chosen = "reviews" in root.dataset ? selectedWords() : null;
  floating.hidden = !chosen;
  if (!chosen) return;
  const box = getSelection().getRangeAt(0).getBoundingClientRect();
  floating.style.left = `${Math.max(100, Math.min(box.left, innerWidth - 220))}px`;
  floating.style.top = `${Math.max(60, box.bottom + 6)}px`;
});
floating.addEventListener("pointerdown", (event) => event.preventDefault());
addEventListener("beforeunload", (event) => {
  const open = document.querySelector("dialog[open] textarea, #sign-off textarea");
  const written = [...document.querySelectorAll("dialog[open] textarea, #sign-off textarea")].some((area) => area.value.trim());
  if (open && written) event.preventDefault();
});

draw(JSON.parse(document.getElementById("evidence").textContent));
goToStop(Number(panel.panel.dataset.first));
pages.look();
pages.pane.focus({ preventScroll: true });
await pages.seen(pages.current);
performance.mark("first-highlight");
root.dataset.ready = "";
if (panel.busy) panel.refresh();
