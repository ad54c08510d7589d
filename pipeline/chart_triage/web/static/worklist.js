// The work list: filters as you type, changes of others as they happen. Rows that did not change are left alone, so
// that neither a choice nor the focus is lost.
(() => {
  const POLL = 5000, TYPING = 300;
  const filters = document.getElementById("filters"), bulk = document.getElementById("bulk");
  const headers = { "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf };
  const listed = () => document.getElementById("listed");
  const boxes = () => [...document.querySelectorAll("input[name=chart]")];
  let page = "1", asked = 0, typing = null;

  async function refresh(quiet) {
    const mine = ++asked, body = new FormData(filters);
    body.set("page", page);
    if (quiet) body.set("digest", listed().dataset.digest);
    let answer;
    try { answer = await fetch("/worklist/rows", { method: "POST", headers, body }); } catch { return; }
    if (answer.status === 401) { location.href = "/login"; return; }
    if (mine !== asked || answer.status !== 200) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("listed");
    if (fresh) show(fresh, quiet);
  }
  function show(fresh, quiet) {
    const focused = document.activeElement?.closest("tr")?.id, spot = focusSpot(), chosen = new Set(boxes().filter((b) => b.checked).map((b) => b.value));
    let changed = 0;
    for (const row of fresh.querySelectorAll("tbody tr")) {
      const old = document.getElementById(row.id);
      if (old && old.dataset.digest === row.dataset.digest) { row.replaceWith(old); continue; }
      changed += 1;
      if (quiet) row.classList.add("changed");
      row.querySelector("input[name=chart]").checked = chosen.has(row.id.slice("chart-".length));
    }
    listed().replaceWith(fresh);
    for (const count of document.querySelectorAll("[data-count]")) {
      count.textContent = fresh.getAttribute(`data-count-${count.dataset.count.replace("_", "-")}`);
    }
    if (focused && spot) document.getElementById(focused)?.querySelector(spot)?.focus();
    document.getElementById("live").textContent = quiet ? (changed ? `${changed} rows changed` : "") : `${fresh.dataset.total} charts`;
    choose();
  }
  function focusSpot() {  // which control of its row has the focus
    const at = document.activeElement;
    return ["input[name=chart]", "a", ".take", "button"].find((spot) => at?.matches?.(spot));
  }
  function choose() {
    const all = boxes(), count = all.filter((box) => box.checked).length;
    document.getElementById("chosen").textContent = count ? `${count} chosen` : "none chosen";
    document.getElementById("every").checked = count > 0 && count === all.length;
    for (const id of ["assign", "export-chosen", "results-chosen"]) {
      const button = document.getElementById(id);
      if (button) button.disabled = !count;
    }
  }

  filters.addEventListener("input", (event) => {
    if (event.target.name === "view_name") return;
    clearTimeout(typing);
    typing = setTimeout(() => { page = "1"; refresh(false); }, event.target.name === "q" ? TYPING : 0);
  });
  filters.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    page = event.submitter?.name === "page" ? event.submitter.value : "1";
    refresh(false);
  });
  bulk.addEventListener("submit", async (event) => {
    if (event.submitter?.hasAttribute("data-plain")) return;
    event.preventDefault();
    const answer = await fetch(bulk.action, { method: "POST", headers, body: new FormData(bulk, event.submitter), redirect: "manual" });
    if (answer.type !== "opaqueredirect" && !answer.ok) { document.getElementById("chosen").textContent = "That did not work. Load the page again."; return; }
    if (event.submitter?.name !== "take") for (const box of boxes()) box.checked = false;
    refresh(true);
  });
  addEventListener("change", (event) => {
    if (event.target.id === "every") for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.id === "every" || event.target.name === "chart") choose();
  });
  setInterval(() => { if (!document.hidden) refresh(true); }, POLL);
  choose();
})();
