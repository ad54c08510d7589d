// The rows beside the pages: which one is current, and sending what the reviewer does. Steps go out one after the other.
const POLL = 700; // milliseconds between looks while the chart is assessed again

export class Panel {
  constructor(root, side, url, csrf) {
    Object.assign(this, { root, side, url, csrf, row: null, deciding: new Set(), onNewMarks: async () => {} });
    this.saved = document.getElementById("saved");
    this.queue = Promise.resolve();
  }

  get panel() { return document.getElementById("panel"); }
  get made() { return this.panel.dataset.made; }
  get rows() { return [...this.side.querySelectorAll(".row")]; }
  rowElement(id = this.row) { return id && document.getElementById(`row-${id}`); }
  get key() { return this.rowElement()?.dataset.key; }
  get kind() { return this.rowElement()?.dataset.kind; }
  get busy() { return ["waiting", "processing"].includes(this.panel.dataset.state); }

  choose(id, stop = null) {
    this.row = id;
    for (const row of this.rows) row.classList.toggle("current", row.dataset.row === id);
    for (const cite of this.side.querySelectorAll(".cite")) {
      const on = stop !== null && Number(cite.dataset.stop) === stop;
      cite.classList.toggle("current", on);
      if (on) cite.setAttribute("aria-current", "true"); else cite.removeAttribute("aria-current");
    }
    const shown = this.side.querySelector(".cite.current") ?? this.rowElement()?.querySelector(".head");
    this.intoView(this.rowElement()?.querySelector(".head"));
    this.intoView(shown);
  }

  // Scrolls the side alone, never the page around it.
  intoView(element) {
    if (!element) return;
    const side = this.side.getBoundingClientRect(), box = element.getBoundingClientRect();
    if (box.top < side.top + 8) this.side.scrollTop += box.top - side.top - 8;
    else if (box.bottom > side.bottom - 40) this.side.scrollTop += box.bottom - side.bottom + 40;
  }

  // Sends one step; true when it was kept. `row` is the one that it decides.
  act(fields, row = null) {
    if (row) this.deciding.add(row);
    const sent = this.queue.then(() => this.send(fields)).finally(() => this.deciding.delete(row));
    this.queue = sent.catch(() => false);
    return sent;
  }

  async send(fields) {
    this.saved.textContent = "Saving…";
    const body = new URLSearchParams({ seen: this.panel.dataset.version, ...fields });
    let answer;
    try {
      answer = await fetch(`${this.url}/review`, { method: "POST", body, headers: { "X-CSRF-Token": this.csrf } });
    } catch {
      return this.failed("Not saved: the server does not answer. Your step is not lost to anybody else; repeat it when it does.");
    }
    if (answer.url.endsWith("/login")) { location.assign("/login"); return false; }
    const text = await answer.text();
    if (!text.includes('id="panel"')) return this.failed(`Not saved: ${this.told(text)}`);
    await this.replace(text);
    this.saved.textContent = answer.ok ? `Saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : "Not saved";
    return answer.ok;
  }

  told(text) {
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[role=alert]");
    return found?.textContent.trim() || "the server refused it.";
  }

  failed(words) {
    document.getElementById("problem")?.remove();
    const problem = document.createElement("p");
    problem.id = "problem";
    problem.className = "problem";
    problem.setAttribute("role", "alert");
    problem.textContent = words;
    this.panel.prepend(problem);
    this.side.scrollTop = 0;
    this.saved.textContent = "Not saved";
    return false;
  }

  async replace(text) {
    const made = this.made, top = this.side.scrollTop;
    const hadFocus = this.side.contains(document.activeElement);
    const stop = this.side.querySelector(".cite.current")?.dataset.stop;
    const draft = this.draft();
    this.side.innerHTML = text;
    this.side.scrollTop = top;
    this.restore(draft);
    if (this.made !== made) await this.onNewMarks();
    if (this.row) this.choose(this.row, stop === undefined ? null : Number(stop));
    if (hadFocus) this.rowElement()?.querySelector(".pick").focus({ preventScroll: true });
    if (document.getElementById("problem")) this.side.scrollTop = 0;
    if (this.busy) setTimeout(() => this.refresh(), POLL);
  }

  async refresh() {
    try {
      const answer = await fetch(`${this.url}/review/panel`);
      if (answer.ok) await this.replace(await answer.text());
    } catch { setTimeout(() => this.refresh(), POLL * 4); }
  }

  // What is written in the sign-off form stays when the rows around it are renewed.
  draft() {
    const form = document.getElementById("sign-off");
    return form ? Object.fromEntries(new FormData(form)) : {};
  }
  restore(draft) {
    const form = document.getElementById("sign-off");
    if (!form) return;
    for (const [name, value] of Object.entries(draft)) {
      const field = form.elements[name];
      if (field) field.value = value;
    }
  }

  // The next row with something to look at and no decision, after the current one.
  nextOpen() {
    const rows = this.rows, at = rows.findIndex((row) => row.dataset.row === this.row);
    const open = (row) => row.matches(".spoken:not(.decided)") && row.dataset.kind !== "other" && !this.deciding.has(row.dataset.row);
    return [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find(open)?.dataset.row ?? null;
  }
  neighbour(step) {
    const rows = this.rows.filter((row) => row.offsetParent), at = rows.findIndex((row) => row.dataset.row === this.row);
    return rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.dataset.row ?? null;
  }
}
