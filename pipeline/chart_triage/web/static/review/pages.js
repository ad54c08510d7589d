// The pages of a chart: only those near the one on view are loaded; the others are empty sheets of the right size.
import { drawLetters, drawPlain } from "./letters.js";
import { drawMarks } from "./marks.js";

const NEAR = 2; // pages on each side that are loaded ahead
const KEPT = 8; // pages further away than this are emptied again
const PAD = 24;
const ZOOMS = ["Width", "Page", "Large"];

export class Pages {
  constructor(root, pane, url, images) {
    Object.assign(this, { root, pane, url, images, zoom: "Width", scale: 1, turned: {}, compared: null, spread: false, onPage: () => {}, onViews: () => {} });
    this.sheets = [...pane.querySelectorAll(".sheet")];
    this.stops = [];
    this.current = 1;
    pane.addEventListener("scroll", () => { this.frame ??= requestAnimationFrame(() => { this.frame = null; this.look(); }); });
    new ResizeObserver(() => this.layOut()).observe(pane);
  }

  show(drawn) {
    this.sizes = drawn.pages;
    this.stops = drawn.stops;
    for (const page of drawn.pages) this.sheet(page.number).classList.toggle("left-out", page.left_out);
    this.layOut();
    this.redraw();
    this.look();
  }

  sheet(number) { return this.sheets[number - 1]; }
  get count() { return this.sheets.length; }
  get two() { return this.pane.classList.contains("two"); }

  // Sizes of all sheets in pixels. `--k`: pixels for one point, by which the letters grow with the page.
  layOut() {
    if (!this.sizes) return;
    const columns = this.two ? 2 : 1;
    const width = (this.pane.clientWidth - PAD - 12 * (columns - 1)) / columns;
    const height = this.pane.clientHeight - PAD;
    const top = this.anchor();
    for (const { number, width: w, height: h } of this.sizes) {
      const turn = this.turned[number] ?? 0;
      const [across, down] = turn % 180 ? [h, w] : [w, h];
      const fit = this.zoom === "Page" ? Math.min(width / across, height / down) : width / across;
      const k = fit * this.scale * (this.zoom === "Large" ? 1.7 : 1);
      const sheet = this.sheet(number);
      if (this.images) {
        sheet.style.width = `${across * k}px`;
        sheet.style.height = `${down * k}px`;
      } else sheet.style.width = `${Math.min(width, 900)}px`;
      sheet.style.setProperty("--k", k);
      sheet.dataset.k = k;
      this.turnFace(sheet, turn, w * k, h * k);
    }
    this.restore(top);
  }

  turnFace(sheet, turn, w, h) {
    const face = sheet.querySelector(".face");
    if (!face || !this.images) return;
    face.style.width = `${w}px`;
    face.style.height = `${h}px`;
    const moved = { 0: "", 90: `translate(${h}px, 0)`, 180: `translate(${w}px, ${h}px)`, 270: `translate(0, ${w}px)` }[turn];
    face.style.transform = `${moved} rotate(${turn}deg)`;
  }

  anchor() {
    const sheet = this.sheet(this.current);
    return { number: this.current, share: sheet.offsetHeight ? (this.pane.scrollTop - sheet.offsetTop + this.pane.offsetTop) / sheet.offsetHeight : 0 };
  }
  restore({ number, share }) {
    const sheet = this.sheet(number);
    this.pane.scrollTop = sheet.offsetTop - this.pane.offsetTop + share * sheet.offsetHeight;
  }

  // Which page is on view; loads what is near and empties what is far.
  look() {
    if (!this.sizes) return;
    const line = this.pane.scrollTop + this.pane.clientHeight * 0.4 + this.pane.offsetTop;
    const shown = this.compared ?? this.sizes.map((page) => page.number);
    const number = shown.find((n) => { const s = this.sheet(n); return s.offsetTop + s.offsetHeight > line; }) ?? shown.at(-1);
    if (!(this.two && Math.abs(number - this.current) === 1 && this.sheet(number).offsetTop === this.sheet(this.current).offsetTop)) this.setCurrent(number);
    this.loadNear();
  }
  setCurrent(number) {
    if (number !== this.current) this.sheet(this.current).classList.remove("current");
    this.current = number;
    this.sheet(number).classList.add("current");
    this.onPage(number);
  }
  loadNear() {
    const from = this.compared ?? Array.from({ length: 2 * NEAR + 1 }, (_, i) => this.current - NEAR + i);
    const bottom = this.pane.scrollTop + this.pane.clientHeight + this.pane.offsetTop;
    const wanted = new Set(from.filter((n) => n >= 1 && n <= this.count));
    for (let n = this.current; n <= this.count && this.sheet(n).offsetTop < bottom && wanted.size < 30; n++) wanted.add(n);
    for (const n of wanted) this.load(n);
    for (const sheet of this.sheets) {
      const n = Number(sheet.dataset.page);
      if (sheet.firstChild && !wanted.has(n) && Math.abs(n - this.current) > KEPT) { sheet.replaceChildren(); delete sheet.dataset.loaded; }
    }
  }

