// What the scripts share: their words, building and swapping parts of a page, and the keyboard map. It imports nothing,
// and is one file so that a page asks for one.

// What scripts say, in the language of the page (docs/translating.md). Without a table for it, English.
const { lang } = document.documentElement;
const table = JSON.parse(document.querySelector("template#words")?.content.textContent ?? "{}");

/** For dates and numbers. */
export const locale = !lang || lang === "en" ? "en-GB" : lang;

const fill = (sentence, values) => sentence.replace(/%(?:\((\w+)\)s|%)/g, (whole, name) => (name ? values[name] ?? whole : "%"));

export function _(sentence, values = {}) {
  return fill(table.texts?.[sentence]?.[0] ?? sentence, values);
}

/** `table.forms` says for 0 to 199 which plural form a number takes; beyond that the last two digits decide. */
export function _n(count, one, many, values = {}) {
  const said = table.texts?.[one] ?? [one, many];
  const form = table.forms ? table.forms[count < 200 ? count : 100 + (count % 100)] : Number(count !== 1);
  return fill(said[form] ?? said.at(-1), { count: count.toLocaleString(locale), ...values });
}

// Saying and building

export const find = (selector, root = document) => root.querySelector(selector);

/** The reader's own zone: the one of the profile, else the computer's. */
export const timeZone = document.body.dataset.zone || undefined;

/** Say something to people who listen rather than look. */
export function announce(text) {
  find("#status").textContent = text;
}

export function icon(name) {
  const template = document.createElement("template");
  template.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${document.body.dataset.icons}#${name}"></use></svg>`;
  return template.content;
}

/** Build an element: make("p", {className: "hint"}, "text", child). Text is never read as HTML. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function toast(text, tone = "") {
  const close = make("button", { type: "button", className: "button quiet", ariaLabel: _("Close") }, icon("x"));
  close.dataset.dismiss = "";
  const box = make("div", { className: `toast ${tone}` }, make("p", {}, text), close);
  box.dataset.toast = "";
  find("#toasts").append(box);
  if (tone !== "fail") setTimeout(() => box.remove(), 6000);
}

// Swapping

/** Replace a part of the page by the server's fragment, as htmx would. */
export function swapIn(target, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const [part, ...others] = template.content.children;
  if (!part) return;
  const before = target.contains(document.activeElement) ? document.activeElement : null;
  target.replaceWith(part);
  window.htmx?.process(part);
  others.forEach(replaceById);
  if (before?.id) document.getElementById(before.id)?.focus();
  settleFocus(before ? part : null);
  document.dispatchEvent(new Event("portal:swapped")); // last: a criterion folds when the focus is not in it
}

/** Replace parts by their ids, whatever asked for them; one that has the focus keeps it and is replaced another time. */
export function swapElsewhere(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const part of [...template.content.children]) {
    if (!document.getElementById(part.id)?.contains(document.activeElement)) replaceById(part);
  }
  document.dispatchEvent(new Event("portal:swapped"));
}

/** What changed elsewhere on the page came along, as it does with a request of htmx. */
function replaceById(part) {
  part.removeAttribute("hx-swap-oob");
  const there = part.id && document.getElementById(part.id);
  if (!there) return;
  there.replaceWith(part);
  window.htmx?.process(part);
}

// An error summary takes the focus; otherwise it stays where it was, or moves to the new part. Never to <body>.

