// A draft saves itself. Contract: POST data-autosave with the whole form (its `tag` included) and X-Autosave: 1
// -> 200 {tag, saved_at}; 409 {tag, fields: {name: their text}, by} when somebody saved in between; {message} for any
// other refusal, with a tag when all but what it names was saved. `beside` is what changed elsewhere on the page: parts
// with their ids. What was typed is saved before the form itself is sent, so that no answer to that can lose it. A copy
// lies in this browser only while the server does not have it.
import { _, announce, locale, make, swapElsewhere, timeZone, toast } from "./shared.js";

const CHOICE_MS = 300;
const TEXT_MS = 900;
const RETRY_MS = 5000;
const clock = new Intl.DateTimeFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit" });
const watched = new WeakSet();

/** Watch one form; a second call for the same form does nothing. */
export function watch(form) {
  if (watched.has(form)) return;
  watched.add(form);
  const draft = { form, url: form.dataset.autosave, timer: 0, changed: false, busy: false, conflicts: 0, waiting: null };
  draft.key = `draft:${document.body.dataset.viewer ?? ""}${draft.url}`; // two people may share a computer
  draft.base = isFresh() ? asMade(form) : fieldsOf(form);
  form.addEventListener("input", ({ target }) => touched(draft, target));
  form.addEventListener("submit", (event) => submitted(draft, event), { capture: true });
  window.addEventListener("online", () => draft.changed && save(draft));
  window.addEventListener("pagehide", () => draft.changed && leave(draft));
  restore(draft);
  if (!draft.changed && differs(fieldsOf(form), draft.base)) typedBefore(draft);
}

/** Whether the browser got this page anew. Coming back or reloading, it puts in again what stood in the fields. */
const isFresh = () => performance.getEntriesByType("navigation")[0]?.type === "navigate";

const differs = (one, other) => Object.keys(one).some((name) => one[name] !== other[name]);

/** On a slow line one can type before this file is there. */
function typedBefore(draft) {
  draft.changed = true;
  keep(draft);
  schedule(draft, TEXT_MS);
}

function touched(draft, field) {
  if (!field.name || field.type === "file") return;
  draft.changed = true;
  keep(draft);
  schedule(draft, field.matches("textarea, input[type=text], input[type=url]") ? TEXT_MS : CHOICE_MS);
}

/** Sending for good waits until what was typed is saved, and is not tried while offline. */
function submitted(draft, event) {
  if (navigator.onLine && !draft.busy && !draft.changed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  draft.waiting = { submitter: event.submitter };
  if (navigator.onLine) save(draft);
  else unsaved(draft, null);
}

/** The form that waited goes on its way: saved, or refused in a way that its own page explains. */
function goOn(draft, answer) {
  if (!draft.waiting) return;
  if (answer.status === 200 && draft.changed) return void save(draft); // typed on while it was saved
  const { submitter } = draft.waiting;
  draft.waiting = null;
  draft.changed = false;
  if (answer.status < 500 && !isSignedOut(answer)) draft.form.requestSubmit(submitter);
  else draft.changed = true;
}

const isSignedOut = (answer) => answer.type === "opaqueredirect" || answer.status === 401;

function schedule(draft, ms) {
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => save(draft), ms);
}

/** One save at a time, so that every save carries the tag of the one before it. */
async function save(draft) {
  if (draft.busy || draft.conflicts || !draft.form.isConnected) return;
  clearTimeout(draft.timer);
  draft.busy = true;
  draft.changed = false;
  draft.sent = fieldsOf(draft.form);
  const answer = await send(draft).catch(() => null);
  draft.busy = false;
  const told = answer?.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  if (told.fields && answer.status === 409) return conflicted(draft, told);
  if (told.beside) swapElsewhere(told.beside);
  if (answer?.status === 200) saved(draft, told);
  else unsaved(draft, answer, told);
  if (answer) goOn(draft, answer);
}

function send(draft, more = {}) {
  return fetch(draft.url, {
    method: "POST", body: new FormData(draft.form), redirect: "manual",
    headers: { "X-Autosave": "1", Accept: "application/json" }, signal: AbortSignal.timeout(10000), ...more,
  });
}

function saved(draft, { tag, saved_at: at }) {
  draft.form.elements.tag.value = tag;
  draft.base = draft.sent;
  if (draft.changed) return schedule(draft, CHOICE_MS); // typed on while it was saved
  forget(draft);
  show(draft, _("Saved %(time)s", { time: clock.format(new Date(at)) }));
}

