"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const cites = [...document.querySelectorAll(".cite")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let current = null; // the passage that is shown
  let before = null; // the first passage of the criterion that a number key led to

  const scroll = (element, block) => element.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });

  function clear() {
    document.querySelectorAll(".on").forEach((element) => element.classList.remove("on"));
    cites.forEach((cite) => cite.removeAttribute("aria-current"));
  }

  // Passages folded away under "n more" are left out until they are unfolded.
  const stops = () => cites.filter((cite) => cite === current || !cite.closest("details.more:not([open])"));

  function select(cite) {
    if (!cite) return;
    clear();
    current = cite;
    before = null;
    for (let box = cite.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    cite.setAttribute("aria-current", "true");
    scroll(cite, "nearest");
    document.querySelectorAll(`.hl[data-c~="${cite.dataset.c}"]`).forEach((mark) => mark.classList.add("on"));
    const place = byId(`m${cite.dataset.c}-${cite.dataset.p}`) || byId(`p${cite.dataset.p}`);
    if (place) scroll(place, "center");
    const all = stops();
    byId("position").textContent = `Passage ${all.indexOf(cite) + 1} of ${all.length}`;
  }

  function step(by) {
    const all = stops();
    const at = before ? all.indexOf(before) - (by > 0 ? 1 : 0) : all.indexOf(current);
    select(at < 0 && by < 0 ? all.at(-1) : all[(at + by + all.length) % all.length]);
  }

  function show(element) {
    if (!element) return;
    if (element.tagName === "DETAILS") element.open = true;
    scroll(element, "start");
    const focus = element.matches("details") ? element.querySelector("summary") : element;
    focus.focus({ preventScroll: true });
    before = stops().find((cite) => element.contains(cite)) || null;
  }

  cites.forEach((cite) =>
    cite.addEventListener("click", (event) => {
      event.preventDefault();
      select(cite);
    }),
  );
  byId("pages").addEventListener("click", (event) => {
    const mark = event.target.closest("[data-c]");
    if (!mark) return;
    const number = mark.dataset.c.trim().split(" ")[0];
    select(cites.find((cite) => cite.dataset.c === number));
  });

  document.querySelector(".stepper").hidden = false;
  byId("position").textContent = stops().length === 1 ? "1 passage" : `${stops().length} passages`;
  byId("next").addEventListener("click", () => step(1));
  byId("previous").addEventListener("click", () => step(-1));
  byId("help").addEventListener("click", () => byId("keys").showModal());

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
    if (event.key === "Escape") {
      clear();
      current = before = null;
      return;
    }
    if (!byId("shortcuts").checked) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "s") show(byId("safety"));
    else if (event.key === "?") byId("keys").showModal();
    else if (/^[1-9]$/.test(event.key)) show(byId(`k${event.key}`));
    else return;
    event.preventDefault();
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((box) => (box.open = true));
  });
  addEventListener("afterprint", () => closed.forEach((box) => (box.open = false)));
})();
