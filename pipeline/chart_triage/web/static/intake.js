// The intake page: sends files one by one with their progress, asks where one is refused, and follows each until done.
(() => {
  const AT_ONCE = 3, POLL = 1000, ASKED_AT_ONCE = 100, BUSY = 10000;
  const JUNK = /^(\.|thumbs\.db$|desktop\.ini$)/i;
  const csrf = document.body.dataset.csrf;
  const $ = (id) => document.getElementById(id);
  const list = $("charts"), drop = $("drop"), request = $("request"), largest = Number(drop.dataset.largest);
  const queue = [];
  let sending = 0, polling = null;

  const tell = (row, says, share) => {
    row.querySelector(".says").textContent = says;
    if (share !== undefined) row.querySelector("progress").value = share;
  };
  const ask = (row, template) => {
    const place = row.querySelector(".ask");
    place.replaceChildren($(template).content.cloneNode(true));
    place.querySelector(".drop-it")?.addEventListener("click", () => { row.remove(); count(); });
    return place;
  };
  const count = () => {
    const rows = [...list.children];
    const of = (test) => rows.filter(test).length;
    const done = of((r) => r.classList.contains("done")), refused = of((r) => r.classList.contains("refused"));
    const parked = of((r) => r.dataset.state === "parked");
    const said = [`${done} of ${rows.length} done`];
    if (refused) said.push(`${refused} not taken`);
    if (parked) said.push(`${parked} parked`);
    $("summary").textContent = rows.length ? said.join(", ") : "";
    $("none").hidden = rows.length > 0;
  };

  // --- what is sent -----------------------------------------------------------------------------------------------
  const requestData = () => Object.fromEntries(
    [...new FormData(request)].filter(([, value]) => typeof value === "string" && value.trim()));
  const showApplies = () => {
    const said = Object.keys(requestData()).length, who = request.elements.member_name.value.trim();
    $("applies").hidden = !said;
    $("applies").textContent = `The files that you add next are for ${who || "the request described above"}.`;
  };

  function add(files) {
    const wanted = files.filter((file) => !JUNK.test(file.name));
    const data = requestData();
    for (const file of wanted) {
      const row = $("upload").content.firstElementChild.cloneNode(true);
      row.querySelector(".name").textContent = file.webkitRelativePath || file.name;
      row.querySelector("progress").setAttribute("aria-label", `Progress of ${file.name}`);
      list.prepend(row);
      if (file.size > largest) refuse(row, `Too large: at most ${Math.floor(largest / 1e6)} MB are taken. Split it into smaller files.`);
      else enqueue({ file, row, data, extra: {} });
    }
    if (wanted.length && !$("keep-request").checked) { request.reset(); showApplies(); }
    count();
  }
  function enqueue(item) {
    item.row.classList.remove("refused");
    item.row.querySelector(".ask").replaceChildren();
    tell(item.row, "Waiting to be sent", 0);
    queue.push(item);
    next();
  }
  function next() {
    while (sending < AT_ONCE && queue.length) { sending += 1; send(queue.shift()); }
  }
  function send(item) {
    const { file, row, data, extra } = item, form = new FormData(), xhr = new XMLHttpRequest();
    for (const [name, value] of Object.entries({ ...data, ...extra })) form.append(name, value);
    form.append("file", file, file.name);
    xhr.open("POST", "/intake/uploads");
    xhr.setRequestHeader("X-CSRF-Token", csrf);
    xhr.responseType = "json";
    xhr.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) tell(row, `Sending, ${Math.floor(100 * event.loaded / event.total)} %`, event.loaded / event.total);
    });
    xhr.upload.addEventListener("load", () => tell(row, "Looking at the file"));
    xhr.addEventListener("loadend", () => { sending -= 1; answered(item, xhr.status, xhr.response || {}); next(); count(); });
    xhr.send(form);
  }
  function answered(item, status, said) {
    const { row, extra } = item;
    item.extra = {};
    if (status === 201) {
      row.dataset.chart = said.chart;
      row.dataset.state = "waiting";
      tell(row, "Waiting for its turn", 0);
      poll();
    } else if (said.kind === "encrypted") {
      refuse(row, said.detail);
      const form = ask(row, "ask-password").querySelector("form");
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        enqueue({ ...item, extra: { password: form.elements.password.value } });
      });
      form.elements.password.focus();
    } else if (said.kind === "duplicate") {
      refuse(row, said.detail);
      const place = ask(row, "ask-duplicate");
      for (const chart of said.charts) {
        const line = document.createElement("li");
        line.textContent = `came ${chart.came}, ${chart.state.toLowerCase()}`;
        place.querySelector(".before").append(line);
      }
      place.querySelector(".keep").addEventListener("click", () => enqueue({ ...item, extra: { keep: "yes" } }));
    } else if (status === 401) {
      refuse(row, "You are signed out. Sign in again, then send it again.");
      askRetry(item);
    } else if (said.kind === "busy") {
      tell(row, "Waiting: other files are still being looked at", 0);
      setTimeout(() => enqueue({ ...item, extra }), BUSY);
    } else if (said.kind || status === 413) {
      refuse(row, said.detail || "Too large. Split it into smaller files.");
    } else {
      refuse(row, typeof said.detail === "string" ? said.detail : "It could not be sent. Check the connection and send it again.");
      askRetry(item);
    }
  }
  function askRetry(item) {
    ask(item.row, "ask-retry").querySelector(".again").addEventListener("click", () => enqueue(item));
  }
  function refuse(row, why) {
    row.classList.add("refused");
    tell(row, why);
  }

  // --- what becomes of it -----------------------------------------------------------------------------------------
  const open = () => [...list.querySelectorAll("[data-chart]")].filter((row) => !row.dataset.over);
  function poll() {
    if (polling === null && open().length) polling = setTimeout(look, 150);
  }
  async function look() {
    const rows = open().slice(-ASKED_AT_ONCE);
    const query = new URLSearchParams(rows.map((row) => ["chart", row.dataset.chart]));
    try {
      const answer = await fetch(`/intake/progress?${query}`, { headers: { "HX-Request": "true" } });
      if (answer.status === 401) { location.href = "/login"; return; }
      if (answer.ok) for (const told of await answer.json()) follow(rows.find((row) => row.dataset.chart === told.id), told);
    } catch { /* the connection is away for a moment: asked again below */ }
    count();
    polling = open().length ? setTimeout(look, POLL) : null;
  }
  function follow(row, told) {
    if (!row) return;
    row.dataset.state = told.state;
    tell(row, told.says, told.share);
    if (!told.over) return;
    row.dataset.over = "yes";
    row.classList.add("done");
    if (told.state === "parked") button(row, "Try again", () => tryAgain(row)); else card(row);
  }
  async function card(row) {
    const answer = await fetch(`/charts/${row.dataset.chart}/readiness`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    row.querySelector(".result").replaceChildren(...page.body.children);
  }
  async function tryAgain(row) {
    await fetch(`/charts/${row.dataset.chart}/again`, { method: "POST", headers: { "X-CSRF-Token": csrf }, redirect: "manual" });
    row.querySelector(".result").replaceChildren();
    delete row.dataset.over;
    row.classList.remove("done");
    poll();
  }
  function button(row, words, act) {
    const made = document.createElement("button");
    made.textContent = words;
    made.addEventListener("click", act);
    row.querySelector(".result").replaceChildren(made);
  }
  function settle(row) {  // a chart that was over when the page came
    row.dataset.over = "yes";
    row.classList.add("done");
    if (row.dataset.state === "parked") button(row, "Try again", () => tryAgain(row));
    else button(row, "Readiness", () => card(row));
  }

  // --- how files come in ------------------------------------------------------------------------------------------
  async function filesOf(entry) {
    if (entry.isFile) return [await new Promise((good, bad) => entry.file(good, bad))];
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((good, bad) => reader.readEntries(good, bad));
      if (!some.length) break;
      for (const inner of some) found.push(...await filesOf(inner));
    }
    return found;
  }
  for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) { add([...event.dataTransfer.files]); return; }
    const found = await Promise.all(entries.map(filesOf));
    add(found.flat());
  });
  for (const [button, input] of [["choose-files", "files"], ["choose-folder", "folder"]]) {
    $(button).addEventListener("click", () => $(input).click());
    $(input).addEventListener("change", () => { const chosen = [...$(input).files]; add(chosen); $(input).value = ""; });
  }
  request.addEventListener("input", showApplies);
  request.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => { if (sending || queue.length) event.preventDefault(); });
  for (const row of list.children) if (["ready", "signed_off", "parked"].includes(row.dataset.state)) settle(row);
  count();
  poll();
})();