function unsaved(draft, answer, { message, tag } = {}) {
  draft.changed = true;
  if (tag !== undefined) draft.form.elements.tag.value = tag; // some of it was kept
  keep(draft);
  const refused = answer && answer.status >= 400 && answer.status < 500 && !isSignedOut(answer);
  const refusal = message ? message.replace(/[.]$/, "") : _("not accepted");
  const away = !answer ? _("offline") : isSignedOut(answer) ? _("signed out") : _("the portal did not answer");
  const words = tag === undefined ? _("Not saved – %(reason)s, kept in this browser", { reason: refused ? refusal : away })
    : _("Not all saved – %(reason)s, kept in this browser", { reason: refusal });
  show(draft, words, true);
  if (refused) return;
  if (draft.waiting) toast(_("Not sent – %(reason)s. What you typed is kept in this browser; press the button again later.", { reason: away }), "fail");
  if (!answer) draft.waiting = null;
  if (!answer || !isSignedOut(answer)) schedule(draft, RETRY_MS);
}

function show(draft, text, failing = false) {
  const label = draft.form.querySelector("[data-draft-state]");
  if (!label) return;
  if (failing && label.textContent !== text) announce(text);
  label.textContent = text;
  label.classList.toggle("unsaved", failing);
}

// The copy in this browser

/** The form as {name: text}; an unticked box is "". */
export function fieldsOf(form) {
  const fields = {};
  for (const { name, type, value, checked } of form.elements) {
    if (!name || name === "tag" || ["file", "submit", "button"].includes(type)) continue;
    if (type === "radio") fields[name] = checked ? value : fields[name] ?? "";
    else fields[name] = type === "checkbox" && !checked ? "" : value;
  }
  return fields;
}

/** The form as the server made it. */
function asMade(form) {
  const copy = form.cloneNode(true);
  copy.reset();
  return fieldsOf(copy);
}

function keep(draft) {
  const copy = { at: Date.now(), tag: draft.form.elements.tag.value, fields: fieldsOf(draft.form) };
  try { localStorage.setItem(draft.key, JSON.stringify(copy)); } catch { /* storage full or closed: the label says so */ }
}

function forget(draft) {
  localStorage.removeItem(draft.key);
}

/** What an earlier visit could not save comes back; if the server's text has moved on, both are shown. */
function restore(draft) {
  const copy = JSON.parse(localStorage.getItem(draft.key) ?? "null");
  if (!copy) return;
  const theirs = fieldsOf(draft.form);
  draft.changed = true;
  for (const [name, value] of Object.entries(copy.fields)) write(draft.form, name, value);
  if (copy.tag !== draft.form.elements.tag.value) {
    return conflicted(draft, { tag: draft.form.elements.tag.value, fields: theirs, by: "" }, {});
  }
  show(draft, _("Restored from this browser, saving"));
  save(draft);
}

export function write(form, name, value) {
  for (const field of form.elements) {
    if (field.name !== name) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = field.value === value;
    else field.value = value;
  }
}

/** The page is left before the save: the browser finishes it if it can, and the copy stays until the next visit. */
function leave(draft) {
  keep(draft);
  send(draft, { keepalive: true, signal: undefined }).catch(() => {});
}

// Somebody saved in between: show both, decide nothing

/** What only they changed is taken over; what only I changed stays; what both changed is asked. */
function conflicted(draft, { tag, fields: raw, by }, base = draft.base) {
  const fields = Object.fromEntries(Object.entries(raw).map(([name, text]) => [name, text.replaceAll("\r\n", "\n")]));
  draft.form.elements.tag.value = tag;
  const mine = fieldsOf(draft.form);
  const differing = Object.keys(fields).filter((name) => name in mine && fields[name] !== mine[name]);
  const both = differing.filter((name) => mine[name] !== base[name] && fields[name] !== base[name]);
  for (const name of differing) if (mine[name] === base[name]) write(draft.form, name, fields[name]);
  draft.base = { ...draft.base, ...fields };
  draft.changed = true;
  draft.conflicts = both.length;
  if (!both.length) return void save(draft);
  keep(draft);
  draft.waiting = null;
  both.forEach((name) => ask(draft, name, fields[name], by));
  show(draft, by ? _("Not saved – also changed by %(name)s. Choose which text stays", { name: by }) : _("Not saved – also changed elsewhere. Choose which text stays"), true);
}

function ask(draft, name, theirs, by) {
  const choose = (value) => () => {
    if (value !== null) write(draft.form, name, value);
    box.remove();
    draft.conflicts -= 1;
    draft.form.querySelector(`[name="${CSS.escape(name)}"]`).focus();
    if (!draft.conflicts) save(draft);
  };
  const button = (label, onclick) => make("button", { type: "button", className: "button secondary small", onclick }, label);
  const box = make("div", { className: "conflict" },
    make("p", {}, by ? _("%(name)s saved this in between:", { name: by }) : _("This was saved in between:")),
    make("pre", {}, theirs || _("(empty)")),
    make("p", { className: "actions" }, button(_("Keep mine"), choose(null)), button(_("Take theirs"), choose(theirs))));
  const fields = draft.form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const last = fields[fields.length - 1];
  (last.closest(".levels, .field") ?? last).after(box);
}
