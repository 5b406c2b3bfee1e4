// Texts for scripts, in the page's language, from <template data-texts>{…}</template>.
let catalogue;

function load() {
  const source = document.querySelector("template[data-texts]");
  return source ? JSON.parse(source.content.textContent) : {};
}

/** The text of that name with its %(placeholders)s filled. */
export function text(name, values = {}) {
  catalogue ??= load();
  const pattern = catalogue[name] ?? name;
  return pattern.replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}

/** "1 小时 20 分" from seconds; under a minute counts as one minute, as on the server. */
export function duration(seconds) {
  const minutes = Math.max(1, Math.floor(seconds / 60));
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  if (days) return hours ? text("daysHours", { days, hours }) : text("days", { days });
  if (hours) return rest ? text("hoursMinutes", { hours, minutes: rest }) : text("hours", { hours });
  return text("minutes", { minutes });
}
