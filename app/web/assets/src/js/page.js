// Small things that every page has: its request token, remembered choices, and pieces that arrive later.

/** The token that a state-changing request must carry. */
export function requestToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** Keeps a choice for a year, readable by the server. */
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax${secure}`;
}

/** Runs `start(element)` once for each match, now and whenever HTMX or a script brings in new content. */
export function forEach(selector, start) {
  const started = new WeakSet();
  const look = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      if (started.has(element)) continue;
      started.add(element);
      start(element);
    }
  };
  look(document);
  document.addEventListener("htmx:load", (event) => look(event.target));
}

/** Whether the person is typing, so that single keys belong to the text. */
export function isTyping(event) {
  const target = event.target;
  return (
    event.isComposing ||
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type)
  );
}
