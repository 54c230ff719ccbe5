// What scripts say, in the language of the page: _("Try again"), _("Level %(number)s", { number: 2 }),
// _n(3, "%(count)s character left", "%(count)s characters left"). Without a table for the page's language it is English.
const { lang, dataset } = document.documentElement;
const table = dataset.words ? await fetch(dataset.words).then((answer) => answer.json()).catch(() => ({})) : {};

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
