// The small things every page needs. Pages work without this file; it loads what a page asks for and no more.
import { _, _n, announce, find, locale, make, settleFocus, startKeys, swapIn, timeZone, toast } from "./js/shared.js";

// The focus stays where it was when htmx swaps, or moves to the new part.

const held = new WeakMap(); // request -> the element that had the focus when it began

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => held.set(ctx, document.activeElement));

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const part = (ctx.target?.id && document.getElementById(ctx.target.id)) || ctx.target;
  const before = held.get(ctx);
  const wasHere = before && before !== document.body && !before.isConnected; // else it is where the reader put it
  const again = wasHere && before.id ? document.getElementById(before.id) : null;
  if (again && document.activeElement === document.body && !find("[data-focus]")) again.focus();
  settleFocus(wasHere && part?.isConnected ? part : null);
  prepare();
});

// Failures: the page stays as it is and a toast says what happened.

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status < 500 || ctx.text.includes("data-toast")) return;
  const number = ctx.response.headers.get("X-Request-Id");
  ctx.text = ""; // a load balancer's page is not a fragment
  ctx.swap = "none";
  const said = number
    ? _("That did not work; the fault is on our side. Nothing on this page was lost. Request %(number)s.", { number })
    : _("That did not work; the fault is on our side. Nothing on this page was lost.");
  toast(said, "fail");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement?.hasAttribute("data-poll")) return;
  toast(_("The portal could not be reached. Nothing on this page was lost; try again when the connection is back."), "fail");
});

// A plain form is not sent into a broken connection: the browser's own page would take the place of what was typed.
document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.defaultPrevented || event.target.method !== "post") return;
  event.preventDefault();
  toast(_("Not sent – %(reason)s. What you typed is still here; press the button again later.", { reason: _("offline") }), "fail");
});

// Polling waits while nobody looks, and goes on when the tab is shown again.

const paused = new Set();

document.addEventListener("htmx:before:request", (event) => {
  const element = event.detail.ctx.sourceElement;
  if (!document.hidden || !element.hasAttribute("data-poll")) return;
  event.preventDefault();
  paused.add(element);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of paused) if (element.isConnected) window.htmx.trigger(element, "resume");
  paused.clear();
});

// Character counters: people may type past the limit and see by how much.

const characters = (text) => [...text].length;

function count(area) {
  const { shortest, longest } = area.dataset;
  const length = characters(area.value.trim());
  const counter = document.getElementById(`${area.id}-count`);
  const over = length - Number(longest);
  const short = Number(shortest) - length;
  counter.dataset.rule ??= counter.textContent.trim();
  counter.classList.toggle("over", over > 0);
  if (over > 0) counter.textContent = _n(over, "%(count)s character too many", "%(count)s characters too many");
  else if (length && short > 0) counter.textContent = _n(short, "%(count)s more character needed", "%(count)s more characters needed");
  else counter.textContent = length ? _n(-over, "%(count)s character left", "%(count)s characters left") : counter.dataset.rule;
}

let saying;
document.addEventListener("input", ({ target }) => {
  if (!target.matches("textarea[data-longest]")) return;
  count(target);
  clearTimeout(saying);
  saying = setTimeout(() => announce(document.getElementById(`${target.id}-count`).textContent), 1000);
});

addEventListener("pageshow", () => document.querySelectorAll("textarea[data-longest]").forEach(count)); // coming back puts in what was typed

// Times in the reader's own zone: the one of the profile, else the computer's. The server's text stays as the title.

const here = new Intl.DateTimeFormat(locale, {
  timeZone,
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

function localise(time) {
  time.title = time.textContent.trim();
  time.textContent = here.format(new Date(time.dateTime));
  time.removeAttribute("data-local");
}

// A rated criterion folds when the focus has left it, but never under a pressed pointer: the click would miss.

let pointing = false;

function fold() {
  if (pointing) return;
  for (const criterion of document.querySelectorAll(".criterion")) {
    const isDone = !("open" in criterion.dataset) && Boolean(find(":checked", criterion)) && !find("[aria-invalid]", criterion) && !criterion.contains(document.activeElement);
    criterion.classList.toggle("folded", isDone);
    criterion.classList.toggle("wordless", !find("textarea", criterion)?.value);
  }
}

document.addEventListener("click", ({ target }) => {
  const criterion = target.closest(".criterion.folded:not(:has(:disabled))");
  if (criterion && !target.closest("a, textarea")) find(":checked", criterion).focus();
});

document.addEventListener("focusin", fold);
document.addEventListener("pointerdown", () => { pointing = true; });
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => { pointing = false; setTimeout(fold); });
}

