// Puts a speck over the upper left corner, above every dialog.
const speck = document.documentElement.appendChild(document.createElement("i"));
speck.ariaHidden = "true";
speck.style.cssText =
  "position: fixed; inset: 0 auto auto 0; inline-size: 4px; block-size: 4px; margin: 0; padding: 0; border: 0; background: #ff00fe";
speck.popover = "manual";
speck.showPopover();
return speck;
