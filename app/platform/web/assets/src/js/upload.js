// <div data-upload><input type="file">…<div data-upload-strip></div></div>: previews photos, shrinks large ones
// before upload, and shows progress. Without browser support the file is sent unchanged.
import { replacePage } from "./replace-page.js";
import { forEach } from "./page.js";
import { text } from "./texts.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.82;

/** Width and height that fit the longest side, never larger than they were. */
export function fit(width, height, longest = LONGEST_SIDE) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

/** An EXIF segment that says only when the photo was taken (UTC): a canvas keeps nothing of what the camera wrote. */
export function captureTimeSegment(date) {
  const time = date.toISOString().slice(0, 19).replace("T", " ").replaceAll("-", ":");
  const ascii = (words) => [...words].map((letter) => letter.charCodeAt(0)).concat(0);
  const short = (value) => [value & 255, value >> 8];
  const long = (value) => [...short(value & 65535), 0, 0];
  const tiff = [
    ...ascii("II*"), ...long(8),
    ...short(1), ...short(0x8769), ...short(4), ...long(1), ...long(26), ...long(0),
    ...short(2), ...short(0x9003), ...short(2), ...long(20), ...long(56),
    ...short(0x9011), ...short(2), ...long(7), ...long(76), ...long(0),
    ...ascii(time), ...ascii("+00:00"),
  ];
  const body = [...ascii("Exif"), 0, ...tiff];
  return new Uint8Array([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255, ...body]);
}

async function shrinkImage(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const [width, height] = fit(bitmap.width, bitmap.height);
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return file;
    const taken = captureTimeSegment(new Date(file.lastModified));
    const parts = [blob.slice(0, 2), taken, blob.slice(2)];
    return new File(parts, file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file;
  }
}

function setFiles(input, files) {
  const transfer = new DataTransfer();
  files.forEach((file) => transfer.items.add(file));
  input.files = transfer.files;
}

function preview(input, strip) {
  strip.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  strip.replaceChildren(
    ...[...input.files].map((file, index) => {
      const item = document.createElement("li");
      item.className = "strip__item";
      const picture = document.createElement(file.type.startsWith("image/") ? "img" : "span");
      if (picture.tagName === "IMG") Object.assign(picture, { src: URL.createObjectURL(file), alt: file.name });
      else Object.assign(picture, { className: "strip__file", textContent: file.name.split(".").pop() });
      const remove = document.createElement("button");
      Object.assign(remove, { type: "button", className: "strip__remove", textContent: "×" });
      remove.setAttribute("aria-label", text("removeFile", { name: file.name }));
      remove.addEventListener("click", () => {
        setFiles(input, [...input.files].filter((_, other) => other !== index));
        preview(input, strip);
        input.focus();
      });
      item.append(picture, remove);
      return item;
    }),
  );
}

forEach("[data-upload]", (box) => {
  const input = box.querySelector('input[type="file"]');
  const strip = box.querySelector("[data-upload-strip]");
  let chosenFiles = [];
  input.addEventListener("change", async () => {
    const most = Number(box.dataset.maxFiles || 6);
    const chosen = await Promise.all([...input.files].map(shrinkImage));
    try {
      chosenFiles = input.multiple ? [...chosenFiles, ...chosen].slice(0, most) : chosen;
      setFiles(input, chosenFiles);
    } catch {
      // A browser without DataTransfer keeps the person's own choice of files.
    }
    preview(input, strip);
    chosenFiles = [...input.files];
  });
  strip.addEventListener("click", () => (chosenFiles = [...input.files]));
});

/** Sends the form with a progress bar; the response replaces the page, as a plain submission would. */
function sendWithProgress(form, bar) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    if (request.status < 400 && request.responseURL !== form.action) return location.assign(request.responseURL);
    replacePage(request.responseText);
  });
  request.addEventListener("error", () => {
    bar.hidden = true;
    form.querySelector("[data-upload-failed]")?.removeAttribute("hidden");
    form.querySelectorAll("[type=submit]").forEach((button) => (button.disabled = false));
  });
  bar.hidden = false;
  form.querySelectorAll("[type=submit]").forEach((button) => (button.disabled = true));
  request.send(new FormData(form));
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-queue]")) return; // The outbox sends it.
  const bar = event.target.querySelector("progress[data-upload-progress]");
  const hasFiles = [...event.target.querySelectorAll('input[type="file"]')].some((input) => input.files.length);
  if (!bar || !hasFiles || event.defaultPrevented) return;
  event.preventDefault();
  sendWithProgress(event.target, bar);
});
