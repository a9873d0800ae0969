// Before the first paint: a person who follows their system gets its colours.
(() => {
  "use strict";
  const root = document.documentElement;
  if (root.dataset.theme !== "auto" || !window.matchMedia) return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  apply();
  dark.addEventListener("change", apply);
})();
