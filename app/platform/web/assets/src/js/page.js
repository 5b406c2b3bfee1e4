// Shared by all scripts: CSRF token, preference cookies, initialisation of elements that arrive later.

/** The CSRF token of state-changing requests. */
export function requestToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** Stores a preference in a cookie for a year. */
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

/** Whether the event's target is a text input, where single keys are no shortcuts. */
export function isTyping(event) {
  const target = event.target;
  return (
    event.isComposing ||
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type)
  );
}