  async load(number) {
    const sheet = this.sheet(number);
    if (sheet.firstChild) return;
    const face = document.createElement("div");
    face.className = this.images ? "face" : "face-plain";
    sheet.append(face);
    const { width: w, height: h } = this.sizes[number - 1];
    const k = Number(sheet.dataset.k);
    this.turnFace(sheet, this.turned[number] ?? 0, w * k, h * k);
    try {
      const words = fetch(`${this.url}/pages/${number}/words`).then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.json(); });
      if (this.images) {
        const image = new Image();
        image.alt = "";
        image.decoding = "async";
        image.src = `${this.url}/pages/${number}/image`;
        face.append(image);
        this.draw(number);
        face.picture = image.decode();
        await face.picture;
        sheet.dataset.loaded = "image";
      }
      const page = await words;
      if (!face.isConnected) return;
      if (this.images) drawLetters(face, page); else face.page = page;
      this.draw(number);
      sheet.dataset.loaded = "all";
    } catch {
      if (!face.isConnected) return;
      const told = document.createElement("p");
      told.className = "failed";
      told.textContent = "This page did not load. Turn away and back to try again.";
      sheet.replaceChildren(told);
    }
  }

  // Resolves when the picture of a page that is being loaded can be seen, or cannot be had.
  async seen(number) { await this.sheet(number).querySelector(".face")?.picture?.catch(() => {}); }

  redraw() { for (const sheet of this.sheets) if (sheet.firstChild) this.draw(Number(sheet.dataset.page)); }
  draw(number) {
    const face = this.sheet(number).querySelector(".face, .face-plain");
    if (!face) return;
    const stops = [...this.stops.filter((s) => s.page === number), ...(this.hits ?? []).filter((s) => s.page === number)];
    if (this.images) drawMarks(face, this.sizes[number - 1], stops, this.stop);
    else if (face.page) drawPlain(face, face.page, stops, this.stop);
  }

  // Bring a stop into view; its page is loaded if it is not.
  goToStop(stop) {
    const before = this.stop;
    this.stop = stop;
    if (this.compared && !this.compared.includes(stop.page)) this.compare(null);
    if (before && before.page !== stop.page) this.draw(before.page);
    this.load(stop.page).then(() => { if (!this.images && this.stop === stop) this.reveal(stop); });
    this.draw(stop.page);
    this.reveal(stop);
  }
  reveal(stop) {
    const sheet = this.sheet(stop.page);
    const mark = sheet.querySelector("[data-current]");
    this.setCurrent(stop.page);
    if (mark) {
      const pane = this.pane.getBoundingClientRect();
      const box = mark.getBoundingClientRect();
      if (box.top < pane.top + 40 || box.bottom > pane.bottom - 40) this.pane.scrollTop += box.top - pane.top - pane.height * 0.35;
      if (box.left < pane.left || box.right > pane.right) this.pane.scrollLeft += box.left - pane.left - pane.width * 0.3;
    } else this.pane.scrollTop = sheet.offsetTop - this.pane.offsetTop - 12;
    this.loadNear();
  }

  goToPage(number) {
    if (!(number >= 1 && number <= this.count)) return;
    if (this.compared && !this.compared.includes(number)) this.compare(null);
    this.setCurrent(number);
    this.pane.scrollTop = this.sheet(number).offsetTop - this.pane.offsetTop - 12;
    this.loadNear();
  }
  // Between two pages that are compared, back and forth.
  turnPage(step) {
    if (this.compared) this.goToPage(this.compared[step > 0 ? 1 : 0]);
    else this.goToPage(this.current + step * (this.two ? 2 : 1));
  }

  cycleZoom() { this.zoom = ZOOMS[(ZOOMS.indexOf(this.zoom) + 1) % ZOOMS.length]; this.scale = 1; this.layOut(); if (this.stop?.page === this.current) this.reveal(this.stop); this.loadNear(); return this.zoom; }
  zoomBy(factor) { this.scale = Math.min(4, Math.max(0.3, this.scale * factor)); this.layOut(); this.loadNear(); }
  rotate() { this.turned[this.current] = ((this.turned[this.current] ?? 0) + 90) % 360; this.layOut(); }
  twoPages() {
    this.spread = this.compared ? true : !this.spread;
    this.compare(null);
    this.pane.classList.toggle("two", this.spread);
    this.layOut();
    this.goToPage(this.current);
    this.onViews();
  }

  // Two pages alone, side by side; null ends it, and two pages in a row are what they were before.
  compare(pair) {
    if (!pair && !this.compared) return;
    this.compared = pair;
    this.pane.classList.toggle("two", Boolean(pair) || this.spread);
    this.pane.classList.toggle("compared", Boolean(pair));
    for (const sheet of this.sheets) {
      sheet.hidden = Boolean(pair) && !pair.includes(Number(sheet.dataset.page));
      sheet.style.order = pair && Number(sheet.dataset.page) === pair[1] ? "1" : "";
    }
    if (pair) this.setCurrent(pair[0]);
    this.layOut();
    this.goToPage(this.current);
    this.onViews();
  }
}
