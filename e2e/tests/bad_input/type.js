// Fills a form with what is right, types or chooses one bad value, submits, and calls back with what is then said and where.
// Arguments: the good values by label, the label of the tested field, its text, what is expected to be said, the words on
// the button, whether the error of the case before has to go first.
const [good, label, text, expected, submit, isForgetful, done] = arguments;
const root = [...document.querySelectorAll("dialog[open]")].pop() ?? document;
const labels = [...root.querySelectorAll("label")];
const field = (name) => {
  const named = labels.filter((one) => one.firstChild?.textContent.trim() === name);
  return named.length === 1 ? document.getElementById(named[0].htmlFor) : null;
};
const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
// What a list does not have is on it for the moment of the choice: it can know more than the book, as a webview with newer
// time zones does.
const choose = (list, value) => {
  const isOffered = [...list.options].some((option) => option.value === value);
  const more = isOffered ? null : list.appendChild(new Option(value, value));
  list.value = value;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  more?.remove();
};
const type = (input, value) => {
  input.focus();
  if (input instanceof HTMLSelectElement) {
    choose(input, value);
  } else {
    set.call(input, value);
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  input.blur();
};
const said = (input) => (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
const isWrong = (input) => input.getAttribute("aria-invalid") === "true";
const frame = () => new Promise((resolve) => setTimeout(resolve, 8));
const settled = async (holds, patience = 4000) => {
  const end = performance.now() + patience;
  while (!holds() && performance.now() < end) await frame();
};
(async () => {
  const tested = field(label);
  if (!tested) throw new Error(`there is no field ${label}`);
  for (const [name, value] of Object.entries(good)) {
    const input = field(name);
    if (!input) throw new Error(`there is no field ${name}`);
    if (input.value !== value) type(input, value);
  }
  if (isForgetful) {
    await settled(() => !isWrong(tested));
    if (label in good && isWrong(tested)) throw new Error("the error of the case before stays");
  }
  type(tested, text);
  // Many fields say so when they are left. For those that do not, a moment: nobody presses the button as fast as a script.
  await settled(() => isWrong(tested) && said(tested).includes(expected), 150);
  [...root.querySelectorAll("button[type=submit]")].find((one) => one.textContent.trim().startsWith(submit)).click();
  await settled(() => isWrong(tested) && said(tested).includes(expected));
  const others = labels.filter((one) => one.htmlFor && document.getElementById(one.htmlFor) !== tested);
  const alsoWrong = others.filter((one) => isWrong(document.getElementById(one.htmlFor))).map((one) => one.firstChild.textContent.trim());
  done({ isWrong: isWrong(tested), said: said(tested), alsoWrong, isOpen: tested.isConnected });
})().catch((error) => done({ said: String(error) }));
