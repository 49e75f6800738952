// Runs in the page before anything is painted, so that no wrong theme or size is ever seen.
(() => {
  const boot = Object.freeze(__BOOT__);
  Object.defineProperty(window, "__CLIENTELE__", { value: boot });
  const { theme, density, zoom } = boot.preferences;
  const isDark = theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  const apply = () => {
    const root = document.documentElement;
    if (!root) return false;
    root.dataset.theme = isDark ? "dark" : "light";
    root.dataset.density = density;
    root.style.fontSize = `${zoom}%`;
    return true;
  };
  // On Windows this runs before there is a root element.
  if (!apply()) new MutationObserver((_, observer) => apply() && observer.disconnect()).observe(document, { childList: true });
})();