// Buttons that only this script serves.

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy], [data-opens], [data-dismiss]");
  if (!button) return;
  if ("opens" in button.dataset) document.getElementById(button.dataset.opens)?.showModal();
  if ("dismiss" in button.dataset) button.closest("[data-toast]").remove();
  if ("copy" in button.dataset) {
    const copied = await navigator.clipboard?.writeText(button.dataset.copy).then(() => true, () => false);
    if (copied) toast(_("Copied."));
    else toast(_("The browser did not let the portal copy it. Select the text and copy it yourself."), "fail");
  }
});

// The desk: a line's number opens a box below it, a saved comment goes into its criterion, and what was typed at a line
// is kept in this browser until it has been sent.

document.addEventListener("click", async (event) => {
  const pressed = event.target.closest?.("[data-says] .line-number a, [data-insert], [data-bank]");
  if (!pressed) return;
  if (pressed.closest("[data-says]")) return void sayAt(pressed);
  event.preventDefault();
  const area = document.getElementById(pressed.dataset.insert ?? pressed.dataset.keep ?? "");
  if (pressed.dataset.insert) insert(area, pressed.textContent);
  const body = new URLSearchParams(pressed.dataset.keep ? { body: area.value } : {});
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
  const answer = await fetch(pressed.formAction, { method: "POST", body, headers }).catch(() => null);
  if (!answer || answer.status >= 500) return toast(_("That did not reach the portal. Nothing on this page was lost."), "fail");
  if (answer.status !== 204) swapIn(document.getElementById(pressed.dataset.bank), await answer.text());
});

function insert(area, words) {
  area.value = [area.value.trim(), words].filter(Boolean).join("\n");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Where what is said at the line with this number is asked for. */
const saysAt = (link) => `${link.closest("[data-says]").dataset.says}?line=${link.textContent}`;

function sayAt(link) {
  const row = link.closest("tr");
  const id = row.id.replace("file-", "said-").replace("-L", "-");
  if (!document.getElementById(id)) {
    const cell = make("td", {}, make("div", { id }));
    row.after(make("tr", { className: "said-row" }, make("td"), cell));
  }
  return window.htmx.ajax("GET", saysAt(link), { target: `#${id}`, swap: "outerHTML" });
}

document.addEventListener("input", ({ target }) => {
  if (target.dataset?.kept) localStorage.setItem(`line:${target.dataset.kept}`, JSON.stringify({ at: Date.now(), words: target.value }));
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const area = ctx.sourceElement.querySelector?.("[data-kept]");
  if (area && ctx.response.status < 300) localStorage.removeItem(`line:${area.dataset.kept}`);
});

/** Put back what was typed at a line and did not reach the portal. */
function restoreLines() {
  for (const area of document.querySelectorAll("[data-kept]")) {
    area.value ||= keptIn(`line:${area.dataset.kept}`)?.words ?? "";
  }
  const kept = Object.keys(localStorage).some((key) => key.startsWith("line:"));
  for (const link of kept ? document.querySelectorAll("[data-says] .line-number a") : []) {
    if (link.dataset.found || localStorage.getItem(`line:${saysAt(link)}`) === null) continue;
    link.dataset.found = "yes";
    sayAt(link);
  }
}

function keptIn(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

const KEPT_MS = 30 * 24 * 3600 * 1000;

/** What could never be sent, because its claim was lost or its page is gone, goes after a month. */
function dropOld() {
  for (const key of Object.keys(localStorage).filter((name) => /^(draft|line):/.test(name))) {
    if (!(keptIn(key)?.at > Date.now() - KEPT_MS)) localStorage.removeItem(key);
  }
}

/** Make ready what is not yet so: once on load, and again after every swap. */
function prepare() {
  document.querySelectorAll("time[data-local]").forEach(localise);
  document.querySelectorAll("textarea[data-longest]").forEach(count);
  fold();
  restoreLines();
  if (find("form[data-upload]")) import("./js/upload.js").then((upload) => upload.start());
  const drafts = [...document.querySelectorAll("form[data-autosave]")];
  if (drafts.length) import("./js/autosave.js").then((autosave) => drafts.forEach(autosave.watch));
  const unsent = [...document.querySelectorAll("form[data-kept-until-sent]")], arrived = find("[data-arrived]");
  if (unsent.length || arrived) import("./js/kept.js").then((kept) => (unsent.forEach(kept.watch), arrived && kept.forget(arrived.dataset.arrived)));
}

document.addEventListener("portal:swapped", prepare);
dropOld();
prepare();
startKeys();
settleFocus(null);
