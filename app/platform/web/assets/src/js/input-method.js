// While an input method composes (pinyin), search fields send no input events; one is sent when the composition ends.
const isSearch = (event) => event.target.type === "search";

document.addEventListener("input", (event) => { if (event.isComposing && isSearch(event)) event.stopPropagation(); }, true);
document.addEventListener("compositionend", (event) => {
  if (isSearch(event)) event.target.dispatchEvent(new InputEvent("input", { bubbles: true }));
});
