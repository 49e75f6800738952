// Finds what a person sees: by role and by the name that is read out. Arguments: role, name, how ("exact" or
// "contains"), an element to look in or null. Answers every match, exact names before names that only begin so.
const [role, name, how, inside] = arguments;
const ROLES = {
  button: "button, summary, [role=button]",
  link: "a[href], [role=link]",
  field: "input:not([type=hidden]), textarea, select, [role=combobox], [role=switch], [role=radiogroup], [role=slider]",
  dialog: "dialog[open], [role=dialog], [role=alertdialog]",
  heading: "h1, h2, h3, h4, h5, h6, [role=heading]",
  tab: "[role=tab]",
  tabpanel: "[role=tabpanel]",
  row: "tr, [role=row]",
  option: "option, [role=option]",
  menuitem: "[role=menuitem], [role=menuitemradio], [role=menuitemcheckbox]",
  radio: "input[type=radio], [role=radio]",
  columnheader: "th, [role=columnheader]",
  status: "[role=status], output",
  alert: "[role=alert]",
  figure: "[role=img], figure",
  grid: "table, [role=grid]",
  text: "body *",
};
const squeeze = (text) => text.replace(/\s+/g, " ").trim();
function spoken(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.getAttribute("aria-hidden") === "true" || ["SCRIPT", "STYLE", "TEMPLATE"].includes(node.tagName)) return "";
  if (node.tagName !== "BODY" && !shown(node)) return "";
  if (node.hasAttribute("aria-label")) return " " + node.getAttribute("aria-label") + " ";
  const text = Array.from(node.childNodes, spoken).join("");
  return getComputedStyle(node).display.startsWith("inline") ? text : " " + text + " ";
}
function shown(node) {
  return node.checkVisibility ? node.checkVisibility({ visibilityProperty: true }) : node.getClientRects().length > 0;
}
function called(node) {
  const by = node.getAttribute("aria-labelledby");
  if (by) return squeeze(by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" "));
  if (node.getAttribute("aria-label")) return squeeze(node.getAttribute("aria-label"));
  if (node.labels?.length) return squeeze(Array.from(node.labels, spoken).join(" "));
  if (node.tagName === "FIELDSET" && node.querySelector("legend")) return squeeze(spoken(node.querySelector("legend")));
  return squeeze(spoken(node)) || squeeze(node.getAttribute("title") ?? node.getAttribute("placeholder") ?? "");
}
// A modal dialog makes everything else unreachable, so nothing else is found while one is open.
const modal = Array.from(document.querySelectorAll("dialog[open]")).filter((dialog) => dialog.matches(":modal")).pop();
const place = inside ?? (modal && role !== "status" ? modal.parentElement : document);
const candidates = Array.from(place.querySelectorAll(ROLES[role] ?? role)).filter((node) => shown(node) && !node.closest("[inert]"));
const reachable = modal && !inside && role !== "status" ? candidates.filter((node) => modal.contains(node) || node === modal) : candidates;
if (role === "text") {
  const holds = (node) => squeeze(spoken(node)).includes(name);
  return reachable.filter((node) => holds(node) && !Array.from(node.children).some((child) => shown(child) && holds(child)));
}
if (name === null) return reachable;
const named = reachable.map((node) => [node, called(node)]);
const match = (test) => named.filter(([, text]) => test(text)).map(([node]) => node);
if (how === "contains") return match((text) => text.includes(name));
return [...match((text) => text === name), ...match((text) => text !== name && text.startsWith(name))];
