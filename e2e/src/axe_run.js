// Runs axe-core and calls back with each broken rule and its places.
const [options, done] = arguments;
// The rule counts painted initials and key caps as part of the label, although they are hidden from what is read out and
// nobody would say them to a voice control. What is left without them has to be in the name.
const isNamedAsLabeled = (target) => {
  const label = document.querySelector(target).cloneNode(true);
  for (const decoration of label.querySelectorAll("[aria-hidden=true]")) decoration.remove();
  const plain = (text) => text.replace(/\s+/g, " ").trim().toLowerCase();
  return plain(document.querySelector(target).getAttribute("aria-label") ?? "").includes(plain(label.textContent));
};
axe.run(document, options).then(
  (result) => {
    const broken = result.violations.map(({ id, nodes }) => {
      const real = nodes.filter((node) => id !== "label-content-name-mismatch" || !isNamedAsLabeled(node.target.join(" ")));
      return [id, real.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`)];
    });
    done(broken.filter(([, places]) => places.length > 0));
  },
  (error) => done([["axe", [String(error)]]]),
);