function focusOn(element) {
  if (!element.matches("a[href], button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus();
}

/** Put the focus where the page wants it, else on `part` if it would be lost. */
export function settleFocus(part) {
  const wanted = find("[data-focus]");
  if (wanted) {
    wanted.removeAttribute("data-focus");
    focusOn(wanted);
  } else if (part && (document.activeElement === document.body || !document.activeElement)) {
    focusOn(find("h1, h2, h3, legend", part) ?? part);
  }
}

// The keyboard map. This one table makes the handler, the "?" dialog and aria-keyshortcuts; tests read it as well.
// A row: the keys, what they do, where, and how: a name of a [data-key-target] that is pressed or focused, or a function.

export const KEYS = [
  { keys: "?", does: _("Show these keys"), where: _("Everywhere"), run: () => openDialog() },
  { keys: "/", does: _("Search"), where: _("Everywhere"), target: "search" },
  { keys: "g q", does: _("Go to the queue"), where: _("Everywhere"), target: "queue" },
  { keys: "j", does: _("Next row or criterion"), where: _("Lists"), run: () => move(1), needs: "[data-item]" },
  { keys: "k", does: _("Row or criterion before"), where: _("Lists"), run: () => move(-1), needs: "[data-item]" },
  { keys: "n", does: _("Next work"), where: _("Review"), target: "next" },
  { keys: "Shift+N", does: _("Skip this work"), where: _("Review"), target: "skip" },
  ...[1, 2, 3, 4].map((level) => ({
    keys: String(level), does: _("Level %(number)s", { number: level }), where: _("Review"), run: () => choose(level), needs: "[data-level]",
  })),
  { keys: "c", does: _("Comment"), where: _("Review"), target: "comment" },
  { keys: "s", does: _("Saved comments"), where: _("Review"), target: "bank", run: () => bank() },
  { keys: "[", does: _("File before"), where: _("Review"), run: () => file(-1), needs: "[data-item=file]" },
  { keys: "]", does: _("Next file"), where: _("Review"), run: () => file(1), needs: "[data-item=file]" },
  { keys: "v", does: _("Seen"), where: _("Review"), target: "seen" },
  { keys: "f", does: _("Next finding"), where: _("Review"), run: () => finding(), needs: ".finding[id]" },
  { keys: "z", does: _("Take back what was decided"), where: _("Review"), target: "undo" },
  { keys: "d", does: _("Differences to the last version"), where: _("Review"), target: "diff" },
  { keys: "u", does: _("Back to the queue"), where: _("Review"), target: "back" },
  { keys: "a", does: _("Grant"), where: _("Applications"), target: "approve" },
  { keys: "q", does: _("Ask a question"), where: _("Applications"), target: "ask" },
  { keys: "x", does: _("Decline"), where: _("Applications"), target: "decline" },
  { keys: "Escape", does: _("Leave a field"), where: _("Everywhere"), run: () => leave(), always: true },
  { keys: "Control+Enter", does: _("Finish"), where: _("Everywhere"), target: "finish", always: true },
];

const isOff = () => document.body.dataset.keys === "off";
const typing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])");
const item = (kind = "") => document.activeElement.closest(kind ? `[data-item=${kind}]` : "[data-item]");
const items = (kind = "") => [...document.querySelectorAll(kind ? `[data-item=${kind}]` : "[data-item]:not([data-item=file])")];

function step(list, current, by) {
  const at = list.indexOf(current);
  return list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)];
}

function enter(element) {
  const found = ["[data-level]:checked", "[data-level]", "a[href], input, button"].map((each) => element.querySelector(each));
  const inside = found.find(Boolean) ?? element;
  if (inside === element) element.tabIndex = -1;
  inside.focus();
  element.scrollIntoView({ block: "nearest" });
}

const move = (by) => enter(step(items(), item(), by));

const fileInHand = () => item("file") ?? document.querySelector("[data-item=file][aria-current]");

function file(by) {
  const next = step(items("file"), fileInHand(), by);
  for (const one of items("file")) one.toggleAttribute("aria-current", one === next);
  next.querySelector("a[href]").focus();
  next.querySelector("a[href]").click();
}

function choose(level) {
  const criterion = item("criterion") ?? items("criterion").find((one) => !one.querySelector(":checked"));
  const radio = criterion?.querySelector(`[data-level="${level}"]`);
  radio?.focus();
  radio?.click();
}

/** Open the saved comments of the criterion in hand, and go to the first one as soon as it is there. */
function bank() {
  const summary = target("bank");
  const go = () => {
    const first = document.activeElement === summary && summary.parentElement.querySelector("[data-insert]");
    if (first) first.focus();
    if (first || document.activeElement !== summary) document.removeEventListener("htmx:after:swap", go);
  };
  summary.focus();
  summary.parentElement.open = true;
  document.addEventListener("htmx:after:swap", go);
  go();
}

