// Theme: light, dark or system; stored in a cookie so that the server renders it at once. Without scripts the buttons
// submit their form.
import { remember } from "./page.js";

function show(theme) {
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === theme));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set-theme]");
  if (button) {
    event.preventDefault();
    remember("theme", button.dataset.setTheme);
    show(button.dataset.setTheme);
  }
});
