// A form that the portal has only once it is sent keeps in this browser what is typed until then.
// Contract: <form data-kept-until-sent action="ADDRESS">; the page that follows says data-arrived="ADDRESS".
import { fieldsOf, write } from "./autosave.js";

const watched = new WeakSet();
const keyOf = (address) => `draft:${document.body.dataset.viewer ?? ""}${address}`; // two people may share a computer

/** Put back what was typed, and keep what is typed from now on. A second call for the same form does nothing. */
export function watch(form) {
  if (watched.has(form)) return;
  watched.add(form);
  const key = keyOf(form.getAttribute("action"));
  const copy = JSON.parse(localStorage.getItem(key) ?? "null");
  for (const [name, value] of Object.entries(copy?.fields ?? {})) write(form, name, value);
  form.addEventListener("input", () => {
    const kept = JSON.stringify({ at: Date.now(), fields: fieldsOf(form) });
    try { localStorage.setItem(key, kept); } catch { /* storage full or closed */ }
  });
}

export const forget = (address) => localStorage.removeItem(keyOf(address));