/** Out of a field, to the row around it, so that the next key goes on from there. */
function leave() {
  const row = item();
  document.activeElement.blur();
  if (!row) return;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
}

let lastFinding = -1;
function finding() {
  const all = [...document.querySelectorAll(".finding[id]")].filter((one) => one.checkVisibility());
  lastFinding = (lastFinding + 1) % all.length;
  all[lastFinding].focus();
}

const reachable = (element) => typing(element) || element.checkVisibility();

/** The target inside the form being filled, else the row in hand, else anywhere on the page; only what can be seen. */
function target(name) {
  const row = item() ?? fileInHand();
  const form = document.activeElement.closest("form");
  const scopes = [row?.contains(form) ? form : null, row, document].filter(Boolean);
  for (const scope of scopes) {
    const found = [...scope.querySelectorAll(`[data-key-target=${name}]`)].find(reachable);
    if (found) return found;
  }
  return null;
}

/** A field in a closed fold cannot take the focus. */
function unfold(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

function press(name) {
  const element = target(name);
  if (!element) return false;
  if (typing(element)) unfold(element);
  element.focus();
  if (!typing(element)) element.click();
  return true;
}

const works = (row) => (row.needs ? document.querySelector(row.needs) : !row.target || target(row.target));

// Reading keys

function spelled(event) {
  const held = [event.ctrlKey || event.metaKey ? "Control" : "", event.altKey ? "Alt" : ""].filter(Boolean);
  const shifted = event.shiftKey && /^[A-Z]$/.test(event.key) ? ["Shift"] : [];
  return [...held, ...shifted, event.key].join("+");
}

let first = "";

function pressed(event) {
  const key = spelled(event);
  const pair = first ? `${first} ${key}` : key;
  first = "";
  const row = KEYS.find((one) => one.keys === pair) ?? KEYS.find((one) => one.keys === key);
  const blocked = isOff() || typing(event.target) || document.querySelector("dialog[open]");
  if (blocked && !(row?.always && !document.querySelector("dialog[open]"))) return;
  if (!row) {
    if (KEYS.some((one) => one.keys.startsWith(`${key} `))) first = key;
    return;
  }
  if (!works(row) || (row.keys === "Escape" && !typing(event.target))) return;
  event.preventDefault();
  if (row.run) row.run();
  else press(row.target);
}

// The dialog

const cap = (keys) => keys.replace("Control", _("Ctrl")).replace("Shift", _("Shift")).split(" ").flatMap((key) => [make("kbd", {}, key), " "]);

function list(title, rows) {
  const pairs = rows.flatMap((row) => [make("dt", {}, ...cap(row.keys)), make("dd", {}, row.does)]);
  return pairs.length ? [make("h3", {}, title), make("dl", { className: "keys" }, ...pairs)] : [];
}

function openDialog() {
  const dialog = document.getElementById("keys-dialog");
  const place = dialog.querySelector("[data-keys-list]");
  place.replaceChildren(...list(_("On this page"), KEYS.filter(works)), ...list(_("On other pages"), KEYS.filter((row) => !works(row))));
  dialog.querySelector("[name=keys]").checked = !isOff();
  dialog.showModal();
}

function switched({ target: box }) {
  if (!box.matches("#keys-dialog [name=keys]")) return;
  document.body.dataset.keys = box.checked ? "on" : "off";
  const url = box.closest("form").getAttribute("action");
  if (url) fetch(url, { method: "POST", body: new URLSearchParams({ keys: box.checked ? "on" : "off" }) });
}

export function startKeys() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("change", switched);
  document.addEventListener("click", ({ target: element }) => element.closest?.("[data-keys-dialog]") && openDialog());
  for (const { keys, target: name } of KEYS) {
    document.querySelectorAll(`[data-key-target=${name}]`).forEach((element) => element.setAttribute("aria-keyshortcuts", keys));
  }
}
