// The person signed in on this phone (membership id), who owns drafts and outbox entries. The offline page carries none and
// uses the last one.
const KEY = "person";

function lastPerson() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // A browser without storage keeps nothing either.
  }
}

export const signedInPerson = document.querySelector('meta[name="person"]')?.content ?? "";
export const person = signedInPerson || lastPerson();

try {
  if (signedInPerson) localStorage.setItem(KEY, signedInPerson);
} catch {
  // As above.
}

export const isMine = (entry) => !entry.person || entry.person === person;
