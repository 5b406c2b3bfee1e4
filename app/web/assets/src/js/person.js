// Who is signed in on this phone: drafts and what waits to be sent are theirs alone. A page of nobody (the one for what the
// phone does not keep) goes by the last who was.
const KEY = "person";

function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // A browser without storage keeps nothing either.
  }
}

export const shown = document.querySelector('meta[name="person"]')?.content ?? "";
export const person = shown || remembered();

try {
  if (shown) localStorage.setItem(KEY, shown);
} catch {
  // As above.
}

export const isMine = (entry) => !entry.person || entry.person === person;
