"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const cites = [...document.querySelectorAll(".cite")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let at = -1;

  const scroll = (element, block) => element.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });

  function clear() {
    document.querySelectorAll(".on").forEach((element) => element.classList.remove("on"));
    cites.forEach((cite) => cite.removeAttribute("aria-current"));
  }

  function select(index) {
    const cite = cites[index];
    if (!cite) return;
    clear();
    at = index;
    for (let box = cite.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    cite.setAttribute("aria-current", "true");
    scroll(cite, "nearest");
    document.querySelectorAll(`.hl[data-c~="${cite.dataset.c}"]`).forEach((mark) => mark.classList.add("on"));
    const place = document.querySelector(`#m${cite.dataset.c}-${cite.dataset.p}`) || byId(`p${cite.dataset.p}`);
    if (place) scroll(place, "center");
    byId("position").textContent = `Passage ${index + 1} of ${cites.length}`;
  }

  const step = (by) => select(at < 0 && by < 0 ? cites.length - 1 : (at + by + cites.length) % cites.length);

  function show(element) {
    if (!element) return;
    if (element.tagName === "DETAILS") element.open = true;
    scroll(element, "start");
    const focus = element.matches("details") ? element.querySelector("summary") : element;
    focus.focus({ preventScroll: true });
    const first = cites.findIndex((cite) => element.contains(cite));
    if (first >= 0) at = first - 1; // the next "j" goes on from here
  }

  cites.forEach((cite, index) =>
    cite.addEventListener("click", (event) => {
      event.preventDefault();
      select(index);
    }),
  );
  byId("pages").addEventListener("click", (event) => {
    const mark = event.target.closest("[data-c]");
    if (!mark) return;
    const number = mark.dataset.c.trim().split(" ")[0];
    select(cites.findIndex((cite) => cite.dataset.c === number));
  });

  document.querySelector(".stepper").hidden = false;
  byId("position").textContent = cites.length === 1 ? "1 passage" : `${cites.length} passages`;
  byId("next").addEventListener("click", () => step(1));
  byId("previous").addEventListener("click", () => step(-1));
  byId("help").addEventListener("click", () => byId("keys").showModal());

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
    if (event.key === "Escape") {
      clear();
      at = -1;
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
