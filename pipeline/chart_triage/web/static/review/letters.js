// The words of a page where they stand on it, unseen, so that they can be selected, copied and found by the browser.
// A word is [x0, y0, x1, y1, text] in points of the upright page; `data-w` counts the words as the program does.
const FONT = 'px Arial, "Liberation Sans", sans-serif';
const canvas = document.createElement("canvas").getContext("2d");
canvas.font = `100${FONT}`;

export function drawLetters(face, page) {
  const layer = document.createElement("div");
  layer.className = "letters";
  let last = null;
  page.words.forEach((word, index) => {
    if (last && word[1] > last[1] + (last[3] - last[1]) * 0.6) layer.append(document.createElement("br"));
    const span = letters(word, page);
    span.dataset.w = index;
    layer.append(span);
    last = word;
  });
  for (const line of page.furniture ?? []) layer.append(document.createElement("br"), letters(line, page));
  face.append(layer);
}

function letters([x0, y0, x1, y1, text], page) {
  const span = document.createElement("span");
  const size = (y1 - y0) * 0.88;
  const natural = (canvas.measureText(text).width * size) / 100;
  span.textContent = `${text} `;
  span.style.left = `${(100 * x0) / page.width}%`;
  span.style.top = `${(100 * y0) / page.height}%`;
  span.style.fontSize = `calc(var(--k) * ${size.toFixed(2)}px)`;
  if (natural > 0) span.style.transform = `scaleX(${((x1 - x0) / natural).toFixed(3)})`;
  return span;
}

// A page of plain text: the text itself, with marks around what is cited.
export function drawPlain(face, page, stops, current) {
  const text = page.text ?? "";
  const edges = [...new Set([0, text.length, ...stops.flatMap((s) => [s.start, s.end])])].sort((a, b) => a - b);
  const shown = document.createElement("pre");
  shown.className = "plain-page";
  for (let i = 0; i + 1 < edges.length; i++) {
    const piece = text.slice(edges[i], edges[i + 1]);
    const over = stops.filter((s) => s.start <= edges[i] && edges[i + 1] <= s.end);
    if (!over.length) { shown.append(piece); continue; }
    const mark = document.createElement("mark");
    const top = over.includes(current) ? current : over[0];
    mark.className = `t-${top.tone}`;
    if (over.includes(current)) { mark.classList.add("current"); mark.dataset.current = ""; }
    mark.textContent = piece;
    shown.append(mark);
  }
  face.replaceChildren(shown);
}

// What is selected: {page, first, last, text} on a page with words, {page, start, end, text} on one of plain text.
export function selectedWords() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const element = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node);
  const sheet = element(range.startContainer).closest(".sheet");
  if (!sheet || !sheet.contains(range.endContainer)) return null;
  const page = Number(sheet.dataset.page);
  const plain = sheet.querySelector(".plain-page");
  if (plain) return plainSelection(plain, range, page);
  const words = [...sheet.querySelectorAll("[data-w]")].filter((span) => covers(range, span));
  if (!words.length) return null;
  const numbers = words.map((span) => Number(span.dataset.w));
  return { page, first: Math.min(...numbers), last: Math.max(...numbers), text: words.map((s) => s.textContent).join("").trim() };
}

function covers(range, span) {
  if (!range.intersectsNode(span)) return false;
  const text = span.firstChild;
  if (range.startContainer === text && range.startOffset >= text.length - 1) return false;
  return !(range.endContainer === text && range.endOffset === 0);
}

function plainSelection(plain, range, page) {
  const before = document.createRange();
  before.setStart(plain, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  const text = range.toString();
  return { page, start, end: start + text.length, text };
}
