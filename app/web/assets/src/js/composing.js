// Letters on their way to a word (pinyin in an input method) are not yet the word: a search waits until it is chosen.
const isSearch = (event) => event.target.type === "search";

document.addEventListener("input", (event) => { if (event.isComposing && isSearch(event)) event.stopPropagation(); }, true);
document.addEventListener("compositionend", (event) => {
  if (isSearch(event)) event.target.dispatchEvent(new InputEvent("input", { bubbles: true }));
});
