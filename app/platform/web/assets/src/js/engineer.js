// The engineer's phone pages.
import "./fields.js";
import "./request.js";
import "./theme.js";
import "./toast.js";
import "./dialog.js";
import "./countdown.js";
import "./unsaved.js";
import "./upload.js";
import "./live.js";
import "./signature.js";
import "./drafts.js";
import "./outbox.js";
import "./visit-stages.js";
import "./service-worker.js";
import "./clear-cache.js";
import "./offline-links.js";
