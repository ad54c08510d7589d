// Find in the whole chart. The server looks, so that no page must be loaded for it.
export class Find {
  constructor(url, csrf, pages) {
    Object.assign(this, { url, csrf, pages, hits: [], at: -1 });
    this.bar = document.getElementById("find-bar");
    this.input = document.getElementById("find-words");
    this.count = document.getElementById("find-count");
    this.bar.addEventListener("submit", (event) => event.preventDefault());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); this.enter(event.shiftKey ? -1 : 1); }
      if (event.key === "Escape") this.close();
    });
    this.input.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.look(), 200); });
  }

  open() { this.bar.hidden = false; this.input.focus(); this.input.select(); }
  close() {
    this.bar.hidden = true;
    this.hits = [];
    this.at = -1;
    this.shown = undefined;
    this.pages.hits = [];
    this.pages.redraw();
    this.pages.pane.focus({ preventScroll: true });
  }

  async enter(step) {
    if (this.input.value !== this.shown) await this.look(); else this.step(step);
    if (this.hits.length) this.pages.pane.focus({ preventScroll: true });
  }

  async look() {
    clearTimeout(this.timer);
    const words = this.input.value;
    this.shown = words;
    const answer = await fetch(`${this.url}/find`, { method: "POST", body: new URLSearchParams({ q: words }), headers: { "X-CSRF-Token": this.csrf } }).catch(() => null);
    if (this.shown !== words) return;
    if (!answer?.ok) { this.count.textContent = "The search did not work. Try again."; return; }
    const found = await answer.json();
    this.more = found.more;
    this.words = words;
    this.hits = found.hits.map((hit, i) => ({ ...hit, tone: "hit", sign: "", number: `hit-${i}` }));
    this.pages.hits = this.hits;
    this.pages.redraw();
    this.at = -1;
    if (this.hits.length) this.step(1);
    else this.count.textContent = words.trim() ? "Not found in the words that were read" : "";
  }

  step(by) {
    if (!this.hits.length) return;
    this.at = (this.at + by + this.hits.length) % this.hits.length;
    this.count.textContent = `${this.at + 1} of ${this.more ? "more than " : ""}${this.hits.length}, page ${this.hits[this.at].page}`;
    this.pages.goToStop(this.hits[this.at]);
  }

  get chosen() { return this.bar.hidden || this.at < 0 ? null : { ...this.hits[this.at], text: this.words }; }
}
