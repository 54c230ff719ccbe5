// A file goes from the browser straight into the bucket: hash it, ask for a presigned request, send it, confirm it.
// Contract: POST data-begin (name, size, media_type, sha256, slot) -> 201 {id, url, headers, confirm}, with `elsewhere`
// in words when the file belongs to another place of the page, or 422 {message};
// PUT url; POST confirm -> 200 the slot's fragment, or 4xx/5xx {message}.
import { _, announce, make, swapIn, toast } from "./shared.js";

const TRIES = 3;
const SIGNED_OUT = _("The session has ended. Sign in again in another tab, then try once more.");
const UNREACHABLE = _("The connection broke while the file was on its way. Try again.");
let sending = 0;

class Refused extends Error {}  // trying again as it is would not help
class Broken extends Error {}   // it may work in a moment

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function persistently(attempt, onRetry) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Broken) || tried === TRIES) throw error;
      onRetry(tried + 1);
      await pause(500 * 3 ** (tried - 1) * (0.75 + Math.random() / 2));
    }
  }
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: "POST", body, redirect: "manual", headers: { Accept: "application/json, text/html" },
  }).catch(() => { throw new Broken(UNREACHABLE); });
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new Refused(SIGNED_OUT);
  if (answer.ok) return answer;
  const message = await sentence(answer);
  throw answer.status >= 500 || answer.status === 429 ? new Broken(message) : new Refused(message);
}

/** The server's own sentence where there is one, else ours. */
async function sentence(answer) {
  const text = await answer.text();
  if (answer.headers.get("Content-Type")?.includes("json")) return JSON.parse(text).message;
  const page = new DOMParser().parseFromString(text, "text/html");
  return page.querySelector("[role=alert] li, .field-error, [data-toast] p")?.textContent.trim()
    ?? _("The portal answered %(status)s. Try again; if it goes on, tell the course team.", { status: answer.status });
}

function put(url, headers, file, onProgress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      if (!/^(host|content-length)$/i.test(name)) request.setRequestHeader(name, value); // the browser sets these
    }
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
    request.onerror = request.ontimeout = () => failed(new Broken(UNREACHABLE));
    request.onload = () => {
      if (request.status < 300 || request.status === 412) done(); // 412: an earlier try arrived, its answer did not
      else if (request.status >= 500 || request.status === 429) failed(new Broken(_("The storage is busy. Try again.")));
      else failed(new Refused(_("The storage refused the file (%(status)s). It may have changed on disk, or the request has run out. Choose it again.", { status: request.status })));
    };
    request.send(file);
  });
}

async function sha256(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer())
    .catch(() => { throw new Refused(_("The file cannot be read. It may have been moved or changed; choose it again.")); });
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function checked(file, longest) {
  if (!file.size) throw new Refused(_("The selected file is empty."));
  if (longest && file.size > longest) {
    throw new Refused(_("The selected file must be smaller than %(size)s MiB. Compress it with gzip, or send a shorter run.", { size: Math.floor(longest / 2 ** 20) }));
  }
}

function row(form, file) {
  const bar = make("progress", { max: 1, value: 0, ariaLabel: _("Sending %(name)s", { name: file.name }) });
  const text = make("span", { className: "sending-text muted small" });
  const item = make("li", {}, make("strong", { className: "file-name" }, file.name), bar, text);
  form.querySelector("[data-sending]").append(item);
  const say = (words) => { text.textContent = words; };
  return { item, bar, say, at: (share) => { bar.value = share; say(_("Sending, %(share)s %%", { share: Math.round(share * 100) })); } };
}

async function deliver(form, file, shown) {
  checked(file, Number(form.dataset.max));
  shown.say(_("Reading the file"));
  const body = new URLSearchParams({
    name: file.name, size: file.size, media_type: file.type || "application/octet-stream",
    sha256: await sha256(file), slot: form.elements.slot?.value ?? "",
  });
  const again = (turn) => shown.say(_("The connection broke. Trying again, %(turn)s of %(most)s", { turn, most: TRIES }));
  const begun = await persistently(() => post(form.dataset.begin, body), again).then((answer) => answer.json());
  await persistently(() => put(begun.url, begun.headers, file, shown.at), again);
  shown.say(_("Sent. The portal is looking at it"));
  const confirmed = await persistently(() => post(begun.confirm), again);
  return { html: await confirmed.text(), elsewhere: begun.elsewhere };
}

async function send(form, file) {
  const shown = row(form, file);
  sending += 1;
  announce(_("Sending %(name)s.", { name: file.name }));
  try {
    const { html, elsewhere } = await deliver(form, file, shown);
    shown.item.remove();
    const target = document.querySelector(form.dataset.target);
    if (target) swapIn(target, html);
    announce(_("%(name)s received.", { name: file.name }));
    if (elsewhere) toast(elsewhere);
  } catch (error) {
    failed(form, file, shown, error instanceof Refused || error instanceof Broken ? error.message : UNREACHABLE);
  } finally {
    sending -= 1;
  }
}

function failed(form, file, shown, message) {
  shown.say(message);
  shown.item.classList.add("failed");
  shown.bar.remove();
  const retry = make("button", { type: "button", className: "button secondary small" }, _("Try again"));
  retry.addEventListener("click", () => { shown.item.remove(); send(form, file); });
  shown.item.querySelector(".file-name").after(retry);
  if (!navigator.onLine) window.addEventListener("online", () => shown.item.isConnected && retry.click(), { once: true });
  announce(`${file.name}: ${message}`);
}

/** One after the other: a slot's answer must be there before the next file asks. */
async function sendAll(form, files) {
  for (const file of files) await send(form, file);
}

const formOf = ({ target }) => target.closest?.("form[data-upload]");
/** A file may be dropped anywhere on its slot's card. */
const formAt = (event) => formOf(event) ?? event.target.closest?.(".slot")?.querySelector("form[data-upload]");
const canHash = () => Boolean(globalThis.crypto?.subtle); // without https the plain form is sent instead

/** A file that is dropped beside a slot must not take the place of the page. */
function over(event, on) {
  if (!canHash() || !event.dataTransfer?.types.includes("Files")) return false;
  event.preventDefault();
  event.target.closest?.("[data-drop], .slot")?.classList.toggle("over", on);
  return true;
}

function drop(event) {
  if (!over(event, false)) return;
  const form = formAt(event);
  if (!form) return;
  const files = [...event.dataTransfer.files];
  if (files.length > 1 && !form.querySelector("[type=file]").multiple) {
    toast(_("This slot takes one file, and %(count)s were dropped. Drop the one, or put them into one archive.", { count: files.length }), "fail");
    return;
  }
  const fold = form.closest("details");
  if (fold) fold.open = true;
  sendAll(form, files);
}

function sendChosen({ target }) {
  const form = formOf({ target });
  if (!form || target.type !== "file") return;
  if (!canHash()) return form.submit();
  const files = [...target.files];
  target.value = "";
  sendAll(form, files);
}

let started = false;

/** Listen once for the whole page; forms that come later are served as well, and a file chosen before this was loaded. */
export function start() {
  if (started) return;
  started = true;
  document.addEventListener("change", sendChosen);
  for (const target of document.querySelectorAll("[data-upload] [type=file]")) if (target.files.length) sendChosen({ target });
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => over(event, false));
  document.addEventListener("drop", drop);
  window.addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
}
