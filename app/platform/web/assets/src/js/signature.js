// <div data-signature>: the signature pad; the hidden field receives a PNG data URL.
import SignaturePad from "signature_pad";
import { forEach } from "./page.js";

// A dot is no signature: the same minimum of ink as on the server (app/platform/documents/images.py), checked before sending.
const LEAST_STROKE = 30; // CSS pixels of all strokes together
const LEAST_EXTENT = 0.05; // of the sheet's longer side

function isSigned(strokes, sheet) {
  const points = strokes.flatMap((stroke) => stroke.points);
  const drawn = strokes.reduce(
    (sum, { points: [first, ...rest] }) =>
      rest.reduce(([length, last], point) => [length + Math.hypot(point.x - last.x, point.y - last.y), point], [sum, first])[0],
    0,
  );
  const extent = (axis) => Math.max(...points.map((point) => point[axis])) - Math.min(...points.map((point) => point[axis]));
  return drawn >= LEAST_STROKE && Math.max(extent("x"), extent("y")) >= LEAST_EXTENT * sheet;
}

forEach("[data-signature]", (box) => {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector('input[type="hidden"]');
  const error = box.querySelector("[data-signature-missing]");
  const pad = new SignaturePad(canvas, { penColor: "#1a2030", minWidth: 0.9, maxWidth: 2.6 });

  const store = () => {
    const signed = isSigned(pad.toData(), Math.max(canvas.offsetWidth, canvas.offsetHeight));
    field.value = signed ? pad.toDataURL("image/png") : "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const fitSheet = () => {
    const strokes = pad.toData();
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(strokes);
  };

  pad.addEventListener("endStroke", () => {
    error.hidden = true;
    store();
  });
  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pad.clear();
    store();
  });
  box.querySelector("[data-signature-undo]").addEventListener("click", () => {
    pad.fromData(pad.toData().slice(0, -1));
    store();
  });
  box.closest("form")?.addEventListener(
    "submit",
    (event) => {
      const without = box.querySelector("[data-signature-without]");
      if (field.value || without?.checked) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      error.hidden = false;
      box.scrollIntoView({ block: "center" });
    },
    { capture: true },
  );
  new ResizeObserver(fitSheet).observe(canvas);
});
