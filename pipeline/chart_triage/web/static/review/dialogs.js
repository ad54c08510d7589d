// Dialogs that ask for a reason, a status or words. In a list of choices a digit chooses.
let keysOff = false;

function open(id, of) {
  const dialog = document.getElementById(id);
  const form = dialog.querySelector("form");
  form.reset();
  const about = dialog.querySelector(".of");
  if (about) about.textContent = of;
  for (const chosen of dialog.querySelectorAll(".choices .chosen")) chosen.classList.remove("chosen");
  dialog.showModal();
  return { dialog, form };
}

// Resolves with the value of the button that closed the dialog, or with what `onChoice` made of a choice.
function answered(dialog, onChoice) {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const done = (value) => { controller.abort(); if (dialog.open) dialog.close(); resolve(value); };
    const choose = (button) => {
      const value = onChoice?.(button.closest(".choices").dataset.choices, button.dataset.value, button);
      if (value !== undefined) done(value);
    };
    dialog.addEventListener("click", (event) => {
      const button = event.target.closest(".choices button");
      if (button) choose(button);
    }, { signal: controller.signal });
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); return done("save"); }
      if (event.target.matches("input, textarea") || !/^[1-9]$/.test(event.key)) return;
      const visible = [...dialog.querySelectorAll(".choices button")].filter((button) => button.offsetParent);
      const button = visible[Number(event.key) - 1];
      if (button) { event.preventDefault(); choose(button); }
    }, { signal: controller.signal });
    dialog.addEventListener("close", () => done(dialog.returnValue || "cancel"), { signal: controller.signal });
    dialog.returnValue = "cancel";
  });
}

function focusFirst(dialog) {
  [...dialog.querySelectorAll(".choices button")].find((button) => button.offsetParent)?.focus();
}

export async function askReject(of) {
  const { dialog, form } = open("reject-dialog", of);
  focusFirst(dialog);
  const answer = await answered(dialog, (_, value) => ({ reason: value }));
  return typeof answer === "object" ? answer : answer === "save" ? { reason: form.elements.reason.value } : null;
}

export async function askOverride(of, kind) {
  const { dialog, form } = open("override-dialog", of);
  const [first, second] = dialog.querySelectorAll("[data-step]");
  let status = "";
  second.hidden = true;
  first.hidden = false;
  for (const list of first.querySelectorAll(".choices")) list.hidden = list.dataset.kind !== kind;
  focusFirst(dialog);
  const answer = await answered(dialog, (what, value, button) => {
    if (what === "reason") return { status, reason: value };
    status = value;
    button.classList.add("chosen");
    dialog.querySelector(".of").textContent = `${of}: ${button.lastChild.textContent.trim()}`;
    first.hidden = true;
    second.hidden = false;
    focusFirst(dialog);
    return undefined;
  });
  return typeof answer === "object" ? answer : answer === "save" ? { status, reason: form.elements.reason.value } : null;
}

export async function askNote(of) {
  const { dialog, form } = open("note-dialog", of);
  form.elements.text.focus();
  return (await answered(dialog)) === "save" ? { text: form.elements.text.value } : null;
}

export async function askEvidence(chosen, key) {
  const { dialog, form } = open("evidence-dialog", "");
  dialog.querySelector(".chosen").textContent = chosen.text;
  if (key && [...form.elements.criterion.options].some((option) => option.value === key)) form.elements.criterion.value = key;
  focusFirst(dialog);
  const answer = await answered(dialog, (_, value) => ({ side: value }));
  return typeof answer === "object" ? { ...answer, criterion: form.elements.criterion.value } : null;
}

export async function askPage(number) {
  const { dialog, form } = open("page-dialog", number);
  const answer = await answered(dialog);
  return answer === "cancel" || answer === "save" ? null : { kind: answer, page: number, reason: form.elements.reason.value };
}

export async function askCompare(left, right) {
  const { dialog, form } = open("compare-dialog", "");
  form.elements.left.value = left;
  form.elements.right.value = right;
  form.elements.right.select();
  const answer = await answered(dialog);
  return answer === "save" ? [Number(form.elements.left.value), Number(form.elements.right.value)] : null;
}

export function showHelp() {
  const { dialog } = open("help-dialog", "");
  const box = document.getElementById("keys-on");
  box.checked = keysAreOn();
  box.onchange = () => { keysOff = !box.checked; localStorage.setItem("single-keys", box.checked ? "on" : "off"); };
  return answered(dialog);
}

export function keysAreOn() {
  return !keysOff && localStorage.getItem("single-keys") !== "off";
}
