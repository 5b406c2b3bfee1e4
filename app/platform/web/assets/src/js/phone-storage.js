// IndexedDB storage of the phone: "drafts" by key, "outbox" ordered by time.
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("yinghuo", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("drafts");
      request.result.createObjectStore("outbox", { keyPath: "key" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function run(name, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode);
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const draftGet = (key) => run("drafts", "readonly", (store) => store.get(key));
export const draftPut = (key, values) => run("drafts", "readwrite", (store) => store.put(values, key));
export const draftRemove = (key) => (key ? run("drafts", "readwrite", (store) => store.delete(key)) : undefined);
export const outboxPut = (entry) => run("outbox", "readwrite", (store) => store.put(entry));
export const outboxRemove = (key) => run("outbox", "readwrite", (store) => store.delete(key));
const outboxGet = (key) => run("outbox", "readonly", (store) => store.get(key));

/** Stores an entry and verifies it by reading it back. */
export async function outboxKeep(entry) {
  await outboxPut(entry);
  const kept = await outboxGet(entry.key);
  if (kept?.body.byteLength !== entry.body.byteLength) throw new Error("not kept");
}

export async function outboxAll() {
  const entries = await run("outbox", "readonly", (store) => store.getAll()).catch(() => []);
  return entries.sort((one, other) => one.at - other.at);
}
